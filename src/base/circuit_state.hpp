#pragma once

#include <cstdint>

namespace tickstock {

/// Closed = in use; open = given up for a while; half-open = the next try decides.
enum class CircuitState : std::uint8_t { Closed, Open, HalfOpen };

}  // namespace tickstock

#pragma once

#include <cstdint>
#include <string_view>

#include "model/event.hpp"

namespace tickstock {

/// The id of SPEC 11: XXH64 (seed 0) of `symbol|type|timeframe or empty|source|direction|ts|n`.
/// `source` is that of the first emission, `n` counts earlier emissions with the same other parts.
/// For control events their kind, for events of user rules the rule's name stands in the
/// timeframe's place; both have an empty direction.
std::uint64_t event_id(const Detection& detection, std::string_view symbol, std::uint32_t n);

}  // namespace tickstock

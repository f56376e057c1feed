#pragma once

#include <array>
#include <cstddef>

#include "model/enums.hpp"

namespace tickstock {

/// Length of a bar; 0 for None.
constexpr int seconds_of(Timeframe timeframe) {
    constexpr std::array seconds{0, 1, 60, 300, 900, 3'600, 86'400};
    return seconds[static_cast<std::size_t>(timeframe)];
}

}  // namespace tickstock

#pragma once

#include <array>
#include <cstddef>

namespace tickstock {

/// Longest time that a sample's weight decays over in one step; a longer gap restarts every window.
inline constexpr std::size_t longest_decay_seconds = 600;

/// base^Δt by Δt in seconds, 0…600, each the double nearest to the exact value. Committed rather
/// than computed, so that every C library gives the same events.
using DecayTable = std::array<double, longest_decay_seconds + 1>;

// λ_W = 0.9^(20/W) a second, for the trend windows of W = 180, 360 and 600 s (SPEC 7.3).
extern const DecayTable trend_decay_180;
extern const DecayTable trend_decay_360;
extern const DecayTable trend_decay_600;
/// 0.5^(1/100) a second: volatility halves its memory in 100 s.
extern const DecayTable volatility_decay;

}  // namespace tickstock

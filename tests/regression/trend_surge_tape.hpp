#pragma once

#include <cstdint>

#include "config/config.hpp"
#include "support/naive_session_market.hpp"

/// Markets that make trends and surges: drifts that turn, bursts of price and volume, silences
/// around the windows' lengths, and all that keeps trades away.
namespace tickstock::naive {

/// About so many records of one to four symbols over a few sessions. With `feed`, second bars of
/// the feed stand among the trades.
Tape trend_surge_tape(std::uint64_t seed, std::size_t records, bool feed = false);

/// High/low, trend and surge; the defaults, or others that bring rare branches near.
PipelineSettings trend_surge_settings(std::uint64_t seed);

}  // namespace tickstock::naive

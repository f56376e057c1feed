#pragma once

#include <cstdint>
#include <optional>

#include "base/decimal.hpp"
#include "base/price.hpp"
#include "config/config.hpp"
#include "model/event.hpp"

namespace tickstock {

/// What a surge must reach: multiplier and volatility factor are in. All exact.
struct SurgeLimits {
    std::int64_t percent_e13 = 0;  ///< thr%, 1e-13 percent
    std::int64_t price_e12 = 0;    ///< thr$, 1e-12 USD
    Micro volume = 0;              ///< volume_threshold
    SurgeMode mode = SurgeMode::Strict;
};

/// What a symbol did: in the last 20 s against the span before.
struct SurgeMove {
    Price change;    ///< Δ$
    Price baseline;  ///< b
    int128 recent_volume = 0;
    int128 span_volume = 0;
    std::int64_t span_seconds = 0;  ///< L
};

/// Which conditions of SPEC 7.4 hold, if they make a surge in the mode. Integers only, so a move of
/// exactly the threshold counts.
std::optional<SurgeData::Trigger> surge_trigger(const SurgeMove& move, const SurgeLimits& limits);

}  // namespace tickstock

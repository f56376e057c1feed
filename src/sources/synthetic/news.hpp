#pragma once

#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "sources/synthetic/model.hpp"
#include "sources/synthetic/schedule.hpp"
#include "sources/synthetic/universe.hpp"

namespace tickstock {

/// Something that moves one symbol.
struct News {
    UnixNanos at;
    std::uint32_t symbol = 0;
    double log_return = 0;
    double absorb_s = 0;  ///< how fast the price takes it in
    double trades = 0;    ///< more than usual
    double decay_s = 1;   ///< how fast these thin out
    Nanos halt{0};        ///< > 0: trading stops for so long first
};

/// The day's news in order of time: shocks, slow drifts, some large enough for a LULD pause (the
/// first in the middle of the morning), a few regulatory halts.
std::vector<News> make_news(const SyntheticModel& model, std::uint64_t seed,
                            const std::vector<SyntheticSymbol>& universe, const SyntheticDay& day,
                            double trades_per_second);

}  // namespace tickstock

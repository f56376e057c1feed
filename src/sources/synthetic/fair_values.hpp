#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "model/record.hpp"
#include "sources/synthetic/model.hpp"
#include "sources/synthetic/prices.hpp"

namespace tickstock {

/// A provider's fair market values: near the middle of the quote, off by a slowly varying share
/// that is mostly below 0.3 % and sometimes, for minutes, 1–3 %.
class FairValueProcess {
public:
    FairValueProcess(const SyntheticModel& model, std::uint64_t seed, std::size_t symbols,
                     UnixNanos begin);

    /// The value to tell now, if it is time for one.
    std::optional<FairValue> at(std::uint32_t symbol, UnixNanos now, const SyntheticBook& book);

private:
    struct State {
        Random random;
        std::int64_t next_ns;
        double deviation = 0;  ///< share of the price
        double target = 0;     ///< where an episode draws it to
        int episode_left = 0;  ///< values
    };
    const SyntheticModel model_;
    std::vector<State> symbols_;
};

}  // namespace tickstock

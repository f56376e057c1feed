#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "model/event.hpp"
#include "support/naive_samples.hpp"
#include "support/naive_trend.hpp"

/// Surges of one symbol, line by line from SPEC 7.4.
namespace tickstock::naive {

struct SurgeFinding {
    Direction direction = Direction::None;
    SurgeData data;
    std::int64_t percent_threshold_e12 = 0;
    std::int64_t price_threshold_e12 = 0;
    std::int64_t volume_threshold_e12 = 0;
};

class NaiveSurge {
public:
    explicit NaiveSurge(const SurgeSettings& settings) : settings_(settings) {}

    /// A new session. Surges stay counted for their date.
    void reset();
    /// `date`: any number that names the exchange's date of the sample. `muted`: samples are kept,
    /// nothing is emitted.
    std::optional<SurgeFinding> on_sample(const PlainSample& sample, std::int64_t date, bool muted,
                                          Branches& branches);
    /// surge_flag of SPEC 7.1 at this clock.
    Direction flag(std::int64_t clock_ns) const;

private:
    struct Emission {
        Direction direction;
        std::int64_t t;
        std::int64_t expiration_ns;
    };

    bool cooling(Direction direction, std::int64_t t) const;

    const SurgeSettings& settings_;
    std::vector<PlainSample> samples_;  // of the session
    Volatility volatility_;
    std::vector<Emission> emissions_;  // of the session
    std::map<std::int64_t, std::uint32_t> count_of_date_;
};

}  // namespace tickstock::naive

#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace tickstock {

/// What one sample adds to each window of its symbol. Doubles in USD and shares.
struct TrendStep {
    double price = 0;                 // p
    double volume = 0;                // q
    double price_change = 0;          // p − p of the sample before
    double vwap_distance = 0;         // r = (p − v)/v
    double vwap_distance_change = 0;  // r − r of the sample before
};

/// Scores of the three windows and their weighted sum, each in −1…1, positive = up.
struct TrendScore {
    double total = 0;
    double short_window = 0;   // 180 s
    double medium_window = 0;  // 360 s
    double long_window = 0;    // 600 s
};

/// One exponentially weighted window (SPEC 7.3): running sums, one multiplication a sum and sample.
/// The order of every operation is the formula's, because results are compared bit for bit.
class TrendWindow {
public:
    /// The first sample after the session's begin or after too long a gap.
    void restart(const TrendStep& step);
    /// `decay` is λ_W^Δt since the sample before.
    void add(const TrendStep& step, double decay);

    /// 0 with fewer than `min_samples`.
    double score(unsigned min_samples) const;
    std::uint32_t samples() const { return samples_; }

    template <class Archive>
    void archive(Archive& a) {
        a(price_, volume_, weight_, change_weight_, price_change_, vwap_distance_, vwap_approach_,
          signed_volume_, samples_);
    }

private:
    double price_ = 0;          // Mp, Σ weighted p
    double volume_ = 0;         // Mq, Σ weighted q
    double weight_ = 0;         // Mw, Σ of weights
    double change_weight_ = 0;  // K, Σ of weights of changes: the first sample has none
    double price_change_ = 0;   // X
    double vwap_distance_ = 0;  // Y
    double vwap_approach_ = 0;  // Z
    double signed_volume_ = 0;  // U
    std::uint32_t samples_ = 0;
};

/// The windows of 180, 360 and 600 s of one symbol. A plain value, reset by assignment.
class TrendWindows {
public:
    /// A sample of time `second`, s since 1970; `vwap` is the session's. REQUIRES: later than the
    /// last.
    void add(double price, double volume, double vwap, std::int64_t second);

    TrendScore score(unsigned min_samples) const;
    /// Enough samples, over enough time, since the longest window's start.
    bool ready(unsigned min_samples, Nanos warm_up) const;

    template <class Archive>
    void archive(Archive& a) {
        a(short_, medium_, long_, price_, vwap_distance_, second_, long_start_);
    }

private:
    TrendWindow short_;
    TrendWindow medium_;
    TrendWindow long_;
    double price_ = 0;  // of the last sample
    double vwap_distance_ = 0;
    std::int64_t second_ = 0;
    std::int64_t long_start_ = 0;  // second of the longest window's first sample
};

}  // namespace tickstock

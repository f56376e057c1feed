#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "model/event.hpp"
#include "support/naive_samples.hpp"

/// Trends of one symbol, line by line from SPEC 7.3.
namespace tickstock::naive {

/// What happened, by the words of SPEC's steps: "trend first", "trend retraced" … For tests that
/// want every branch walked.
using Branches = std::map<std::string, std::uint64_t>;

/// ρ = σ/μ of the samples so far, weight halved every 100 s.
class Volatility {
public:
    void reset() { *this = Volatility(); }
    void add(const PlainSample& sample);
    /// Trend's factor in tenths and surge's in halves: all are exact.
    int trend_factor_tenths() const;
    int surge_factor_halves() const;
    double rho() const;

private:
    std::int64_t n_ = 0;
    std::int64_t t_ = 0;
    double w_ = 0;
    double mu_ = 0;
    double s_ = 0;
};

/// The running values of one window, named as in SPEC.
struct TrendWindow {
    std::int64_t n = 0;
    std::int64_t first_t = 0;
    double mp = 0, mq = 0, mw = 0, k = 0, x = 0, y = 0, z = 0, u = 0;

    /// Its first sample.
    void begin(const PlainSample& sample);
    void add(const PlainSample& before, const PlainSample& sample, int seconds);
    /// S_W.
    double score(unsigned min_data_points) const;
};

struct TrendFinding {
    Direction direction = Direction::None;
    TrendData data;
    std::int64_t direction_threshold_e12 = 0;
    std::int64_t strength_threshold_e12 = 0;
    std::string branch;
};

class NaiveTrend {
public:
    explicit NaiveTrend(const TrendSettings& settings) : settings_(settings) {}

    /// A new session.
    void reset();
    /// `muted`: the windows go on, the state does not.
    std::optional<TrendFinding> on_sample(const PlainSample& sample, bool muted,
                                          Branches& branches);
    Direction state() const;

private:
    enum class Class { Neutral, Weak, Moderate, Strong };
    struct Emission {
        int sign = 0;
        Class strength = Class::Neutral;
        std::int64_t t = 0;
    };

    TrendFinding emit(int sign, Class strength, double score, std::int64_t t, std::string branch);

    const TrendSettings& settings_;
    std::vector<PlainSample> samples_;                // of the session
    std::array<std::vector<TrendWindow>, 3> values_;  // after each sample
    Volatility volatility_;

    int state_ = 0;
    std::int64_t state_set_t_ = 0;
    double peak_ = 0;
    std::vector<Emission> emissions_;  // of the session
};

}  // namespace tickstock::naive

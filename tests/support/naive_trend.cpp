#include "support/naive_trend.hpp"

#include <algorithm>
#include <cmath>

#include "support/naive_powers.hpp"

namespace tickstock::naive {
namespace {

constexpr std::array<int, 3> windows{180, 360, 600};

double clamp(double value) {
    return value < -1 ? -1 : value > 1 ? 1 : value;
}

int sign_of(double value) {
    return value > 0 ? 1 : value < 0 ? -1 : 0;
}

Direction direction_of(int sign) {
    return sign > 0 ? Direction::Up : sign < 0 ? Direction::Down : Direction::None;
}

}  // namespace

// ---------------------------------------------------------------- volatility

void Volatility::add(const PlainSample& sample) {
    const double p = sample.p();
    if (n_ == 0 || sample.t - t_ > 600) {
        n_ = 1;
        w_ = 1;
        mu_ = p;
        s_ = 0;
    } else {
        const double g = decay_of_volatility(sample.t - t_);
        n_ += 1;
        w_ = g * w_ + 1;
        s_ = g * s_;
        const double d = p - mu_;
        mu_ += d / w_;
        s_ += d * (p - mu_);
    }
    t_ = sample.t;
}

double Volatility::rho() const {
    return std::sqrt(s_ / w_) / mu_;
}

int Volatility::trend_factor_tenths() const {
    return n_ < 10 ? 10 : rho() > 0.002 ? 15 : rho() < 0.0005 ? 8 : 10;
}

int Volatility::surge_factor_halves() const {
    return n_ < 10 ? 2 : rho() > 0.002 ? 4 : rho() < 0.0005 ? 1 : 2;
}

// ---------------------------------------------------------------- windows

void TrendWindow::begin(const PlainSample& sample) {
    *this = TrendWindow();
    n = 1;
    first_t = sample.t;
    mp = sample.p();
    mq = sample.q();
    mw = 1;
}

void TrendWindow::add(const PlainSample& before, const PlainSample& sample, int seconds) {
    const double g = decay_of_window(seconds, sample.t - before.t);
    const double p = sample.p();
    const double p_prev = before.p();
    const double q = sample.q();
    const double r = (p - sample.vwap) / sample.vwap;
    const double r_prev = (p_prev - before.vwap) / before.vwap;
    n += 1;
    mp = g * mp + p;
    mq = g * mq + q;
    mw = g * mw + 1;
    k = g * k + 1;
    x = g * x + (p - p_prev);
    y = g * y + r;
    z = g * z + (r - r_prev);
    u = g * u + (mq == 0 ? 0 : sign_of(p - p_prev) * std::min(q / (mq / mw), 3.0));
}

double TrendWindow::score(unsigned min_data_points) const {
    if (n < min_data_points) {
        return 0;
    }
    const double price = clamp(x / (0.05 * mp / mw));
    const double vwap = k == 0 ? 0 : clamp(y / k + 10 * z);
    const double volume = k == 0 ? 0 : clamp(u / k / 3);
    return 0.5 * price + 0.3 * vwap + 0.2 * volume;
}

// ---------------------------------------------------------------- the state

void NaiveTrend::reset() {
    samples_.clear();
    values_ = {};
    volatility_.reset();
    state_ = 0;
    state_set_t_ = 0;
    peak_ = 0;
    emissions_.clear();
}

Direction NaiveTrend::state() const {
    return direction_of(state_);
}

std::optional<TrendFinding> NaiveTrend::on_sample(const PlainSample& sample, bool muted,
                                                  Branches& branches) {
    const TrendPeriodSettings& period = settings_.periods[static_cast<std::size_t>(sample.period)];
    samples_.push_back(sample);
    volatility_.add(sample);
    std::array<double, 3> scores{};
    for (std::size_t i = 0; i < 3; ++i) {
        TrendWindow value;
        if (samples_.size() == 1 || sample.t - samples_[samples_.size() - 2].t > windows[i]) {
            value.begin(sample);
            branches["window restarted"] += samples_.size() > 1 ? 1U : 0U;
        } else {
            value = values_[i].back();
            value.add(samples_[samples_.size() - 2], sample, windows[i]);
        }
        values_[i].push_back(value);
        scores[i] = value.score(period.min_data_points);
    }
    const TrendWindow& longest = values_[2].back();
    const bool ready = longest.n >= std::int64_t{3} * period.min_data_points &&
                       (sample.t - longest.first_t) * 1'000'000'000 >= period.warm_up.count();
    if (!ready || muted) {
        ++branches[muted ? "trend muted" : "trend not ready"];
        return std::nullopt;
    }

    const double score = 0.3 * scores[0] + 0.4 * scores[1] + 0.3 * scores[2];
    const int128 factor = volatility_.trend_factor_tenths();
    ++branches["trend factor " + std::to_string(volatility_.trend_factor_tenths())];
    const auto e12 = [&](Micro threshold) {
        return static_cast<std::int64_t>(int128{threshold} * period.threshold_multiplier * factor /
                                         10);
    };
    const std::int64_t direction_e12 = e12(period.direction_threshold);
    const std::int64_t strength_e12 = e12(period.strength_threshold);
    const double direction_threshold = static_cast<double>(direction_e12) / 1e12;
    const double strength_threshold = static_cast<double>(strength_e12) / 1e12;
    const double size = std::fabs(score);
    const Class strength = size >= strength_threshold           ? Class::Strong
                           : size >= 1.25 * direction_threshold ? Class::Moderate
                           : size >= direction_threshold        ? Class::Weak
                                                                : Class::Neutral;
    const int sign = strength == Class::Neutral ? 0 : sign_of(score);

    const Emission last = emissions_.empty() ? Emission{} : emissions_.back();
    const std::int64_t since = (sample.t - last.t) * 1'000'000'000;
    const std::int64_t interval = period.interval.count();
    const bool a_third = since * 3 >= interval;
    const bool a_whole = since >= interval;
    std::string branch;
    const int opposite_of = state_ != 0 ? state_ : last.sign;
    if (sign != 0 && opposite_of != 0 && sign == -opposite_of && a_third) {
        branch = state_ != 0 ? "trend turned" : "trend turned from 0";
    } else {
        if (state_ != 0) {
            peak_ = std::max(peak_, score * state_);
            const double retracement = static_cast<double>(period.retracement) / 1e6;
            if (score * state_ < (1 - retracement) * peak_) {
                state_ = 0;
                ++branches["trend retraced"];
                return std::nullopt;
            }
        }
        if (sign != 0 && state_ != 0 && sign == state_) {
            if (strength > last.strength && a_third) {
                branch = "trend higher class";
            } else if (a_whole) {
                branch = "trend interval";
            }
        } else if (sign != 0 && state_ == 0) {
            if (emissions_.empty()) {
                branch = "trend first";
            } else if (sign == last.sign && a_whole) {
                branch = "trend again from 0";
            }
        }
    }
    if (branch.empty()) {
        ++branches["trend silent"];
        return std::nullopt;
    }
    ++branches[branch];
    TrendFinding finding = emit(sign, strength, score, sample.t, branch);
    finding.data.score_short = scores[0];
    finding.data.score_medium = scores[1];
    finding.data.score_long = scores[2];
    using Position = TrendData::VwapPosition;
    finding.data.vwap_position = sample.p() > sample.vwap   ? Position::Above
                                 : sample.p() < sample.vwap ? Position::Below
                                                            : Position::Unknown;
    finding.direction_threshold_e12 = direction_e12;
    finding.strength_threshold_e12 = strength_e12;
    return finding;
}

TrendFinding NaiveTrend::emit(int sign, Class strength, double score, std::int64_t t,
                              std::string branch) {
    TrendFinding finding;
    finding.branch = std::move(branch);
    finding.direction = direction_of(sign);
    finding.data.strength = strength == Class::Strong     ? Strength::Strong
                            : strength == Class::Moderate ? Strength::Moderate
                                                          : Strength::Weak;
    finding.data.score = score;
    if (state_ != sign) {  // this emission sets the direction
        state_set_t_ = t;
        peak_ = score * sign;
    }
    finding.data.age_seconds = t - state_set_t_;
    using Turn = TrendData::Turn;
    const int before = emissions_.empty() ? 0 : emissions_.back().sign;
    finding.data.turn = before == 0 || before == sign ? Turn::None
                        : before > 0                  ? Turn::UpNowDown
                                                      : Turn::DownNowUp;
    state_ = sign;
    emissions_.push_back({sign, strength, t});
    for (const Emission& emission : emissions_) {
        ++(emission.sign > 0 ? finding.data.count_up : finding.data.count_down);
    }
    return finding;
}

}  // namespace tickstock::naive

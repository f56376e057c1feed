#include "detectors/trend_window.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "detectors/decay_table.hpp"

namespace tickstock {
namespace {

constexpr std::int64_t short_seconds = 180;
constexpr std::int64_t medium_seconds = 360;
constexpr std::int64_t long_seconds = 600;

double sign(double x) {
    return x > 0 ? 1 : x < 0 ? -1 : 0;
}

double unit_clamp(double x) {
    return std::clamp(x, -1.0, 1.0);
}

}  // namespace

void TrendWindow::restart(const TrendStep& step) {
    *this = {};
    samples_ = 1;
    price_ = step.price;
    volume_ = step.volume;
    weight_ = 1;
}

void TrendWindow::add(const TrendStep& step, double decay) {
    const double g = decay;
    ++samples_;
    price_ = g * price_ + step.price;
    volume_ = g * volume_ + step.volume;
    weight_ = g * weight_ + 1;
    change_weight_ = g * change_weight_ + 1;
    price_change_ = g * price_change_ + step.price_change;
    vwap_distance_ = g * vwap_distance_ + step.vwap_distance;
    vwap_approach_ = g * vwap_approach_ + step.vwap_distance_change;
    const double flow =
        volume_ == 0 ? 0
                     : sign(step.price_change) * std::min(step.volume / (volume_ / weight_), 3.0);
    signed_volume_ = g * signed_volume_ + flow;
}

double TrendWindow::score(unsigned min_samples) const {
    if (samples_ < min_samples) {
        return 0;
    }
    const double price = unit_clamp(price_change_ / (0.05 * price_ / weight_));
    double vwap = 0;
    double volume = 0;
    if (change_weight_ != 0) {
        vwap = unit_clamp(vwap_distance_ / change_weight_ + 10 * vwap_approach_);
        volume = unit_clamp(signed_volume_ / change_weight_ / 3);
    }
    return 0.5 * price + 0.3 * vwap + 0.2 * volume;
}

void TrendWindows::add(double price, double volume, double vwap, std::int64_t second) {
    const double distance = (price - vwap) / vwap;
    const TrendStep step{price, volume, price - price_, distance, distance - vwap_distance_};
    const bool first = long_.samples() == 0;
    const std::int64_t gap = second - second_;
    TS_ASSERT(first || gap > 0);
    const auto pass = [&](TrendWindow& window, std::int64_t length, const DecayTable& decay) {
        if (first || gap > length) {
            window.restart(step);
        } else {
            window.add(step, decay[static_cast<std::size_t>(gap)]);
        }
    };
    pass(short_, short_seconds, trend_decay_180);
    pass(medium_, medium_seconds, trend_decay_360);
    pass(long_, long_seconds, trend_decay_600);
    if (long_.samples() == 1) {
        long_start_ = second;
    }
    price_ = price;
    vwap_distance_ = distance;
    second_ = second;
}

TrendScore TrendWindows::score(unsigned min_samples) const {
    TrendScore score;
    score.short_window = short_.score(min_samples);
    score.medium_window = medium_.score(min_samples);
    score.long_window = long_.score(min_samples);
    score.total = 0.3 * score.short_window + 0.4 * score.medium_window + 0.3 * score.long_window;
    return score;
}

bool TrendWindows::ready(unsigned min_samples, Nanos warm_up) const {
    return long_.samples() >= std::uint64_t{3} * min_samples &&
           std::chrono::seconds(second_ - long_start_) >= warm_up;
}

}  // namespace tickstock

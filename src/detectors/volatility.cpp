#include "detectors/volatility.hpp"

#include <cmath>

#include "base/assert.hpp"
#include "detectors/decay_table.hpp"

namespace tickstock {
namespace {

constexpr std::uint32_t enough_samples = 10;
constexpr double high_ratio = 0.002;
constexpr double low_ratio = 0.0005;

}  // namespace

void Volatility::add(double price, std::int64_t second) {
    const std::int64_t gap = second - second_;
    if (samples_ == 0 || gap > static_cast<std::int64_t>(longest_decay_seconds)) {
        *this = {};
        weight_ = 1;
        mean_ = price;
    } else {
        TS_ASSERT(gap > 0);
        const double g = volatility_decay[static_cast<std::size_t>(gap)];
        weight_ = g * weight_ + 1;
        squares_ = g * squares_;
        const double distance = price - mean_;
        mean_ += distance / weight_;
        squares_ += distance * (price - mean_);
    }
    second_ = second;
    ++samples_;
}

double Volatility::ratio() const {
    return samples_ == 0 ? 0 : std::sqrt(squares_ / weight_) / mean_;
}

VolatilityLevel Volatility::level() const {
    if (samples_ < enough_samples) {
        return VolatilityLevel::Normal;
    }
    const double rho = ratio();
    return rho > high_ratio  ? VolatilityLevel::High
           : rho < low_ratio ? VolatilityLevel::Low
                             : VolatilityLevel::Normal;
}

}  // namespace tickstock

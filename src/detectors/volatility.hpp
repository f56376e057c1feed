#pragma once

#include <cstdint>

namespace tickstock {

/// How restless a symbol is at the moment; scales the thresholds of trend and surge.
enum class VolatilityLevel : std::uint8_t { Low, Normal, High };
inline constexpr int volatility_level_count = 3;

/// ρ = σ/μ of a symbol's samples, exponentially weighted with a half-life of 100 s (SPEC 7.3).
/// Restarted by a gap over 600 s. O(1) a sample; a plain value, reset by assignment.
class Volatility {
public:
    /// A sample's price in USD, `second` its time in s since 1970. REQUIRES: later than the last.
    void add(double price, std::int64_t second);

    /// Standard deviation relative to the mean; 0 before any sample.
    double ratio() const;
    /// Normal below ten samples.
    VolatilityLevel level() const;

    template <class Archive>
    void archive(Archive& a) {
        a(weight_, mean_, squares_, second_, samples_);
    }

private:
    double weight_ = 0;        // w
    double mean_ = 0;          // μ, USD
    double squares_ = 0;       // s, weighted Σ of squared distances from the mean
    std::int64_t second_ = 0;  // of the last sample
    std::uint32_t samples_ = 0;
};

}  // namespace tickstock

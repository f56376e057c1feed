#pragma once

#include <compare>
#include <cstdint>

namespace tickstock {

/// Fixed-point US dollars: int64 in units of 1e-9 USD. A difference of two prices is a Price too.
class Price {
public:
    static constexpr int decimals = 9;
    static constexpr std::int64_t units_per_dollar = 1'000'000'000;
    /// Accepted prices p of records: 0 < p < 2^33 USD.
    static constexpr std::int64_t limit_raw = (std::int64_t{1} << 33) * units_per_dollar;

    constexpr Price() = default;

    static constexpr Price from_raw(std::int64_t raw) {
        Price price;
        price.raw_ = raw;
        return price;
    }
    static constexpr Price from_cents(std::int64_t cents) {
        return from_raw(cents * (units_per_dollar / 100));
    }

    constexpr std::int64_t raw() const { return raw_; }
    constexpr double to_double() const {
        return static_cast<double>(raw_) / static_cast<double>(units_per_dollar);
    }

    friend constexpr Price operator-(Price a, Price b) { return from_raw(a.raw_ - b.raw_); }
    friend constexpr Price operator+(Price a, Price b) { return from_raw(a.raw_ + b.raw_); }
    friend constexpr auto operator<=>(Price, Price) = default;

private:
    std::int64_t raw_ = 0;
};

/// Fixed-point shares: int64 in units of 1e-6 shares, because fractional prints exist. One trade's
/// or quote's size, or a volume summed over time.
class Size {
public:
    static constexpr int decimals = 6;
    static constexpr std::int64_t units_per_share = 1'000'000;

    constexpr Size() = default;

    static constexpr Size from_raw(std::int64_t raw) {
        Size size;
        size.raw_ = raw;
        return size;
    }
    static constexpr Size from_shares(std::int64_t shares) {
        return from_raw(shares * units_per_share);
    }

    constexpr std::int64_t raw() const { return raw_; }
    constexpr double to_double() const {
        return static_cast<double>(raw_) / static_cast<double>(units_per_share);
    }

    friend constexpr Size operator+(Size a, Size b) { return from_raw(a.raw_ + b.raw_); }
    constexpr Size& operator+=(Size other) {
        raw_ += other.raw_;
        return *this;
    }
    friend constexpr auto operator<=>(Size, Size) = default;

private:
    std::int64_t raw_ = 0;
};

}  // namespace tickstock

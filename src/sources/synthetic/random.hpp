#pragma once

#include <bit>
#include <cstdint>

namespace tickstock {

/// Natural logarithm made of IEEE basic operations alone, so that it is the same on every platform
/// (libm's may differ in the last bit, and a generated record may hang on that bit). x > 0, normal.
inline double stable_log(double x) {
    constexpr double ln2 = 0.693147180559945309417;
    const auto bits = std::bit_cast<std::uint64_t>(x);
    auto exponent = static_cast<int>(bits >> 52) - 1023;
    double mantissa = std::bit_cast<double>((bits & 0x000F'FFFF'FFFF'FFFF) | 0x3FF0'0000'0000'0000);
    if (mantissa > 1.4142135623730951) {
        mantissa *= 0.5;
        ++exponent;
    }
    const double s = (mantissa - 1) / (mantissa + 1);
    const double q = s * s;
    const double series =
        1 + q * (1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7 + q * (1.0 / 9 + q * (1.0 / 11)))));
    return exponent * ln2 + 2 * s * series;
}

/// e^x of IEEE basic operations alone, for |x| < 700.
inline double stable_exp(double x) {
    constexpr double ln2 = 0.693147180559945309417;
    const int k = static_cast<int>(x / ln2 + (x < 0 ? -0.5 : 0.5));
    const double r = x - k * ln2;
    double sum = 1;
    for (int i = 11; i > 0; --i) {
        sum = 1 + sum * r / i;
    }
    return sum * std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52);
}

/// Seeded pseudo-random numbers (xoshiro256++), the same on every compiler: the standard library's
/// distributions are not. Streams of one seed are independent of each other, so a symbol's numbers
/// do not depend on what the others draw.
class Random {
public:
    Random(std::uint64_t seed, std::uint64_t stream) {
        std::uint64_t mix = seed * 0xD1342543DE82EF95 + stream * 0x9E3779B97F4A7C15 + 0x632BE5AB;
        for (auto& word : state_) {
            mix += 0x9E3779B97F4A7C15;
            std::uint64_t z = mix;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            word = z ^ (z >> 31);
        }
    }

    std::uint64_t next() {
        const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    /// 0 … n−1; the bias of at most n/2^32 does not matter here.
    std::uint32_t below(std::uint32_t n) {
        return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32);
    }
    /// low … high, both included.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(unit() * static_cast<double>(high - low + 1));
    }
    /// [0, 1).
    double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    bool chance(double probability) { return unit() < probability; }

    /// Mean 0, variance 1: 64 coins and a uniform remainder, close to a normal out to 5 σ.
    double normal() {
        constexpr double deviation = 4.0104031053;  // √(64/4 + 1/12)
        const int heads = std::popcount(next());
        return (heads - 32.5 + unit()) / deviation;
    }
    /// Mean 1.
    double exponential() { return -stable_log(1 - unit()); }

private:
    std::uint64_t state_[4];
};

}  // namespace tickstock

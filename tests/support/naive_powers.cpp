#include "support/naive_powers.hpp"

#include <cmath>
#include <cstddef>
#include <map>
#include <vector>

namespace tickstock::naive {
namespace {

/// 113 bits. An n-th root by Newton and at most 600 products err by less than 2^-100 of the value,
/// so that rounding to 53 bits gives the nearest double unless the exact number lies that close to
/// the middle of two (one chance in 2^47).
__extension__ typedef __float128 Quad;

Quad power(Quad base, int exponent) {
    Quad product = 1;
    for (int i = 0; i < exponent; ++i) {
        product *= base;
    }
    return product;
}

Quad root(Quad value, int degree) {
    Quad x = std::pow(static_cast<double>(value), 1.0 / degree);
    for (int i = 0; i < 5; ++i) {
        x -= (power(x, degree) - value) / (degree * power(x, degree - 1));
    }
    return x;
}

/// (numerator / 10)^(Δt / steps) for Δt = 0 … count.
std::vector<double> table(int numerator, int steps, int count) {
    const Quad one_second = root(static_cast<Quad>(numerator) / 10, steps);
    std::vector<double> powers;
    Quad product = 1;
    for (int i = 0; i <= count; ++i) {
        powers.push_back(static_cast<double>(product));
        product *= one_second;
    }
    return powers;
}

}  // namespace

double decay_of_window(int window, std::int64_t seconds) {
    static const std::map<int, std::vector<double>> tables{
        {180, table(9, 9, 180)}, {360, table(9, 18, 360)}, {600, table(9, 30, 600)}};
    return tables.at(window).at(static_cast<std::size_t>(seconds));
}

double decay_of_volatility(std::int64_t seconds) {
    static const std::vector<double> powers = table(5, 100, 600);
    return powers.at(static_cast<std::size_t>(seconds));
}

}  // namespace tickstock::naive

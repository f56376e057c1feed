#include "base/decimal.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr std::array<std::uint64_t, 20> power_of_ten = [] {
    std::array<std::uint64_t, 20> powers{};
    std::uint64_t value = 1;
    for (auto& power : powers) {
        power = value;
        value *= 10;
    }
    return powers;
}();

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The text split at its grammar's joints.
struct Parts {
    bool negative = false;
    std::string_view integer;
    std::string_view fraction;
    int exponent = 0;
};

bool split(std::string_view text, Parts& parts) {
    std::size_t at = 0;
    const auto digits = [&] {
        const std::size_t from = at;
        while (at < text.size() && is_digit(text[at])) {
            ++at;
        }
        return text.substr(from, at - from);
    };
    if (at < text.size() && text[at] == '-') {
        parts.negative = true;
        ++at;
    }
    parts.integer = digits();
    if (parts.integer.empty()) {
        return false;
    }
    if (at < text.size() && text[at] == '.') {
        ++at;
        parts.fraction = digits();
        if (parts.fraction.empty()) {
            return false;
        }
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        bool negative = false;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
            negative = text[at] == '-';
            ++at;
        }
        const std::string_view exponent = digits();
        if (exponent.empty()) {
            return false;
        }
        int value = 0;
        for (const char c : exponent) {
            value = value < 100000 ? value * 10 + (c - '0') : value;
        }
        parts.exponent = negative ? -value : value;
    }
    return at == text.size();
}

/// The general case: any number of digits, any exponent.
DecimalStatus scale_parts(const Parts& parts, int scale, std::int64_t& out) {
    constexpr std::uint64_t limit = 9'223'372'036'854'775'807U;
    const int integer_digits = static_cast<int>(parts.integer.size());
    const int all_digits = integer_digits + static_cast<int>(parts.fraction.size());
    const auto digit = [&](int i) {
        return i < integer_digits ? parts.integer[static_cast<std::size_t>(i)]
                                  : parts.fraction[static_cast<std::size_t>(i - integer_digits)];
    };
    const long keep = static_cast<long>(integer_digits) + parts.exponent + scale;

    std::uint64_t value = 0;
    for (long i = 0; i < keep; ++i) {
        const std::uint64_t next =
            i < all_digits ? static_cast<std::uint64_t>(digit(static_cast<int>(i)) - '0') : 0;
        if (value == 0 && next == 0) {
            if (i >= all_digits) {
                break;  // zero stays zero whatever the exponent
            }
            continue;
        }
        if (value > (limit - next) / 10) {
            return DecimalStatus::OutOfRange;
        }
        value = value * 10 + next;
    }
    if (keep >= 0 && keep < all_digits) {
        const int first_cut = digit(static_cast<int>(keep)) - '0';
        bool rest = false;
        for (int i = static_cast<int>(keep) + 1; i < all_digits; ++i) {
            rest = rest || digit(i) != '0';
        }
        const bool up = first_cut > 5 || (first_cut == 5 && (rest || value % 2 == 1));
        if (up) {
            if (value == limit) {
                return DecimalStatus::OutOfRange;
            }
            ++value;
        }
    }
    out = parts.negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
    return DecimalStatus::Ok;
}

}  // namespace

DecimalStatus parse_decimal(std::string_view text, int scale, std::int64_t& out) {
    TS_ASSERT(scale >= 0 && scale <= 18);
    // Fast path: "digits[.digits]" with few enough digits, which is every price of every feed.
    if (text.size() <= 19) {
        std::uint64_t value = 0;
        int fraction = -1;
        bool plain = !text.empty();
        for (const char c : text) {
            if (is_digit(c)) {
                value = value * 10 + static_cast<std::uint64_t>(c - '0');
                fraction += fraction >= 0 ? 1 : 0;
            } else if (c == '.' && fraction < 0) {
                fraction = 0;
            } else {
                plain = false;
                break;
            }
        }
        const int decimals = fraction < 0 ? 0 : fraction;
        if (plain && fraction != 0 && is_digit(text.front()) && decimals <= scale) {
            std::int64_t scaled = 0;
            if (__builtin_mul_overflow(
                    value, power_of_ten[static_cast<std::size_t>(scale - decimals)], &scaled)) {
                return DecimalStatus::OutOfRange;
            }
            out = scaled;
            return DecimalStatus::Ok;
        }
    }
    Parts parts;
    if (!split(text, parts)) {
        return DecimalStatus::Malformed;
    }
    return scale_parts(parts, scale, out);
}

void append_decimal(std::string& out, std::int64_t raw, int scale) {
    TS_ASSERT(scale >= 0 && scale <= 18);
    const std::uint64_t magnitude =
        raw < 0 ? ~static_cast<std::uint64_t>(raw) + 1 : static_cast<std::uint64_t>(raw);
    const std::uint64_t unit = power_of_ten[static_cast<std::size_t>(scale)];
    if (raw < 0) {
        out.push_back('-');
    }
    std::array<char, 24> digits;
    auto end = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude / unit).ptr;
    out.append(digits.data(), end);
    std::uint64_t fraction = magnitude % unit;
    if (fraction == 0) {
        return;
    }
    out.push_back('.');
    for (std::uint64_t place = unit / 10; fraction != 0; place /= 10) {
        out.push_back(static_cast<char>('0' + fraction / place));
        fraction %= place;
    }
}

void append_double(std::string& out, double value) {
    TS_ASSERT(std::isfinite(value));
    std::array<char, 352> text;
    const auto result =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 6);
    TS_ASSERT(result.ec == std::errc{});
    std::string_view digits(text.data(), static_cast<std::size_t>(result.ptr - text.data()));
    digits = digits.substr(0, digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') {
        digits.remove_suffix(1);
    }
    out += digits == "-0" ? std::string_view("0") : digits;
}

}  // namespace tickstock

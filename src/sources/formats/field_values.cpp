#include "sources/formats/field_values.hpp"

#include <array>
#include <cstring>

#include "base/decimal.hpp"

namespace tickstock {
namespace {

/// Eight ASCII digits at once; false when one of the eight is none.
bool eight_digits(const char* from, std::uint64_t& out) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    constexpr std::uint64_t zeros = 0x3030303030303030U;
    constexpr std::uint64_t high = 0xF0F0F0F0F0F0F0F0U;
    if (((word & high) | (((word + 0x0606060606060606U) & high) >> 4)) != (zeros | (zeros >> 4))) {
        return false;
    }
    word -= zeros;
    word = word * 10 + (word >> 8);
    constexpr std::uint64_t mask = 0x000000FF000000FFU;
    constexpr std::uint64_t first = 0x000F424000000064U;   // 100 + (1000000 << 32)
    constexpr std::uint64_t second = 0x0000271000000001U;  // 1 + (10000 << 32)
    out = ((word & mask) * first + ((word >> 16) & mask) * second) >> 32;
    return true;
}

FieldStatus in_range(UnixNanos time, std::optional<UnixNanos> live_now, UnixNanos& out) {
    if (time < time_first || time >= time_last || (live_now && time > *live_now + live_ahead_max)) {
        return Reason::TimeOutOfRange;
    }
    out = time;
    return field_ok;
}

struct Unit {
    std::uint64_t below;
    std::int64_t nanos;
    int decimals;  ///< of the unit, down to ns
};
constexpr std::array<Unit, 4> units{{
    {100'000'000'000U, 1'000'000'000, 9},
    {100'000'000'000'000U, 1'000'000, 6},
    {100'000'000'000'000'000U, 1'000, 3},
    {~std::uint64_t{0}, 1, 0},
}};

const Unit& unit_of(std::uint64_t magnitude) {
    for (const Unit& unit : units) {
        if (magnitude < unit.below) {
            return unit;
        }
    }
    return units.back();
}

/// Two digits at `at`, or −1.
int two_digits(std::string_view text, std::size_t at) {
    std::uint64_t value = 0;
    return at + 2 <= text.size() && read_digits(text.substr(at, 2), value) ? static_cast<int>(value)
                                                                           : -1;
}

/// The offset from UTC that ends an RFC 3339 time.
bool read_utc_offset(std::string_view text, std::chrono::minutes& out) {
    if (text == "Z" || text == "z") {
        out = std::chrono::minutes(0);
        return true;
    }
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return false;
    }
    const int hours = two_digits(text, 1);
    const int minutes = two_digits(text, 4);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
        return false;
    }
    out = std::chrono::minutes((text[0] == '-' ? -1 : 1) * (hours * 60 + minutes));
    return true;
}

/// yyyy-mm-ddThh:mm:ss[.fraction](Z|±hh:mm)
bool read_rfc3339(std::string_view text, UnixNanos& out) {
    std::uint64_t year = 0;
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':' ||
        !read_digits(text.substr(0, 4), year)) {
        return false;
    }
    const int month = two_digits(text, 5);
    const int day = two_digits(text, 8);
    const int hour = two_digits(text, 11);
    const int minute = two_digits(text, 14);
    const int second = two_digits(text, 17);
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    if (month < 0 || day < 0 || !date.ok() || year < 1900 || year > 2200 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 59) {
        return false;
    }
    std::size_t at = 19;
    std::int64_t fraction = 0;
    if (text[at] == '.') {
        const std::size_t end = text.find_first_not_of("0123456789", at + 1);
        if (end == std::string_view::npos || end == at + 1 || end - at > 19) {
            return false;
        }
        std::array<char, 24> decimal{'0'};
        std::memcpy(decimal.data() + 1, text.data() + at, end - at);
        if (parse_decimal({decimal.data(), end - at + 1}, 9, fraction) != DecimalStatus::Ok) {
            return false;
        }
        at = end;
    }
    std::chrono::minutes offset{};
    if (!read_utc_offset(text.substr(at), offset)) {
        return false;
    }
    out = std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
          std::chrono::seconds(second) + Nanos(fraction) - offset;
    return true;
}

FieldStatus read_time_slow(std::string_view text, std::optional<UnixNanos> live_now,
                           UnixNanos& out) {
    if (text.empty()) {
        return Reason::MissingField;
    }
    UnixNanos time{};
    if (read_rfc3339(text, time)) {
        return in_range(time, live_now, out);
    }
    // A decimal: its integer part tells the unit. An exponent moves the point, so such a number is
    // read as whole units first.
    std::int64_t whole = 0;
    switch (parse_decimal(text, 0, whole)) {
        case DecimalStatus::Malformed: return Reason::BadNumber;
        case DecimalStatus::OutOfRange: return Reason::TimeOutOfRange;
        case DecimalStatus::Ok: break;
    }
    if (whole <= 0) {
        return Reason::TimeOutOfRange;
    }
    std::int64_t nanos = 0;
    if (parse_decimal(text, unit_of(static_cast<std::uint64_t>(whole)).decimals, nanos) !=
        DecimalStatus::Ok) {
        return Reason::TimeOutOfRange;
    }
    return in_range(unix_nanos(nanos), live_now, out);
}

FieldStatus add_condition(std::string_view code, ConditionList& out) {
    std::uint64_t value = 0;
    if (!read_digits(code, value) || value > 255) {
        value = 255;
    }
    return out.add(static_cast<unsigned>(value)) ? field_ok : Reason::TooManyConditions;
}

}  // namespace

bool read_digits(std::string_view text, std::uint64_t& out) {
    if (text.empty() || text.size() > 20) {
        return false;
    }
    std::uint64_t value = 0;
    std::size_t at = 0;
    while (at + 8 <= text.size()) {
        std::uint64_t eight = 0;
        if (!eight_digits(text.data() + at, eight)) {
            return false;
        }
        value = value * 100'000'000U + eight;
        at += 8;
    }
    for (; at < text.size(); ++at) {
        const unsigned digit = static_cast<unsigned char>(text[at]) - unsigned{'0'};
        if (digit > 9 || __builtin_mul_overflow(value, std::uint64_t{10}, &value) ||
            __builtin_add_overflow(value, std::uint64_t{digit}, &value)) {
            return false;
        }
    }
    out = value;
    return true;
}

FieldStatus read_price_or_none(std::string_view text, Price& out) {
    if (text.empty()) {
        out = Price{};
        return field_ok;
    }
    std::int64_t raw = 0;
    switch (parse_decimal(text, Price::decimals, raw)) {
        case DecimalStatus::Malformed: return Reason::BadNumber;
        case DecimalStatus::OutOfRange: return Reason::PriceOutOfRange;
        case DecimalStatus::Ok: break;
    }
    if (raw < 0 || raw >= Price::limit_raw) {
        return Reason::PriceOutOfRange;
    }
    out = Price::from_raw(raw);
    return field_ok;
}

FieldStatus read_price(std::string_view text, Price& out) {
    if (text.empty()) {
        return Reason::MissingField;
    }
    const FieldStatus status = read_price_or_none(text, out);
    return status == field_ok && out.raw() == 0 ? Reason::PriceOutOfRange : status;
}

FieldStatus read_size(std::string_view text, Size& out) {
    if (text.empty()) {
        return Reason::MissingField;
    }
    std::int64_t raw = 0;
    switch (parse_decimal(text, Size::decimals, raw)) {
        case DecimalStatus::Malformed: return Reason::BadNumber;
        case DecimalStatus::OutOfRange: return Reason::SizeOutOfRange;
        case DecimalStatus::Ok: break;
    }
    if (raw < 0) {
        return Reason::SizeOutOfRange;
    }
    out = Size::from_raw(raw);
    return field_ok;
}

FieldStatus read_time(std::string_view text, std::optional<UnixNanos> live_now, UnixNanos& out) {
    std::uint64_t value = 0;
    if (!read_digits(text, value)) {
        return read_time_slow(text, live_now, out);
    }
    std::int64_t nanos = 0;
    if (__builtin_mul_overflow(value, unit_of(value).nanos, &nanos)) {
        return Reason::TimeOutOfRange;
    }
    return in_range(unix_nanos(nanos), live_now, out);
}

FieldStatus read_time_or_unknown(std::string_view text, std::optional<UnixNanos> live_now,
                                 UnixNanos& out) {
    if (text.empty() || text == "0") {
        out = time_unknown;
        return field_ok;
    }
    return read_time(text, live_now, out);
}

FieldStatus read_conditions(std::string_view text, ConditionList& out) {
    if (!text.empty() && text.front() == '[') {
        if (text.back() != ']' || text.size() < 2) {
            return Reason::Malformed;
        }
        text = text.substr(1, text.size() - 2);
    }
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t from = text.find_first_not_of(", \t\"", at);
        if (from == std::string_view::npos) {
            break;
        }
        std::size_t end = from;
        while (end < text.size() && text[end] != ',' && text[end] != ' ' && text[end] != '\t' &&
               text[end] != '"') {
            ++end;
        }
        if (const FieldStatus status = add_condition(text.substr(from, end - from), out);
            status != field_ok) {
            return status;
        }
        at = end;
    }
    return field_ok;
}

FieldStatus read_small(std::string_view text, std::uint8_t& out) {
    if (text.empty()) {
        out = 0;
        return field_ok;
    }
    std::uint64_t value = 0;
    if (!read_digits(text, value) || value > 255) {
        return Reason::BadNumber;
    }
    out = static_cast<std::uint8_t>(value);
    return field_ok;
}

}  // namespace tickstock

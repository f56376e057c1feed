#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "sources/dbn/dbn_layout.hpp"
#include "sources/formats/field_values.hpp"

namespace tickstock::dbn {

// A record's raw numbers under the rules of SPEC 2 for values; the counterparts of
// field_values.hpp, which reads text.

/// 0 < price < 2^33 USD; undefined is MissingField.
inline FieldStatus to_price(std::int64_t raw, Price& out) {
    if (raw == price_undefined) {
        return Reason::MissingField;
    }
    out = Price::from_raw(raw);
    return raw > 0 && raw < Price::limit_raw ? field_ok : Reason::PriceOutOfRange;
}

/// As to_price; undefined and 0 are "none".
inline FieldStatus to_price_or_none(std::int64_t raw, Price& out) {
    if (raw == price_undefined || raw == 0) {
        out = Price();
        return field_ok;
    }
    return to_price(raw, out);
}

/// Shares; undefined is MissingField.
inline FieldStatus to_size(std::uint32_t raw, Size& out) {
    if (raw == size_undefined) {
        return Reason::MissingField;
    }
    out = Size::from_shares(raw);
    return field_ok;
}

inline FieldStatus to_volume(std::uint64_t raw, Size& out) {
    constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() /
                                                      Size::units_per_share);
    if (raw > limit) {
        return Reason::SizeOutOfRange;
    }
    out = Size::from_shares(static_cast<std::int64_t>(raw));
    return field_ok;
}

/// ns since 1970; undefined is MissingField. Range as read_time().
inline FieldStatus to_time(std::uint64_t raw, std::optional<UnixNanos> live_now, UnixNanos& out) {
    if (raw == time_undefined) {
        return Reason::MissingField;
    }
    if (raw > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return Reason::TimeOutOfRange;
    }
    out = unix_nanos(static_cast<std::int64_t>(raw));
    const bool is_ahead = live_now && out > *live_now + live_ahead_max;
    return out < time_first || out >= time_last || is_ahead ? Reason::TimeOutOfRange : field_ok;
}

}  // namespace tickstock::dbn

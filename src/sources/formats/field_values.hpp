#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/price.hpp"
#include "base/time.hpp"
#include "model/accounting.hpp"
#include "model/record.hpp"

namespace tickstock {

/// What became of one field: `field_ok`, or why its whole row is rejected.
using FieldStatus = Reason;
inline constexpr FieldStatus field_ok = Reason::Count_;

/// Times accepted from any source. The upper bound keeps sums of times inside int64.
inline constexpr UnixNanos time_first = from_unix_second(631'152'000);   // 1990-01-01
inline constexpr UnixNanos time_last = from_unix_second(7'258'118'400);  // 2200-01-01
inline constexpr Nanos live_ahead_max = std::chrono::hours(1);

/// Digits only, at most 2^64 − 1. False otherwise.
bool read_digits(std::string_view text, std::uint64_t& out);

/// 0 < price < 2^33 USD, read exactly.
FieldStatus read_price(std::string_view text, Price& out);

/// 0 ≤ price < 2^33 USD; empty = 0 = none (a missing side of a quote, an optional price).
FieldStatus read_price_or_none(std::string_view text, Price& out);

/// 0 ≤ size, read exactly; empty is MissingField.
FieldStatus read_size(std::string_view text, Size& out);

/// A number of seconds, ms, µs or ns since 1970, its unit inferred from its magnitude (below 1e11,
/// 1e14, 1e17, above); fractions of the unit are read exactly. Also RFC 3339 ("…T…Z" or with an
/// offset). Range: time_first up to time_last and, when `live_now` is known, one hour ahead of it.
FieldStatus read_time(std::string_view text, std::optional<UnixNanos> live_now, UnixNanos& out);

/// Empty and 0 are time_unknown.
FieldStatus read_time_or_unknown(std::string_view text, std::optional<UnixNanos> live_now,
                                 UnixNanos& out);

/// Condition codes: "12,37", "[12, 37]", "12", empty. A code that is no number counts as one that
/// no table knows (255).
FieldStatus read_conditions(std::string_view text, ConditionList& out);

/// A small id (exchange, tape, condition); empty = 0. Above 255: BadNumber.
FieldStatus read_small(std::string_view text, std::uint8_t& out);

}  // namespace tickstock

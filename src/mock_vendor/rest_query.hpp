#pragma once

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace tickstock {

/// The whole of `text` as a number; false when it is none.
template <class T>
bool parse_number(std::string_view text, T& out) {
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && at == text.data() + text.size() && !text.empty();
}

/// The path and the query of a request's target, decoded.
struct RestTarget {
    std::string path;
    std::map<std::string, std::string, std::less<>> query;  ///< the first of equal names

    /// Nothing when an escape is broken.
    static std::optional<RestTarget> parse(std::string_view target);
    /// Empty when absent.
    std::string_view get(std::string_view name) const;
};

/// A time as the vendor takes it: a date (its midnight in UTC), a date and time in UTC
/// ("2022-05-10T14:11:12.690Z"), or a Unix time in s, ms, µs or ns by its magnitude.
std::optional<UnixNanos> parse_vendor_time(std::string_view text);

/// The dates of /v2/aggs: New York dates, or times in ms. `end` = the day's end is meant.
std::optional<UnixNanos> parse_aggs_bound(std::string_view text, bool end);

}  // namespace tickstock

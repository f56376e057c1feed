#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tickstock {

/// A request target in origin form, decoded.
struct Target {
    std::string path;  ///< percent-decoded; any bytes
    std::vector<std::pair<std::string, std::string>> query;

    /// The last value of a parameter, nothing when absent.
    std::optional<std::string_view> value(std::string_view name) const;
};

/// Splits and decodes `/path?name=value&…`. Nothing when it does not start with '/' or a percent
/// sign is not followed by two hex digits.
std::optional<Target> parse_target(std::string_view text);

/// The parts of a comma-separated list; empty parts are left out.
std::vector<std::string_view> split_list(std::string_view text);

}  // namespace tickstock

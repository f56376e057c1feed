#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace tickstock {

/// Alert rules as people wrote them, and what is wrong with them. docs/monitoring.md describes the
/// files.
struct AlertFiles {
    static constexpr std::size_t rule_limit = 1000;

    std::vector<AlertRule> rules;     ///< disabled ones too: they switch built-in ones off
    std::vector<std::string> errors;  ///< each ready to show: "file:12: key = value: accepted …"
};

/// All alerts/*.json of a configuration directory, by file name. A missing folder holds none.
AlertFiles read_alert_directory(const std::string& config_directory);

/// Adds one file's text; `path` is its name in errors.
void read_alert_text(std::string_view text, const std::string& path, AlertFiles& into);

/// "info", "warning", "error", "critical".
std::string_view to_string(AlertSeverity severity);

/// ">", ">=", "<", "<=", "==", "!=".
std::string_view to_string(AlertComparison comparison);

}  // namespace tickstock

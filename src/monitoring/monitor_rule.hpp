#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "monitoring/reading.hpp"

namespace tickstock {

/// What alerts are raised by: built in (SPEC 13) or of a person.
struct MonitorRule {
    /// The rule holds at `severity` while `reading comparison threshold`.
    struct Level {
        AlertSeverity severity = AlertSeverity::Warning;
        double threshold = 0;
    };
    std::string type;    ///< the alert's: "QUEUE_OVERFLOW"; several rules may have the same
    std::string metric;  ///< a reading's name; each reading of it is held against the rule apart
    AlertComparison comparison = AlertComparison::Above;
    std::vector<Level> levels;
    Nanos hold{0};  ///< a level counts when it has held so long
    std::string description;
    bool built_in = true;
};

/// The built-in rules with the thresholds of `settings`, those of people behind them. A person's
/// rule takes the place of all built-in ones of its name; a disabled one just removes them.
std::vector<MonitorRule> monitor_rules(const MonitoringSettings& settings,
                                       const std::vector<AlertRule>& people);

/// docs/runbooks/NAME.md of a built-in type; empty for any other.
std::string runbook_of(std::string_view type);

/// A rule's level that a reading meets at a look.
struct Finding {
    std::string type;
    std::string channel;
    AlertSeverity severity = AlertSeverity::Warning;
    std::string message;
    double value = 0;
    double threshold = 0;
    Nanos hold{0};
    UnixNanos since;  ///< the reading's
};

/// All that hold, in the order of the readings. A value that is no number meets nothing.
std::vector<Finding> find_alerts(const std::vector<MonitorRule>& rules, const Readings& readings);

}  // namespace tickstock

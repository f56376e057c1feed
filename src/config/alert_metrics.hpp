#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tickstock {

/// A figure that alert rules may look at, one row of docs/monitoring.md. What stands behind
/// `channel` tells whose figure it is; a rule is held against each of them apart.
struct AlertMetric {
    std::string_view name;   ///< "channel_routing.error_rate"
    std::string_view unit;   ///< "%", "ms", "bytes" …; empty = a number
    std::string_view whose;  ///< "channel", "source", "thread", "rule" …; empty = the system's
    std::string_view sentence;
};

/// All of them, by name.
std::span<const AlertMetric> alert_metrics();

/// Null when there is none.
const AlertMetric* find_alert_metric(std::string_view name);

/// The names that resemble `name` most, best first: "channel.queue_size, channel.queue_percent".
std::string nearest_alert_metrics(std::string_view name);

}  // namespace tickstock

#include "config/alert_metrics.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "config/nearest_key.hpp"

namespace tickstock {
namespace {

/// "Recent" is the setting monitoring.window_seconds.
constexpr std::array table{
    AlertMetric{"channel.confidence", "", "channel", "Recent mean confidence of fair values"},
    AlertMetric{"channel.degradation", "", "channel",
                "Recent p99 over its median of an hour; none under 1 ms"},
    AlertMetric{"channel.errors", "", "channel", "Records that failed or timed out recently"},
    AlertMetric{"channel.failed", "", "channel", "1 in error or given up, else 0"},
    AlertMetric{"channel.latency_p50_ms", "ms", "channel",
                "Recent median time of a record, without its wait"},
    AlertMetric{"channel.latency_p95_ms", "ms", "channel", "The same, 95th percentile"},
    AlertMetric{"channel.latency_p99_ms", "ms", "channel", "The same, 99th percentile"},
    AlertMetric{"channel.queue_percent", "%", "channel", "Records that wait, of the queue's limit"},
    AlertMetric{"channel.queue_size", "", "channel", "Records that wait"},
    AlertMetric{"channel.records_per_second", "", "channel", "Records of the last second"},
    AlertMetric{"channel.success_rate", "%", "channel", "Recent records without error"},
    AlertMetric{"channel.unhealthy", "", "channel", "1 while the channel is unhealthy, else 0"},
    AlertMetric{"channel_routing.avg_routing_time_ms", "ms", "", "Recent mean time of a route"},
    AlertMetric{"channel_routing.circuit_open", "", "",
                "1 while the router's circuit is not closed, else 0"},
    AlertMetric{"channel_routing.error_rate", "%", "", "Recent records without a route"},
    AlertMetric{"channel_routing.failures", "", "",
                "Recent records that no channel or no healthy shard took"},
    AlertMetric{"channel_routing.success_rate", "%", "", "100 less error_rate"},
    AlertMetric{"fallback.active", "", "",
                "1 while an incident holds: the linear path is in charge of all symbols"},
    AlertMetric{"intake.unknown_conditions", "", "condition",
                "Recent trades with a sale condition that no table knows"},
    AlertMetric{"journal.stopped", "", "", "1 while the journal does not write, else 0"},
    AlertMetric{"journal.unwritten_bytes", "bytes", "", "Taken in and not with the system yet"},
    AlertMetric{"process.cpu_percent", "%", "", "Recent processor time; 100 is a core"},
    AlertMetric{"process.memory_bytes", "bytes", "", "Resident memory"},
    AlertMetric{"process.open_files", "", "", "Open file descriptors"},
    AlertMetric{"rollout.differences", "", "",
                "Recent events that one path alone found, in parallel mode"},
    AlertMetric{"rollout.fallbacks", "", "", "Recent records on which the path in charge failed"},
    AlertMetric{"rollout.fallen_symbols", "", "",
                "Symbols that fell back to the linear path and stay there"},
    AlertMetric{"rollout.lost_events", "", "",
                "Recent events of the linear path that the channels did not find in time"},
    AlertMetric{"rules.disabled_symbols", "", "rule",
                "Symbols for which a rule of a person is switched off by its failures"},
    AlertMetric{"shedding.level", "", "", "0 to 4: how much is left out because of load"},
    AlertMetric{"snapshot.age_seconds", "s", "", "Since the last snapshot; none before one"},
    AlertMetric{"snapshot.failing", "", "", "1 when the last snapshot failed, else 0"},
    AlertMetric{"source.gaps", "", "source", "Recent gaps that were not filled"},
    AlertMetric{"source.idle_seconds", "s", "source",
                "Since the last record of a required source, in the regular session"},
    AlertMetric{"source.lag_seconds", "s", "source",
                "From the newest record's time to its receipt, of live feeds"},
    AlertMetric{"source.rejected", "", "source", "Recent rows that were rejected"},
    AlertMetric{"storage.behind", "", "", "Events published and not in the history yet"},
    AlertMetric{"system.events_per_second", "", "", "Events of the last second"},
    AlertMetric{"system.health", "", "part", "0 good, 1 degraded, 2 not working"},
    AlertMetric{"system.latency_p50_ms", "ms", "",
                "Recent median from a source's hand-over to the stream"},
    AlertMetric{"system.latency_p99_ms", "ms", "", "The same, 99th percentile"},
    AlertMetric{"system.records_per_second", "", "", "Records of the last second"},
    AlertMetric{"system.symbols", "", "", "Symbols seen"},
    AlertMetric{"system.uptime_percent", "%", "", "Share of the time since the start being ready"},
    AlertMetric{"thread.stalls", "", "thread",
                "Recent times that a thread came to no end of a step for over 2 s"},
};

static_assert(std::ranges::is_sorted(table, {}, &AlertMetric::name));

std::string_view behind_dot(std::string_view name) {
    const auto dot = name.find('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

}  // namespace

std::span<const AlertMetric> alert_metrics() {
    return table;
}

const AlertMetric* find_alert_metric(std::string_view name) {
    const auto* const found = std::ranges::find(table, name, &AlertMetric::name);
    return found == table.end() ? nullptr : found;
}

std::string nearest_alert_metrics(std::string_view name) {
    constexpr std::size_t shown = 3;
    constexpr std::size_t longest = 80;  // of what people mean by a name
    name = name.substr(0, longest);
    std::vector<std::pair<std::size_t, std::string_view>> near;
    for (const AlertMetric& metric : table) {
        // Someone who knows the figure may have put it under another heading.
        near.emplace_back(std::min(edit_distance(name, metric.name),
                                   edit_distance(behind_dot(name), behind_dot(metric.name)) + 1),
                          metric.name);
    }
    std::ranges::sort(near);
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
        text += (i == 0 ? "" : ", ") + std::string(near[i].second);
    }
    return text;
}

}  // namespace tickstock

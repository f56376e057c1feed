#include "server/alerts.hpp"

#include <fmt/format.h>

#include "engine/intake_text.hpp"
#include "engine/rule_status.hpp"

namespace tickstock {
namespace {

// SPEC 13, QUEUE_OVERFLOW: percent of the queue's limit.
constexpr std::uint64_t queue_warning = 75;
constexpr std::uint64_t queue_error = 95;

/// One alert. `raised` unset = not known.
void write_alert(JsonWriter& json, std::string_view type, std::string_view severity,
                 std::string_view message, std::uint64_t value, UnixNanos raised = {}) {
    json.begin_object().key("type").string(type).key("severity").string(severity);
    json.key("message").string(message).key("value").number(value).key("raised");
    to_ns(raised) == 0 ? json.null() : json.number(to_ns(raised));
    json.end_object();
}

void write_channel_alerts(JsonWriter& json, const ChannelSummary& channel) {
    if (channel.failed) {
        write_alert(json, "channel_failure", "critical",
                    fmt::format("channel {} has failed: {} returns within the hour did not help; "
                                "resume it when the cause is gone",
                                channel.label(), channel.returns_last_hour),
                    channel.returns_last_hour);
    } else if (!channel.healthy) {
        write_alert(json, "channel_unhealthy", "error",
                    fmt::format("channel {}: {}", channel.label(),
                                channel.why_unhealthy.empty() ? "unhealthy"
                                                              : channel.why_unhealthy.front()),
                    channel.errors);
    }
    if (channel.queue_limit > 0 && channel.queue_size * 100 > channel.queue_limit * queue_warning) {
        const std::uint64_t percent = channel.queue_size * 100 / channel.queue_limit;
        write_alert(json, "queue_overflow", percent > queue_error ? "error" : "warning",
                    fmt::format("the queue of channel {} holds {} of {} records", channel.label(),
                                channel.queue_size, channel.queue_limit),
                    percent);
    }
}

void write_control_alerts(JsonWriter& json, const ControlStatus& control) {
    if (!control.journal.writable()) {
        write_alert(json, "journal", "critical",
                    fmt::format("the journal does not write ({}): {}", control.journal.state,
                                control.journal.reason.empty() ? "nothing is admitted"
                                                               : control.journal.reason),
                    control.journal.unwritten_bytes, control.journal.since);
    }
    if (control.router.circuit != CircuitState::Closed) {
        write_alert(json, "routing_errors", "error",
                    fmt::format("the router's circuit is {}", to_string(control.router.circuit)),
                    control.router.routing_errors);
    }
    if (control.shed.level > 0) {
        write_alert(json, "shedding", "warning",
                    fmt::format("events are shed at level {} of 4: {} of {} wait",
                                control.shed.level, control.shed.pending, control.shed.capacity),
                    control.shed.level);
    }
    if (control.snapshot.failures > 0 && !control.snapshot.last_error.empty()) {
        write_alert(json, "snapshot", "error",
                    fmt::format("the last snapshot failed: {}", control.snapshot.last_error),
                    control.snapshot.failures);
    }
}

}  // namespace

void write_alerts(JsonWriter& json, const EngineStatus& status) {
    json.key("alerts").begin_array();
    for (const ChannelSummary& channel : status.channels) {
        write_channel_alerts(json, channel);
    }
    write_control_alerts(json, status.control);
    for (const UnknownConditionEntry& entry : status.unknown_by_code) {
        write_alert(json, "unknown_condition", "warning", describe(entry), entry.count,
                    entry.first_ts);
    }
    for (const RuleSummary& rule : status.rules) {
        if (rule.activity.disabled_symbols > 0) {
            write_alert(json, "rule_disabled", "error", describe_disabled(rule),
                        rule.activity.disabled_symbols);
        }
    }
    json.end_array();
}

}  // namespace tickstock

#include "cli/history_operations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <string>

#include "base/json_writer.hpp"
#include "config/alert_files.hpp"
#include "inspection/trace_text.hpp"
#include "publishing/encode.hpp"
#include "server/rollout_json.hpp"

namespace tickstock {
namespace {

std::int64_t number_of(Sequence sequence) {
    return static_cast<std::int64_t>(sequence.value());
}

/// The event as it would be published, but for id and priority, which come later.
std::string body_of(const std::optional<Detection>& detection, const SymbolText& symbol) {
    std::string body;
    if (detection) {
        Event event;
        event.detection = *detection;
        encode_body(event, symbol.view(), body);
    }
    return body;
}

DifferenceRow row_of(const PathDifference& difference) {
    // A difference has one of them at least.
    const Detection& found = difference.linear ? *difference.linear : *difference.multi_channel;
    DifferenceRow row;
    row.number = difference.number;
    row.at = to_ns(found.key.fire);
    row.kind = to_string(difference.kind);
    row.symbol = difference.symbol.view();
    row.row_key = fmt::format("{}/{}/{}/{}/{}/{}", row.symbol, row.kind, found.key.sequence.value(),
                              found.key.phase, static_cast<unsigned>(found.key.rank), found.key.k);
    row.type = to_string(found.type);
    row.direction = found.direction == Direction::None ? "" : to_string(found.direction);
    row.sequence = number_of(found.key.sequence);
    row.clock = to_ns(difference.clock);
    row.in_charge = difference.in_charge;
    row.late = difference.late;
    row.linear = body_of(difference.linear, difference.symbol);
    row.multi_channel = body_of(difference.multi_channel, difference.symbol);
    if (difference.record) {
        row.record =
            fmt::format("{} {} of entry {}", to_string(difference.record->kind()),
                        describe(*difference.record), difference.record->header().sequence.value());
    }
    return row;
}

AuditRow row_of(const RolloutAudit& audit) {
    return {to_ns(audit.wall), number_of(audit.sequence),
            audit.kind,        to_ns(audit.clock),
            audit.by,          audit.text,
            audit.reason,      audit.phase,
            audit.percentage};
}

IncidentRow row_of(const RolloutIncident& incident) {
    IncidentRow row;
    row.id = incident.id;
    row.wall = to_ns(incident.wall);
    row.clock = to_ns(incident.clock);
    row.sequence = number_of(incident.sequence);
    row.opened_by = incident.by;
    row.cause = incident.cause;
    row.description = incident.text;
    row.phase = incident.phase;
    row.percentage = incident.percentage;
    row.symbols = static_cast<std::int64_t>(incident.symbols);
    JsonWriter paths(row.paths);
    write_path_counts(paths, incident.paths);
    JsonWriter comparison(row.comparison);
    write_comparison(comparison, incident.comparison);
    row.error_rate_percent = incident.error_rate_percent;
    row.mean_ms = incident.mean_ms;
    if (to_ns(incident.resolved) != 0) {
        row.resolved = to_ns(incident.resolved);
        row.resolved_by = incident.resolved_by;
    }
    return row;
}

AlertRow row_of(const Alert& alert, UnixNanos now) {
    AlertRow row;
    row.raised = to_ns(alert.raised);
    row.type = alert.type;
    row.channel = alert.channel;
    row.severity = to_string(alert.severity);
    row.message = alert.message;
    row.value = alert.value;
    row.threshold = alert.threshold;
    if (alert.resolved) {
        row.resolved = to_ns(*alert.resolved);
    }
    row.seen = to_ns(alert.resolved.value_or(now));
    row.runbook = alert.runbook;
    return row;
}

}  // namespace

OperationsRows operations_of(const RolloutStatus* rollout, const AlertReport* alerts,
                             std::uint64_t after) {
    OperationsRows rows;
    if (rollout != nullptr) {
        if (rollout->differences) {
            for (const PathDifference& difference : *rollout->differences) {
                if (difference.number > after) {
                    rows.differences.push_back(row_of(difference));
                }
            }
        }
        for (const RolloutAudit& audit : rollout->audit) {
            rows.audit.push_back(row_of(audit));
        }
        for (const RolloutIncident& incident : rollout->incidents) {
            rows.incidents.push_back(row_of(incident));
        }
    }
    if (alerts != nullptr) {
        for (const Alert& alert : *alerts->recent | std::views::reverse) {
            rows.alerts.push_back(row_of(alert, alerts->looked));
        }
        for (const Alert& alert : alerts->active) {
            rows.alerts.push_back(row_of(alert, alerts->looked));
        }
    }
    return rows;
}

Alert resolved_alert(const AlertRow& row) {
    Alert alert;
    alert.type = row.type;
    for (const AlertSeverity severity : {AlertSeverity::Info, AlertSeverity::Warning,
                                         AlertSeverity::Error, AlertSeverity::Critical}) {
        if (to_string(severity) == row.severity) {
            alert.severity = severity;
        }
    }
    alert.channel = row.channel;
    alert.message = row.message;
    alert.value = row.value;
    alert.threshold = row.threshold;
    alert.raised = unix_nanos(row.raised);
    alert.resolved = unix_nanos(row.resolved.value_or(row.seen));
    alert.runbook = row.runbook;
    return alert;
}

}  // namespace tickstock

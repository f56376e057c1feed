// Rows of what is stored of the rollout and of alerts, as the pages have them.
#include <algorithm>
#include <optional>
#include <string_view>

#include "base/json_writer.hpp"
#include "history/history_json.hpp"

namespace tickstock {
namespace {

void text_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
    json.key(name);
    text.empty() ? json.null() : json.string(text);
}

/// JSON that was stored as a text.
void raw_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
    json.key(name);
    text.empty() ? json.null() : json.raw(text);
}

void time_or_null(JsonWriter& json, std::string_view name, std::optional<std::int64_t> time) {
    json.key(name);
    time ? json.number(*time) : json.null();
}

}  // namespace

void append_json(std::string& out, const DifferenceRow& difference) {
    JsonWriter json(out);
    json.begin_object().key("at").number(difference.at);
    json.key("symbol").string(difference.symbol).key("kind").string(difference.kind);
    json.key("type").string(difference.type);
    text_or_null(json, "direction", difference.direction);
    json.key("sequence").number(difference.sequence).key("clock").number(difference.clock);
    json.key("in_charge").boolean(difference.in_charge).key("late").boolean(difference.late);
    raw_or_null(json, "linear", difference.linear);
    raw_or_null(json, "multi_channel", difference.multi_channel);
    text_or_null(json, "record", difference.record);
    json.end_object();
}

void append_json(std::string& out, const AuditRow& audit) {
    JsonWriter json(out);
    json.begin_object().key("sequence").number(audit.sequence);
    json.key("wall").number(audit.wall).key("clock").number(audit.clock);
    json.key("by").string(audit.changed_by).key("kind").string(audit.kind);
    json.key("text").string(audit.change).key("reason").string(audit.reason);
    json.key("phase").number(audit.phase).key("percentage").number(audit.percentage);
    json.end_object();
}

void append_json(std::string& out, const IncidentRow& incident) {
    JsonWriter json(out);
    json.begin_object().key("id").string(incident.id);
    json.key("wall").number(incident.wall).key("clock").number(incident.clock);
    json.key("sequence");
    incident.sequence == 0 ? json.null() : json.number(incident.sequence);
    json.key("by").string(incident.opened_by).key("cause").string(incident.cause);
    json.key("text").string(incident.description).key("phase").number(incident.phase);
    json.key("percentage").number(incident.percentage);
    json.key("symbols").number(incident.symbols);
    raw_or_null(json, "paths", incident.paths);
    raw_or_null(json, "comparison", incident.comparison);
    json.key("error_rate_percent").number(incident.error_rate_percent);
    json.key("mean_ms").number(incident.mean_ms);
    time_or_null(json, "resolved", incident.resolved);
    text_or_null(json, "resolved_by", incident.resolved_by);
    json.end_object();
}

void append_json(std::string& out, const StoredAlert& stored) {
    const AlertRow& alert = stored.alert;
    JsonWriter json(out);
    json.begin_object().key("type").string(alert.type);
    json.key("severity").string(alert.severity);
    text_or_null(json, "channel", alert.channel);
    json.key("message").string(alert.message).key("value").number(alert.value);
    json.key("threshold").number(alert.threshold).key("raised").number(alert.raised);
    time_or_null(json, "resolved", alert.resolved);
    json.key("seen").number(alert.seen).key("cut_off").boolean(stored.cut_off);
    const std::int64_t end = std::max(alert.resolved.value_or(alert.seen), alert.raised);
    json.key("duration_seconds").number(static_cast<double>(end - alert.raised) / 1e9);
    text_or_null(json, "runbook", alert.runbook);
    json.end_object();
}

}  // namespace tickstock

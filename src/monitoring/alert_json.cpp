#include "monitoring/alert_json.hpp"

#include <algorithm>
#include <chrono>

#include "config/alert_files.hpp"

namespace tickstock {
namespace {

void text_or_null(JsonWriter& json, std::string_view key, std::string_view text) {
    json.key(key);
    text.empty() ? json.null() : json.string(text);
}

}  // namespace

void write_alert(JsonWriter& json, const Alert& alert, UnixNanos now) {
    const Nanos duration = std::max(alert.resolved.value_or(now) - alert.raised, Nanos{0});
    json.begin_object().key("id").number(alert.id).key("type").string(alert.type);
    json.key("severity").string(to_string(alert.severity));
    text_or_null(json, "channel", alert.channel);
    json.key("message").string(alert.message).key("value").number(alert.value);
    json.key("threshold").number(alert.threshold).key("raised").number(to_ns(alert.raised));
    json.key("resolved");
    alert.resolved ? json.number(to_ns(*alert.resolved)) : json.null();
    json.key("duration_seconds").number(std::chrono::duration<double>(duration).count());
    text_or_null(json, "runbook", alert.runbook);
    json.end_object();
}

void write_rule(JsonWriter& json, const MonitorRule& rule) {
    for (const MonitorRule::Level& level : rule.levels) {
        json.begin_object().key("name").string(rule.type).key("metric").string(rule.metric);
        json.key("op").string(to_string(rule.comparison)).key("threshold").number(level.threshold);
        json.key("severity").string(to_string(level.severity));
        json.key("description").string(rule.description).key("for_seconds");
        json.number(std::chrono::duration<double>(rule.hold).count());
        json.key("built_in").boolean(rule.built_in).end_object();
    }
}

std::string notice_json(const AlertNotice& notice, UnixNanos now) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("change").string(to_string(notice.change));
    json.key("sent").number(to_ns(now)).key("alert");
    write_alert(json, notice.alert, now);
    json.end_object();
    return text;
}

std::string_view to_string(AlertChange change) {
    switch (change) {
        case AlertChange::Raised: return "raised";
        case AlertChange::Worsened: return "worsened";
        case AlertChange::Resolved: break;
    }
    return "resolved";
}

}  // namespace tickstock

// The parts of rollout_json.hpp that write one entry of a list.

#include <fmt/format.h>

#include <string>

#include "inspection/trace_text.hpp"
#include "publishing/encode.hpp"
#include "server/rollout_json.hpp"

namespace tickstock {
namespace {

void write_event(JsonWriter& json, const std::optional<Detection>& detection,
                 const SymbolText& symbol) {
    if (!detection) {
        json.null();
        return;
    }
    Event event;
    event.detection = *detection;
    std::string body;
    encode_body(event, symbol.view(), body);
    json.raw(body);
}

/// "trade 123.45 × 100 of entry 812".
std::string text_of(const Record& record) {
    return fmt::format("{} {} of entry {}", to_string(record.kind()), describe(record),
                       record.header().sequence.value());
}

}  // namespace

void write_difference(JsonWriter& json, const PathDifference& difference) {
    json.begin_object().key("number").number(difference.number);
    json.key("kind").string(to_string(difference.kind));
    json.key("symbol").string(difference.symbol.view());
    json.key("clock").number(to_ns(difference.clock));
    json.key("in_charge").boolean(difference.in_charge).key("late").boolean(difference.late);
    json.key("linear");
    write_event(json, difference.linear, difference.symbol);
    json.key("multi_channel");
    write_event(json, difference.multi_channel, difference.symbol);
    json.key("record");
    difference.record ? json.string(text_of(*difference.record)) : json.null();
    json.end_object();
}

void write_incident(JsonWriter& json, const RolloutIncident& incident) {
    json.begin_object().key("id").string(incident.id);
    json.key("wall").number(to_ns(incident.wall)).key("clock").number(to_ns(incident.clock));
    json.key("sequence");
    incident.sequence.value() == 0 ? json.null() : json.number(incident.sequence.value());
    json.key("by").string(incident.by).key("cause").string(incident.cause);
    json.key("text").string(incident.text).key("phase").number(unsigned{incident.phase});
    json.key("percentage").number(incident.percentage).key("symbols").number(incident.symbols);
    json.key("paths");
    write_path_counts(json, incident.paths);
    json.key("comparison");
    write_comparison(json, incident.comparison);
    json.key("error_rate_percent").number(incident.error_rate_percent);
    json.key("mean_ms").number(incident.mean_ms).key("resolved");
    const bool holds = to_ns(incident.resolved) == 0;
    holds ? json.null() : json.number(to_ns(incident.resolved));
    json.key("resolved_by");
    holds ? json.null() : json.string(incident.resolved_by);
    json.end_object();
}

void write_audit(JsonWriter& json, const RolloutAudit& audit) {
    json.begin_object().key("sequence").number(audit.sequence.value());
    json.key("wall").number(to_ns(audit.wall)).key("clock").number(to_ns(audit.clock));
    json.key("by").string(audit.by).key("kind").string(audit.kind);
    json.key("text").string(audit.text).key("reason").string(audit.reason);
    json.key("phase").number(unsigned{audit.phase});
    json.key("percentage").number(audit.percentage).end_object();
}

}  // namespace tickstock

#include "publishing/encode.hpp"

#include <cstring>

#include "base/decimal.hpp"
#include "base/hash.hpp"
#include "base/json_writer.hpp"

namespace tickstock {
namespace {

void decimal_e12(JsonWriter& json, std::int64_t value) {
    std::string text;
    append_decimal(text, value, 12);
    json.raw(text);
}

void string_or_null(JsonWriter& json, std::string_view text) {
    text.empty() ? json.null() : json.string(text);
}

void data_members(JsonWriter& json, const HighLowData& data) {
    json.key("session_high").price(data.session_high);
    json.key("session_low").price(data.session_low);
    json.key("vwap");
    data.has_vwap ? json.number(data.vwap) : json.null();
    json.key("previous_high").price(data.previous_high);
    json.key("previous_low").price(data.previous_low);
    json.key("count_up").number(data.count_up);
    json.key("count_down").number(data.count_down);
    json.key("coalesced").number(data.coalesced);
    json.key("percent_change").number(data.percent_change);
    json.key("vwap_divergence");
    data.has_vwap ? json.number(data.vwap_divergence) : json.null();
    json.key("rel_volume").number(data.rel_volume);
    json.key("significance").number(data.significance);
    json.key("reversal");
    data.reversal == Reversal::None ? json.boolean(false) : json.string(to_string(data.reversal));
    json.key("trend_flag").string(to_string(data.trend_flag));
    json.key("surge_flag").string(to_string(data.surge_flag));
    json.key("cancelled").boolean(data.cancelled);
}

void data_members(JsonWriter& json, const ControlData& data) {
    json.key("kind").string(to_string(data.kind));
    json.key("reason");
    string_or_null(json, {data.reason.data(), strnlen(data.reason.data(), data.reason.size())});
}

void evidence_members(JsonWriter& json, const Event& event) {
    const Evidence& evidence = event.detection.evidence;
    json.key("trade_id");
    string_or_null(json, evidence.trade_id.view());
    json.key("source_sequence");
    evidence.source_sequence == 0 ? json.null() : json.number(evidence.source_sequence);
    json.key("exchange").number(unsigned{evidence.exchange});
    json.key("conditions").begin_array();
    for (const unsigned code : evidence.conditions.codes()) {
        json.number(code);
    }
    json.end_array();
    json.key("prior_extreme").price(evidence.prior_extreme);
    json.key("prior_extreme_ts").number(to_ns(evidence.prior_extreme_ts));
    json.key("thresholds").begin_object();
    json.key("min_price_change");
    decimal_e12(json, evidence.min_price_change_e12);
    json.key("min_percent_change");
    decimal_e12(json, evidence.min_percent_change_e12);
    json.key("period").string(to_string(evidence.period));
    json.key("origin").string(evidence.configured ? "configured" : "default");
    json.end_object();
    json.key("rule_version").string("high_low/1");
    json.key("corroborated_by").begin_array();
    for (int kind = 0; kind < 5; ++kind) {
        if ((event.corroborated_by >> kind & 1) != 0) {
            json.string(to_string(static_cast<SourceKind>(kind)));
        }
    }
    json.end_array();
}

}  // namespace

void encode_body(const Event& event, std::string_view symbol, std::string& out) {
    const Detection& detection = event.detection;
    const bool control = detection.type == EventType::Control;
    std::string id;
    append_hex16(id, event.id);

    JsonWriter json(out);
    json.begin_object();
    json.key("id").string(id);
    json.key("rev").number(event.revision);
    json.key("type").string(to_string(detection.type));
    json.key("symbol").string(symbol);
    json.key("direction");
    string_or_null(json, to_string(detection.direction));
    json.key("price");
    control ? json.null() : json.price(detection.price);
    json.key("ts").number(to_ns(detection.ts));
    json.key("session").string(to_string(detection.session));
    json.key("source").string(to_string(detection.source));
    json.key("confidence").number(detection.confidence);
    json.key("priority").number(unsigned{event.priority});
    json.key("volume");
    control ? json.null() : json.size(detection.volume);
    json.key("data").begin_object();
    std::visit([&](const auto& data) { data_members(json, data); }, detection.data);
    json.end_object();
    json.key("evidence");
    if (control) {
        json.null();
    } else {
        json.begin_object();
        evidence_members(json, event);
        json.end_object();
    }
    json.end_object();
}

}  // namespace tickstock

#include "publishing/encode.hpp"

#include <cmath>
#include <cstdlib>
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
    for (const auto& [key, time] : {std::pair("from", data.from), std::pair("to", data.to)}) {
        json.key(key);
        time == time_unknown ? void(json.null()) : void(json.number(to_ns(time)));
    }
}

void data_members(JsonWriter& json, const TrendData& data) {
    json.key("trend_strength").string(to_string(data.strength));
    json.key("trend_score").number(data.score);
    json.key("trend_short_score").number(data.score_short);
    json.key("trend_medium_score").number(data.score_medium);
    json.key("trend_long_score").number(data.score_long);
    json.key("trend_vwap_position").string(to_string(data.vwap_position));
    json.key("trend_age").number(data.age_seconds);
    json.key("reversal");
    data.turn == TrendData::Turn::None ? json.boolean(false) : json.string(to_string(data.turn));
    json.key("count_up").number(data.count_up);
    json.key("count_down").number(data.count_down);
}

/// "up 1.52 % in 20 s on 4.1 times the volume".
std::string description_of(const SurgeData& data) {
    constexpr double limit = 1e15;  // absurd sizes make absurd multiples, and these are integers
    const std::int64_t tenths = std::llround(std::min(data.volume_multiplier * 10, limit));
    const std::int64_t hundredths = std::llround(std::min(std::abs(data.magnitude) * 100, limit));
    std::string text = data.magnitude < 0 ? "down " : "up ";
    append_decimal(text, hundredths, 2);
    text += " % in 20 s on ";
    append_decimal(text, tenths, 1);
    text += " times the usual volume";
    return text;
}

void data_members(JsonWriter& json, const SurgeData& data) {
    json.key("magnitude").number(data.magnitude);
    json.key("score").number(data.score);
    json.key("surge_strength").string(to_string(data.strength));
    json.key("trigger_type").string(to_string(data.trigger));
    json.key("volume_multiplier").number(data.volume_multiplier);
    json.key("expiration").number(to_ns(data.expiration));
    json.key("daily_surge_count").number(data.daily_count);
    json.key("baseline").price(data.baseline);
    json.key("description").string(description_of(data));
}

void data_members(JsonWriter& json, const BarData& data) {
    json.key("percent_change").number(data.percent_change);
    json.key("volume_multiplier").number(data.volume_multiplier);
}

void data_members(JsonWriter& json, const ValuationData& data) {
    json.key("signal").string(data.deviation > 0 ? "undervalued" : "overvalued");
    json.key("fair_value").price(data.fair_value);
    json.key("reference").price(data.reference);
    json.key("deviation").number(data.deviation);
    json.key("strength").number(data.strength);
}

void data_members(JsonWriter& json, const RuleData& data) {
    json.key("rule").string(data.rule.view());
    json.key("count").number(data.count);
}

void source_list(JsonWriter& json, std::string_view key, std::uint8_t bits) {
    json.key(key).begin_array();
    for (int kind = 0; kind < 5; ++kind) {
        if ((bits >> kind & 1) != 0) {
            json.string(to_string(static_cast<SourceKind>(kind)));
        }
    }
    json.end_array();
}

void rule_marks(JsonWriter& json, const std::vector<RuleMark>& rules) {
    json.key("rules").begin_array();
    for (const RuleMark& mark : rules) {
        json.begin_object().key("rule").string(mark.rule.view());
        json.key("action").string(to_string(mark.action));
        if (!mark.field.empty()) {
            json.key("field").string(mark.field.view());
            json.key("value").number(mark.value);
        }
        json.end_object();
    }
    json.end_array();
}

void evidence_members(JsonWriter& json, const Event& event) {
    const Evidence& evidence = event.detection.evidence;
    json.key("trade_id");
    string_or_null(json, evidence.trade_id.view());
    json.key("source_sequence");
    evidence.source_sequence == 0 ? json.null() : json.number(evidence.source_sequence);
    json.key("exchange");
    evidence.exchange == 0 ? json.null() : json.number(unsigned{evidence.exchange});
    json.key("conditions").begin_array();
    for (const unsigned code : evidence.conditions.codes()) {
        json.number(code);
    }
    json.end_array();
    json.key("luld_band");
    string_or_null(json, to_string(evidence.luld_band));
    const bool passed_one = evidence.prior_extreme.raw() != 0;
    json.key("prior_extreme");
    passed_one ? json.price(evidence.prior_extreme) : json.null();
    json.key("prior_extreme_ts");
    passed_one ? json.number(to_ns(evidence.prior_extreme_ts)) : json.null();
    json.key("thresholds").begin_object();
    for (const ThresholdList::Threshold& threshold : evidence.thresholds.items()) {
        json.key(threshold.name);
        decimal_e12(json, threshold.value_e12);
    }
    json.key("period").string(to_string(evidence.period));
    json.key("origin").string(evidence.configured ? "configured" : "default");
    json.end_object();
    json.key("rule_version").string(evidence.rule_version);
    source_list(json, "corroborated_by", event.corroborated_by);
    source_list(json, "suppressed", event.suppressed);
    rule_marks(json, evidence.rules);
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
    control || detection.type == EventType::Valuation ? json.null() : json.size(detection.volume);
    json.key("data").begin_object();
    if (detection.timeframe != Timeframe::None) {
        json.key("timeframe").string(to_string(detection.timeframe));
    }
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

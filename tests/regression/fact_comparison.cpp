#include "regression/fact_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>
#include <variant>

#include "base/decimal.hpp"

namespace tickstock::naive {
namespace {

std::string codes_text(const ConditionList& conditions) {
    std::string text;
    for (const unsigned code : conditions.codes()) {
        text += std::to_string(code) + " ";
    }
    return text;
}

void compare_high_low(Comparison& comparison, const HighLowData& a, const HighLowData& b) {
    comparison.field("session_high", a.session_high.raw(), b.session_high.raw());
    comparison.field("session_low", a.session_low.raw(), b.session_low.raw());
    comparison.field("has_vwap", a.has_vwap, b.has_vwap);
    comparison.field("previous_high", a.previous_high.raw(), b.previous_high.raw());
    comparison.field("previous_low", a.previous_low.raw(), b.previous_low.raw());
    comparison.field("count_up", a.count_up, b.count_up);
    comparison.field("count_down", a.count_down, b.count_down);
    comparison.field("coalesced", a.coalesced, b.coalesced);
    comparison.field("reversal", to_string(a.reversal), to_string(b.reversal));
    comparison.field("trend_flag", to_string(a.trend_flag), to_string(b.trend_flag));
    comparison.field("surge_flag", to_string(a.surge_flag), to_string(b.surge_flag));
    comparison.field("cancelled", a.cancelled, b.cancelled);
    comparison.number("percent_change", a.percent_change, b.percent_change);
    comparison.number("rel_volume", a.rel_volume, b.rel_volume);
    comparison.number("significance", a.significance, b.significance);
    if (a.has_vwap && b.has_vwap) {
        comparison.number("vwap", a.vwap, b.vwap);
        comparison.number("vwap_divergence", a.vwap_divergence, b.vwap_divergence);
    }
}

std::string thresholds_text(const ThresholdList& thresholds) {
    std::string text;
    for (const auto& [name, value] : thresholds.items()) {
        text += fmt::format("{} {} ", name, value);
    }
    return text;
}

void compare_evidence(Comparison& comparison, const Evidence& a, const Evidence& b) {
    comparison.field("trade_id", a.trade_id.view(), b.trade_id.view());
    comparison.field("source_sequence", a.source_sequence, b.source_sequence);
    comparison.field("conditions", codes_text(a.conditions), codes_text(b.conditions));
    comparison.field("exchange", int{a.exchange}, int{b.exchange});
    comparison.field("prior_extreme", a.prior_extreme.raw(), b.prior_extreme.raw());
    comparison.field("prior_extreme_ts", to_ns(a.prior_extreme_ts), to_ns(b.prior_extreme_ts));
    comparison.field("period", to_string(a.period), to_string(b.period));
    comparison.field("thresholds", thresholds_text(a.thresholds), thresholds_text(b.thresholds));
    comparison.field("rule_version", std::string_view(a.rule_version),
                     std::string_view(b.rule_version));
    comparison.field("configured", a.configured, b.configured);
}

/// Thresholds of the second-bar detectors: every one that the oracle knows must stand in the event.
void compare_thresholds(Comparison& comparison, const Evidence& a, const Evidence& b) {
    std::map<std::string, std::int64_t> engine;
    for (const auto& [name, value] : b.thresholds.items()) {
        engine[name] = value;
    }
    for (const auto& [name, value] : a.thresholds.items()) {
        comparison.field(name, std::to_string(value),
                         engine.contains(name) ? std::to_string(engine[name]) : "none");
    }
    comparison.field("period", to_string(a.period), to_string(b.period));
    comparison.field("configured", a.configured, b.configured);
    comparison.field("rule_version", std::string_view(a.rule_version),
                     std::string_view(b.rule_version));
    comparison.field("trade_id", a.trade_id.view(), b.trade_id.view());
}

/// Every bit: both sides follow SPEC's order of evaluation.
void same_bits(Comparison& comparison, const char* name, double oracle, double engine) {
    comparison.field(name, fmt::format("{:.17g}", oracle), fmt::format("{:.17g}", engine));
}

void compare_trend(Comparison& comparison, const TrendData& a, const TrendData& b) {
    comparison.field("strength", to_string(a.strength), to_string(b.strength));
    same_bits(comparison, "score", a.score, b.score);
    same_bits(comparison, "score_short", a.score_short, b.score_short);
    same_bits(comparison, "score_medium", a.score_medium, b.score_medium);
    same_bits(comparison, "score_long", a.score_long, b.score_long);
    comparison.field("vwap_position", to_string(a.vwap_position), to_string(b.vwap_position));
    comparison.field("age", a.age_seconds, b.age_seconds);
    comparison.field("turn", to_string(a.turn), to_string(b.turn));
    comparison.field("count_up", a.count_up, b.count_up);
    comparison.field("count_down", a.count_down, b.count_down);
}

void compare_surge(Comparison& comparison, const SurgeData& a, const SurgeData& b) {
    same_bits(comparison, "magnitude", a.magnitude, b.magnitude);
    same_bits(comparison, "score", a.score, b.score);
    comparison.field("strength", to_string(a.strength), to_string(b.strength));
    comparison.field("trigger", to_string(a.trigger), to_string(b.trigger));
    same_bits(comparison, "volume_multiplier", a.volume_multiplier, b.volume_multiplier);
    comparison.field("expiration", to_ns(a.expiration), to_ns(b.expiration));
    comparison.field("daily_count", a.daily_count, b.daily_count);
    comparison.field("baseline", a.baseline.raw(), b.baseline.raw());
}

void compare_data(Comparison& comparison, const Fact& fact, const Event& event) {
    const Detection& detection = event.detection;
    const auto priority = [&](int wanted) {
        comparison.field("priority", wanted, int{event.priority});
    };
    if (fact.type == EventType::Control) {
        const auto& control = std::get<ControlData>(detection.data);
        comparison.field("kind", fact.control_kind, std::string(to_string(control.kind)));
        return priority(1);
    }
    comparison.field("price", fact.price, detection.price.raw());
    comparison.field("volume", fact.volume, detection.volume.raw());
    if (fact.type == EventType::Trend) {
        priority(3);
        same_bits(comparison, "event's score", std::fabs(fact.trend.score), detection.score);
        compare_trend(comparison, fact.trend, std::get<TrendData>(detection.data));
        compare_thresholds(comparison, fact.evidence, detection.evidence);
    } else if (fact.type == EventType::Surge) {
        priority(3);
        same_bits(comparison, "event's score", fact.surge.score, detection.score);
        compare_surge(comparison, fact.surge, std::get<SurgeData>(detection.data));
        compare_thresholds(comparison, fact.evidence, detection.evidence);
    } else {
        priority(2);
        comparison.number("event's score", fact.data.significance, detection.score);
        compare_high_low(comparison, fact.data, std::get<HighLowData>(detection.data));
        compare_evidence(comparison, fact.evidence, detection.evidence);
    }
}

/// Index of an event's data in EventData.
std::size_t data_index(EventType type) {
    switch (type) {
        case EventType::Control: return EventData(ControlData{}).index();
        case EventType::Trend: return EventData(TrendData{}).index();
        case EventType::Surge: return EventData(SurgeData{}).index();
        default: return EventData(HighLowData{}).index();
    }
}

std::string compare(const Fact& fact, const Event& event, const std::string& symbol) {
    const Detection& detection = event.detection;
    Comparison comparison;
    comparison.field("symbol", fact.symbol, symbol);
    comparison.field("type", to_string(fact.type), to_string(detection.type));
    comparison.field("direction", to_string(fact.direction), to_string(detection.direction));
    comparison.field("fire", fact.fire, to_ns(detection.key.fire));
    comparison.field("sequence", fact.sequence, detection.key.sequence.value());
    comparison.field("phase", fact.phase, int{detection.key.phase});
    comparison.field("ts", fact.ts, to_ns(detection.ts));
    comparison.field("session", to_string(fact.session), to_string(detection.session));
    comparison.field("source", to_string(fact.source), to_string(detection.source));
    comparison.field("id", fact.id, event.id);
    comparison.field("rev", fact.revision, event.revision);
    comparison.number("confidence", 1, detection.confidence);
    comparison.field("data", data_index(fact.type), detection.data.index());
    if (data_index(fact.type) == detection.data.index()) {
        compare_data(comparison, fact, event);
    }
    return comparison.text();
}

std::string name_of(EventType type, std::int64_t ts, const std::string& symbol) {
    return std::string(to_string(type)) + " of " + symbol + " at " + std::to_string(ts);
}

}  // namespace

std::string first_difference(const std::vector<Fact>& facts, const EngineRun& run) {
    const std::size_t common = std::min(facts.size(), run.events.size());
    for (std::size_t i = 0; i < common; ++i) {
        const std::string text = compare(facts[i], run.events[i], run.symbols[i]);
        if (!text.empty()) {
            const Detection& detection = run.events[i].detection;
            return "event " + std::to_string(i) + ", oracle's " +
                   name_of(facts[i].type, facts[i].ts, facts[i].symbol) + ", engine's " +
                   name_of(detection.type, to_ns(detection.ts), run.symbols[i]) + ":\n" + text;
        }
    }
    if (facts.size() > common) {
        return "only the oracle has event " + std::to_string(common) + ": " +
               name_of(facts[common].type, facts[common].ts, facts[common].symbol);
    }
    if (run.events.size() > common) {
        const Detection& detection = run.events[common].detection;
        return "only the engine has event " + std::to_string(common) + ": " +
               name_of(detection.type, to_ns(detection.ts), run.symbols[common]);
    }
    return "";
}

// ---------------------------------------------------------------- what a failing tape looks like

namespace {

std::string line_of(const Record& record, const Tape& tape) {
    std::ostringstream out;
    const RecordHeader& header = record.header();
    const Session session = session_at(to_ns(header.ts_event));
    out << to_string(record.kind()) << " " << tape.symbols[header.symbol.value()] << " ts "
        << to_ns(header.ts_event) << " recv " << to_ns(header.ts_recv) << " "
        << to_string(session.name) << " " << to_string(session.period);
    if (record.kind() == RecordKind::Trade) {
        const Trade& trade = record.trade();
        std::string price;
        append_decimal(price, trade.price.raw(), Price::decimals);
        out << " p " << price << " size " << trade.size.raw() << " id " << trade.id.view() << " x "
            << int{trade.exchange} << " corr " << int{trade.correction} << " c "
            << codes_text(trade.conditions);
        if (trade.ts_execution != time_unknown) {
            out << " exec " << to_ns(trade.ts_execution - header.ts_event.time_since_epoch());
        }
    } else if (record.kind() == RecordKind::TradingStatus) {
        out << " action " << static_cast<int>(record.status().action);
    }
    return out.str();
}

}  // namespace

std::string text_of(const Tape& tape) {
    std::string text = "delay " + std::to_string(tape.delay.count()) + "\n";
    for (std::size_t i = 0; i < tape.records.size(); ++i) {
        text += std::to_string(i + 1) + ": " + line_of(tape.records[i], tape) + "\n";
    }
    return text;
}

}  // namespace tickstock::naive

#include "server/rollout_json.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "model/rollout.hpp"
#include "rollout/rollout_phase_manager.hpp"
#include "rollout/rollout_report.hpp"

namespace tickstock {
namespace {

double hours(Nanos time) {
    return std::chrono::duration<double, std::ratio<3600>>(time).count();
}

double microseconds(Nanos time) {
    return std::chrono::duration<double, std::micro>(time).count();
}

void write_counts_members(JsonWriter& json, const PathCounts& counts) {
    json.key("records").number(counts.records);
    json.key("channel_requests").number(counts.channel_requests);
    json.key("channel_successes").number(counts.channel_successes);
    json.key("channel_failures").number(counts.channel_failures);
    json.key("legacy_fallbacks").number(counts.legacy_fallbacks);
    json.key("set_aside").number(counts.set_aside);
    json.key("errors").number(counts.errors);
    json.key("not_rolled_out").number(counts.not_rolled_out);
    json.key("failures_by_cause").begin_object();
    for (std::size_t i = 0; i < counts.failures_by_cause.size(); ++i) {
        json.key(to_string(static_cast<FallbackCause>(i))).number(counts.failures_by_cause[i]);
    }
    json.end_object();
}

void write_comparison_members(JsonWriter& json, const ComparisonCounts& counts) {
    json.key("linear").number(counts.linear);
    json.key("multi_channel").number(counts.multi_channel);
    json.key("matched").number(counts.matched).key("near").number(counts.near);
    json.key("missing").number(counts.missing).key("extra").number(counts.extra);
    json.key("late").number(counts.late).key("lost").number(counts.lost);
}

void write_times(JsonWriter& json, const Histogram& times) {
    json.begin_object().key("mean_us").number(microseconds(times.mean()));
    json.key("p50_us").number(microseconds(times.quantile(0.5)));
    json.key("p99_us").number(microseconds(times.quantile(0.99)));
    json.key("count").number(times.count()).end_object();
}

void write_symbols_of(JsonWriter& json, const std::vector<SymbolText>& symbols) {
    json.begin_array();
    for (const SymbolText& symbol : symbols) {
        json.string(symbol.view());
    }
    json.end_array();
}

void write_criteria(JsonWriter& json, const std::vector<RolloutCriterion>& criteria) {
    json.begin_array();
    for (const RolloutCriterion& criterion : criteria) {
        json.begin_object().key("name").string(criterion.name);
        json.key("text").string(criterion.text).key("value").number(criterion.value);
        json.key("limit").number(criterion.limit).key("unit").string(criterion.unit);
        json.key("met").boolean(criterion.met).end_object();
    }
    json.end_array();
}

void write_phase(JsonWriter& json, const RolloutStatus& status, UnixNanos wall) {
    json.begin_object().key("number").number(unsigned{status.phase});
    json.key("name").string(rollout_phase_name(status.phase));
    json.key("description").string(rollout_phase_description(status.phase));
    json.key("since").number(to_ns(status.phase_since)).key("duration_hours");
    status.phase_duration.count() == 0 ? json.null() : json.number(hours(status.phase_duration));
    // The clock of the wall may have been set back.
    const Nanos elapsed = std::max(wall - status.phase_since, Nanos{0});
    json.key("elapsed_hours").number(hours(elapsed)).key("criteria");
    write_criteria(json, status.criteria);
    json.key("can_advance").boolean(status.refusal.empty()).key("refusal");
    status.refusal.empty() ? json.null() : json.string(status.refusal);
    json.end_object();
}

void write_fallen(JsonWriter& json, const std::vector<FallenSymbol>& fallen) {
    json.begin_array();
    for (const FallenSymbol& one : fallen) {
        json.begin_object().key("symbol").string(one.symbol);
        json.key("from").number(one.from.value()).key("decided").number(one.decided.value());
        json.key("cause").string(to_string(one.cause)).key("since");
        to_ns(one.wall) == 0 ? json.null() : json.number(to_ns(one.wall));
        json.end_object();
    }
    json.end_array();
}

void write_symbols(JsonWriter& json, const RolloutStatus& status) {
    json.begin_object().key("multi_channel").number(status.symbols_multi_channel);
    json.key("linear").number(status.symbols_linear).key("tiers").begin_object();
    for (std::size_t i = 0; i < risk_tier_count; ++i) {
        json.key(to_string(static_cast<RiskTier>(i))).begin_object();
        json.key("known").number(status.symbols_by_tier[i]);
        json.key("selected").number(status.selected_by_tier[i]).end_object();
    }
    json.end_object().key("fallen");
    write_fallen(json, status.fallen);
    json.end_object();
}

}  // namespace

void write_feature_flags(JsonWriter& json, const FeatureFlags& flags) {
    json.begin_object();
    json.key("multichannel_system_enabled").boolean(flags.multichannel_system_enabled);
    json.key("tick_channel_enabled").boolean(flags.tick_channel_enabled);
    json.key("router_enabled").boolean(flags.router_enabled);
    json.key("integration_layer_enabled").boolean(flags.integration_layer_enabled);
    json.key("parallel_processing_enabled").boolean(flags.parallel_processing_enabled);
    json.key("performance_comparison_enabled").boolean(flags.performance_comparison_enabled);
    json.key("rollout_percentage").number(flags.rollout_percentage()).key("rollout_tickers");
    write_symbols_of(json, flags.rollout_tickers);
    json.key("excluded_tickers");
    write_symbols_of(json, flags.excluded_tickers);
    json.end_object();
}

void write_path_counts(JsonWriter& json, const PathCounts& counts) {
    json.begin_object();
    write_counts_members(json, counts);
    json.end_object();
}

void write_rollout_metrics_json(JsonWriter& json, const PathEvidence& evidence, bool enabled) {
    const double saved_ms = avg_time_improvement_ms(evidence.times);
    json.begin_object();
    write_counts_members(json, evidence.paths);
    json.key("integration_enabled").boolean(enabled);
    json.key("success_rate_percent").number(success_rate_percent(evidence.paths));
    json.key("fallback_rate_percent").number(fallback_rate_percent(evidence.paths));
    json.key("avg_performance_improvement_ms").number(saved_ms);
    json.key("channel_success_rate").number(channel_success_rate(evidence.comparison));
    json.key("channel_win_rate").number(channel_win_rate(evidence.times));
    json.key("avg_time_improvement_ms").number(saved_ms).end_object();
}

void write_comparison(JsonWriter& json, const ComparisonCounts& counts) {
    json.begin_object();
    write_comparison_members(json, counts);
    json.end_object();
}

void write_path_times(JsonWriter& json, const PathTimes& times) {
    json.begin_object().key("linear");
    write_times(json, times.linear);
    json.key("multi_channel");
    write_times(json, times.multi_channel);
    json.key("added");
    write_times(json, times.added);
    json.key("pairs").number(times.pairs).key("wins").number(times.wins).end_object();
}

void write_rollout(JsonWriter& json, const RolloutStatus& status, UnixNanos wall) {
    json.begin_object().key("installed").boolean(true);
    json.key("fully_enabled").boolean(status.fully_enabled).key("flags");
    write_feature_flags(json, status.flags);
    json.key("phase");
    write_phase(json, status, wall);
    json.key("incident");
    status.incident.empty() ? json.null() : json.string(status.incident);
    json.key("symbols");
    write_symbols(json, status);
    json.key("metrics");
    write_rollout_metrics_json(json, status.total, status.fully_enabled);
    json.key("comparison").begin_object();
    write_comparison_members(json, status.total.comparison);
    json.key("differences_total").number(status.difference_total).end_object();
    json.key("latency");
    write_path_times(json, status.total.times);
    json.key("in_phase").begin_object().key("metrics");
    write_rollout_metrics_json(json, status.in_phase, status.fully_enabled);
    json.key("comparison");
    write_comparison(json, status.in_phase.comparison);
    json.key("latency");
    write_path_times(json, status.in_phase.times);
    json.end_object().key("window").begin_object();
    json.key("full").boolean(status.window_full);
    json.key("error_percent").number(status.window_error_percent);
    json.key("mean_ms").number(status.window_mean_ms).end_object();
    json.key("disk_failure");
    status.disk_failure.empty() ? json.null() : json.string(status.disk_failure);
    json.key("report");
    write_rollout_report(json, status);
    json.end_object();
}

}  // namespace tickstock

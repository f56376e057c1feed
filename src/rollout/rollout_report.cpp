#include "rollout/rollout_report.hpp"

#include <fmt/format.h>

#include "rollout/rollout_phase_manager.hpp"

namespace tickstock {
namespace {

constexpr double ready_percent = 95;
constexpr double stable_percent = 5;

std::string_view yes_no(bool yes) {
    return yes ? "yes" : "no";
}

double us(Nanos duration) {
    return std::chrono::duration<double, std::micro>(duration).count();
}

void add_latency(std::string& text, std::string_view name, const Histogram& times) {
    text += fmt::format("  {:<14} mean {:.3f} us, p50 {:.3f} us, p99 {:.3f} us ({} records)\n",
                        name, us(times.mean()), us(times.quantile(0.5)), us(times.quantile(0.99)),
                        times.count());
}

void add_phase(std::string& text, const RolloutStatus& status) {
    text += fmt::format("Phase {}: {}\n  {}\n", status.phase, rollout_phase_name(status.phase),
                        rollout_phase_description(status.phase));
    for (const RolloutCriterion& criterion : status.criteria) {
        text += fmt::format("  [{}] {}: {}\n", criterion.met ? "met" : "not met", criterion.name,
                            criterion.text);
    }
    if (!status.incident.empty()) {
        text += fmt::format("  incident {} holds\n", status.incident);
    }
}

}  // namespace

RolloutReport RolloutReport::of(const RolloutStatus& status) {
    const PathEvidence& seen = status.in_phase;
    RolloutReport report;
    report.multichannel_enabled = status.flags.is_fully_enabled();
    report.success_rate = success_rate_percent(seen.paths);
    report.fallback_rate = fallback_rate_percent(seen.paths);
    report.performance_improvement = tickstock::avg_time_improvement_ms(seen.times);
    report.comparison = seen.comparison;
    report.pairs = seen.times.pairs;
    report.wins = seen.times.wins;
    report.channel_success_rate = tickstock::channel_success_rate(seen.comparison);
    report.channel_win_rate = tickstock::channel_win_rate(seen.times);
    report.avg_time_improvement_ms = report.performance_improvement;
    report.recommendations = rollout_recommendation(status);
    const bool calm = status.incident.empty();
    // 0 of 0 is no evidence.
    const bool anything_compared = status.in_phase.comparison.linear > 0;
    report.ready_for_next_phase =
        calm && anything_compared && report.channel_success_rate >= ready_percent;
    report.performance_acceptable = report.avg_time_improvement_ms >= 0;
    report.stability_confirmed = calm && report.fallback_rate < stable_percent;
    return report;
}

void write_rollout_report(JsonWriter& json, const RolloutStatus& status) {
    const RolloutReport report = RolloutReport::of(status);
    json.begin_object().key("summary").begin_object();
    json.key("multichannel_enabled").boolean(report.multichannel_enabled);
    json.key("success_rate").number(report.success_rate);
    json.key("fallback_rate").number(report.fallback_rate);
    json.key("performance_improvement").number(report.performance_improvement).end_object();
    const ComparisonCounts& counts = report.comparison;
    json.key("comparison_analysis").begin_object();
    json.key("linear").number(counts.linear).key("multi_channel").number(counts.multi_channel);
    json.key("matched").number(counts.matched).key("near").number(counts.near);
    json.key("missing").number(counts.missing).key("extra").number(counts.extra);
    json.key("late").number(counts.late).key("lost").number(counts.lost);
    json.key("pairs").number(report.pairs).key("wins").number(report.wins);
    json.key("channel_success_rate").number(report.channel_success_rate);
    json.key("channel_win_rate").number(report.channel_win_rate);
    json.key("avg_time_improvement_ms").number(report.avg_time_improvement_ms).end_object();
    json.key("recommendations").string(report.recommendations);
    json.key("rollout_readiness").begin_object();
    json.key("ready_for_next_phase").boolean(report.ready_for_next_phase);
    json.key("performance_acceptable").boolean(report.performance_acceptable);
    json.key("stability_confirmed").boolean(report.stability_confirmed);
    json.end_object().end_object();
}

std::string rollout_report_text(const RolloutStatus& status) {
    const RolloutReport report = RolloutReport::of(status);
    const ComparisonCounts& counts = report.comparison;
    const PathCounts& paths = status.in_phase.paths;
    std::string text = fmt::format("{}\n\n", report.recommendations);
    add_phase(text, status);
    text += fmt::format(
        "\nPaths in this phase\n  {} records, {} of them with the multi-channel path in charge\n"
        "  success {:.2f} %, fallback {:.2f} % ({} failures, {} errors, {} set aside)\n",
        paths.records, paths.channel_requests, report.success_rate, report.fallback_rate,
        paths.channel_failures, paths.errors, paths.set_aside);
    text += fmt::format(
        "\nEvents found\n  {} by the linear path, {} by the multi-channel path, {} the same "
        "({:.2f} %)\n  {} near, {} missing ({} of them came late, {} were lost), {} extra\n",
        counts.linear, counts.multi_channel, counts.matched, report.channel_success_rate,
        counts.near, counts.missing, counts.late, counts.lost, counts.extra);
    text += fmt::format(
        "\nTimes of a record\n  the multi-channel path won {} of {} pairs ({:.2f} %), {:+.6f} ms "
        "a record\n",
        report.wins, report.pairs, report.channel_win_rate, report.avg_time_improvement_ms);
    add_latency(text, "linear", status.in_phase.times.linear);
    add_latency(text, "multi-channel", status.in_phase.times.multi_channel);
    add_latency(text, "added", status.in_phase.times.added);
    text += fmt::format(
        "\nReadiness\n  ready for the next phase: {}\n  performance acceptable: {}\n"
        "  stability confirmed: {}\n",
        yes_no(report.ready_for_next_phase), yes_no(report.performance_acceptable),
        yes_no(report.stability_confirmed));
    return text;
}

}  // namespace tickstock

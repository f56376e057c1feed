#include "rollout/rollout_phase_manager.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "rollout/error_tracker.hpp"
#include "rollout/feature_flags.hpp"

namespace tickstock {
namespace {

using Hours = std::chrono::duration<double, std::ratio<3600>>;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr double added_limit_ms = 2;
constexpr double error_limit_percent = 1;
constexpr double latency_factor = 1.05;
constexpr double latency_margin_ms = 1;

double ms(Nanos duration) {
    return Milliseconds(duration).count();
}

/// Σ / n: the histogram's own mean is cut to whole nanoseconds.
double mean_ms(const Histogram& times) {
    return times.count() == 0 ? 0 : ms(times.sum()) / static_cast<double>(times.count());
}

RolloutCriterion duration(Nanos elapsed, Nanos least) {
    const double hours = std::max(0.0, Hours(elapsed).count());
    return {"duration", fmt::format("{:.2f} h of at least {:g} h", hours, Hours(least).count()),
            hours,      Hours(least).count(),
            "h",        elapsed >= least};
}

RolloutCriterion at_least_one(std::string name, std::uint64_t count, std::string_view what,
                              std::string_view advice) {
    return {std::move(name),
            count == 0 ? fmt::format("no {} so far{}", what, advice)
                       : fmt::format("{} {}", count, what),
            static_cast<double>(count),
            1,
            "records",
            count >= 1};
}

RolloutCriterion added_time(const Histogram& added) {
    const double mean = mean_ms(added);
    return {"added_time",
            added.count() == 0
                ? std::string("not measured so far")
                : fmt::format("mean {:.4g} ms a record of at most {:g} ms", mean, added_limit_ms),
            mean,
            added_limit_ms,
            "ms",
            added.count() > 0 && mean <= added_limit_ms};
}

RolloutCriterion error_alerts(std::uint64_t count) {
    return {"error_alerts",
            count == 0 ? std::string("no alert of severity error or worse")
                       : fmt::format("{} alerts of severity error or worse (none accepted)", count),
            static_cast<double>(count),
            0,
            "alerts",
            count == 0};
}

RolloutCriterion accounting(bool closes) {
    return {"accounting",
            closes ? "every record is accounted for" : "the accounting did not close",
            closes ? 0.0 : 1.0,
            0,
            "records",
            closes};
}

RolloutCriterion error_rate(const PathCounts& counts) {
    const double rate = error_rate_percent(counts);
    return {"error_rate", fmt::format("{:.4g} % of less than {:g} %", rate, error_limit_percent),
            rate,         error_limit_percent,
            "%",          rate < error_limit_percent};
}

RolloutCriterion missed_events(const ComparisonCounts& counts, bool compared) {
    return {"missed_events",
            !compared
                ? std::string("not known: the paths are not compared "
                              "(parallel_processing_enabled, router_enabled, tick_channel_enabled)")
                : fmt::format("{} of {} events of the linear path missed (none accepted)",
                              counts.missed(), counts.linear),
            static_cast<double>(counts.missed()),
            0,
            "events",
            compared && counts.missed() == 0};
}

/// `factor` of the linear path's time or `margin` more, whichever is larger.
RolloutCriterion latency(std::string name, std::string_view what, double multi_channel_ms,
                         double linear_ms, double factor) {
    const double limit = std::max(factor * linear_ms, linear_ms + latency_margin_ms);
    return {std::move(name),
            fmt::format("{} {:.4g} ms against {:.4g} ms of the linear path (limit {:.4g} ms)", what,
                        multi_channel_ms, linear_ms, limit),
            multi_channel_ms,
            limit,
            "ms",
            multi_channel_ms <= limit};
}

RolloutCriterion mean_latency(const PathTimes& times, double factor) {
    return latency("mean_latency", "mean", mean_ms(times.multi_channel), mean_ms(times.linear),
                   factor);
}

RolloutCriterion p99_latency(const PathTimes& times) {
    return latency("p99_latency", "99th percentile", ms(times.multi_channel.quantile(0.99)),
                   ms(times.linear.quantile(0.99)), latency_factor);
}

RolloutCriterion requests(const PathCounts& counts) {
    return at_least_one("requests", counts.channel_requests, "records with the multi-channel path",
                        ": no symbol of low risk is known, or none has traded; name some in "
                        "rollout_tickers");
}

}  // namespace

std::string_view rollout_phase_description(std::uint8_t phase) {
    static constexpr std::array<std::string_view, rollout_phase_count> texts{
        "The integration layer is installed; the linear path is in charge of every symbol.",
        "Both paths work every trade and are compared; the linear path stays in charge.",
        "The multi-channel path is in charge of 1 % of the symbols, those of the lowest risk.",
        "The multi-channel path is in charge of 10 % of the symbols.",
        "The multi-channel path is in charge of every symbol."};
    return phase < texts.size() ? texts[phase] : std::string_view();
}

RolloutPhase RolloutPhaseManager::definition(std::uint8_t phase) const {
    TS_ASSERT(phase < rollout_phase_count);
    const std::array<Nanos, rollout_phase_count> durations{
        settings_.phase_0, settings_.phase_1, settings_.phase_2, settings_.phase_3, Nanos{0}};
    return {phase, rollout_phase_name(phase), rollout_phase_description(phase),
            phase_flags(phase, {}), durations[phase]};
}

std::vector<RolloutCriterion> RolloutPhaseManager::criteria(const PhaseEvidence& seen) const {
    const PathEvidence& evidence = seen.evidence;
    const bool compared = seen.flags.compares();
    const auto pairs = [&] {
        return at_least_one("pairs", evidence.times.pairs, "timed pairs of both paths", "");
    };
    const RolloutCriterion lasted = duration(seen.elapsed, definition(seen.phase).duration);
    switch (seen.phase) {
        case 0:
            return {lasted, at_least_one("records", evidence.paths.records, "records", ""),
                    added_time(evidence.times.added), error_alerts(seen.error_alerts),
                    accounting(evidence.accounting_closes)};
        case 1:
            return {lasted,
                    pairs(),
                    mean_latency(evidence.times, latency_factor),
                    p99_latency(evidence.times),
                    error_rate(evidence.paths),
                    missed_events(evidence.comparison, compared),
                    accounting(evidence.accounting_closes)};
        case 2:
            return {lasted,
                    pairs(),
                    requests(evidence.paths),
                    error_rate(evidence.paths),
                    missed_events(evidence.comparison, compared),
                    accounting(evidence.accounting_closes)};
        case 3:
            return {lasted,
                    pairs(),
                    requests(evidence.paths),
                    mean_latency(evidence.times, 1),
                    error_rate(evidence.paths),
                    missed_events(evidence.comparison, compared),
                    accounting(evidence.accounting_closes)};
        default: return {};
    }
}

std::string RolloutPhaseManager::refusal(std::uint8_t phase,
                                         const std::vector<RolloutCriterion>& criteria,
                                         std::string_view incident, bool tick_channel_usable) {
    if (phase + 1 >= rollout_phase_count) {
        return fmt::format("phase {} ({}) is the last one", phase, rollout_phase_name(phase));
    }
    std::string unmet;
    const auto add = [&unmet](const std::string& text) {
        unmet += unmet.empty() ? "" : "; ";
        unmet += text;
    };
    if (!incident.empty()) {
        add(fmt::format("incident {} holds: enable again first", incident));
    }
    if (!tick_channel_usable) {
        add("the tick channel is paused or in error: resume it first");
    }
    for (const RolloutCriterion& criterion : criteria) {
        if (!criterion.met) {
            add(fmt::format("{}: {}", criterion.name, criterion.text));
        }
    }
    return unmet.empty() ? unmet
                         : fmt::format("phase {} ({}) is not over: {}", phase,
                                       rollout_phase_name(phase), unmet);
}

}  // namespace tickstock

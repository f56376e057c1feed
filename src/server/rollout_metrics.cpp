#include "server/rollout_metrics.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "metrics/names.hpp"

namespace tickstock {
namespace {

void single(MetricsWriter& out, const MetricFamily& family, auto value) {
    out.family(family);
    out.sample({}, value);
}

std::uint64_t flag(bool value) {
    return value ? 1 : 0;
}

void write_paths(MetricsWriter& out, const PathCounts& counts) {
    single(out, metric::integration_records, counts.records);
    single(out, metric::channel_requests, counts.channel_requests);
    single(out, metric::channel_successes, counts.channel_successes);
    out.family(metric::channel_failures);
    for (std::size_t i = 0; i < counts.failures_by_cause.size(); ++i) {
        out.sample({{"cause", to_string(static_cast<FallbackCause>(i))}},
                   counts.failures_by_cause[i]);
    }
    single(out, metric::legacy_fallbacks, counts.legacy_fallbacks);
    single(out, metric::integration_set_aside, counts.set_aside);
    single(out, metric::integration_errors, counts.errors);
    single(out, metric::integration_not_rolled_out, counts.not_rolled_out);
    single(out, metric::integration_success_ratio, success_rate_percent(counts) / 100);
    single(out, metric::integration_fallback_ratio, fallback_rate_percent(counts) / 100);
    single(out, metric::integration_success_percent, success_rate_percent(counts));
    single(out, metric::integration_fallback_percent, fallback_rate_percent(counts));
}

void write_times(MetricsWriter& out, const RolloutStatus& status) {
    constexpr double milli = 1000;
    const PathTimes& times = status.total.times;
    single(out, metric::channel_success_ratio, channel_success_rate(status.total.comparison) / 100);
    single(out, metric::channel_win_ratio, channel_win_rate(times) / 100);
    single(out, metric::avg_performance_improvement, avg_time_improvement_ms(times) / milli);
    single(out, metric::avg_time_improvement,
           avg_time_improvement_ms(status.in_phase.times) / milli);
    out.family(metric::integration_latency);
    out.sample({{"path", "linear"}}, times.linear);
    out.sample({{"path", "multi_channel"}}, times.multi_channel);
    out.sample({{"path", "added"}}, times.added);
}

void by_tier(MetricsWriter& out, const MetricFamily& family,
             const std::array<std::uint64_t, risk_tier_count>& counts) {
    out.family(family);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        out.sample({{"tier", to_string(static_cast<RiskTier>(i))}}, counts[i]);
    }
}

void write_flags(MetricsWriter& out, const FeatureFlags& flags) {
    const std::array<std::pair<std::string_view, bool>, 6> all{
        {{"multichannel_system_enabled", flags.multichannel_system_enabled},
         {"tick_channel_enabled", flags.tick_channel_enabled},
         {"router_enabled", flags.router_enabled},
         {"integration_layer_enabled", flags.integration_layer_enabled},
         {"parallel_processing_enabled", flags.parallel_processing_enabled},
         {"performance_comparison_enabled", flags.performance_comparison_enabled}}};
    out.family(metric::rollout_flag);
    for (const auto& [name, is_on] : all) {
        out.sample({{"flag", name}}, flag(is_on));
    }
}

void write_comparison(MetricsWriter& out, const ComparisonCounts& counts) {
    out.family(metric::rollout_compared);
    out.sample({{"outcome", "matched"}}, counts.matched);
    out.sample({{"outcome", "near"}}, counts.near);
    out.sample({{"outcome", "missing"}}, counts.missing);
    out.sample({{"outcome", "extra"}}, counts.extra);
    out.sample({{"outcome", "late"}}, counts.late);
    out.sample({{"outcome", "lost"}}, counts.lost);
}

}  // namespace

void write_rollout_metrics(MetricsWriter& out, const RolloutStatus* status) {
    const bool is_installed = status != nullptr && status->installed;
    single(out, metric::integration_enabled, flag(is_installed && status->fully_enabled));
    if (!is_installed) {
        return;
    }
    write_paths(out, status->total.paths);
    write_times(out, *status);
    single(out, metric::rollout_phase, std::uint64_t{status->phase});
    single(out, metric::rollout_percentage, status->flags.rollout_percentage());
    out.family(metric::rollout_symbols);
    out.sample({{"path", "linear"}}, status->symbols_linear);
    out.sample({{"path", "multi_channel"}}, status->symbols_multi_channel);
    by_tier(out, metric::rollout_tier_symbols, status->symbols_by_tier);
    by_tier(out, metric::rollout_selected_symbols, status->selected_by_tier);
    single(out, metric::rollout_fallen, std::uint64_t{status->fallen.size()});
    single(out, metric::rollout_incident, flag(!status->incident.empty()));
    write_comparison(out, status->total.comparison);
    write_flags(out, status->flags);
}

}  // namespace tickstock

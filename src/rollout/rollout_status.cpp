#include "rollout/rollout_status.hpp"

#include <algorithm>
#include <chrono>

namespace tickstock {
namespace {

double percent(std::uint64_t part, std::uint64_t whole, double before_any) {
    return whole == 0
               ? before_any
               : std::min(100.0, 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace

std::string_view to_string(PathDifference::Kind kind) {
    static constexpr std::array<std::string_view, 3> names{"missing", "extra", "near"};
    return names[static_cast<std::size_t>(kind)];
}

double success_rate_percent(const PathCounts& counts) {
    return percent(counts.channel_successes, counts.channel_requests, 100);
}

double fallback_rate_percent(const PathCounts& counts) {
    return percent(counts.legacy_fallbacks, counts.channel_requests, 0);
}

double channel_success_rate(const ComparisonCounts& counts) {
    return percent(counts.matched, counts.linear, 100);
}

double channel_win_rate(const PathTimes& times) {
    return percent(times.wins, times.pairs, 0);
}

double avg_time_improvement_ms(const PathTimes& times) {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    return times.pairs == 0
               ? 0
               : Milliseconds(Nanos{times.saved_ns}).count() / static_cast<double>(times.pairs);
}

std::string rollout_recommendation(const RolloutStatus& status) {
    const double success = channel_success_rate(status.in_phase.comparison);
    if (!status.incident.empty() || success < 90) {
        return "STOP: Investigate issues before proceeding";
    }
    const bool anything_compared = status.in_phase.comparison.linear > 0;
    if (anything_compared && success >= 95 && channel_win_rate(status.in_phase.times) >= 70) {
        return "RECOMMEND: Advance to next rollout phase";
    }
    return "CAUTION: Continue current phase, monitor performance";
}

}  // namespace tickstock

#pragma once

#include <string>

#include "base/json_writer.hpp"
#include "rollout/rollout_status.hpp"

namespace tickstock {

/// S4's comparison report (generate_comparison_report), over the present phase. Percentages are
/// 0 … 100, times milliseconds.
struct RolloutReport {
    // summary
    bool multichannel_enabled = false;
    double success_rate = 100;
    double fallback_rate = 0;
    double performance_improvement = 0;  ///< positive = the multi-channel path is faster
    // comparison_analysis
    ComparisonCounts comparison;
    std::uint64_t pairs = 0;
    std::uint64_t wins = 0;
    double channel_success_rate = 100;
    double channel_win_rate = 0;
    double avg_time_improvement_ms = 0;

    std::string recommendations;
    // rollout_readiness: S4's limits; never while an incident holds
    bool ready_for_next_phase = false;    ///< channel_success_rate of at least 95
    bool performance_acceptable = false;  ///< avg_time_improvement_ms of at least 0
    bool stability_confirmed = false;     ///< fallback_rate under 5

    static RolloutReport of(const RolloutStatus& status);
};

/// With S4's keys.
void write_rollout_report(JsonWriter& json, const RolloutStatus& status);
/// For people: lines of at most about 100 columns, the last one ended.
std::string rollout_report_text(const RolloutStatus& status);

}  // namespace tickstock

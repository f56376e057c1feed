#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "model/decision.hpp"
#include "rollout/rollout_control.hpp"

namespace tickstock {

/// What a plan goes by. Borrowed for one call.
struct PlanContext {
    const RolloutChange& last;  ///< as it stands
    const std::vector<SymbolStatistics>& statistics;
    const RolloutSettings& settings;
    UnixNanos wall;
    bool tick_channel_usable = true;
    std::string advance_refusal;  ///< empty = the next phase may begin
    std::string next_incident;    ///< id for a new one
};

// A person's wish as the change to decide, or why not. They change nothing.
Result<RolloutChange> plan_change(const AdvanceRollout& wish, const PlanContext& context);
Result<RolloutChange> plan_change(const SetRolloutFlags& wish, const PlanContext& context);
Result<RolloutChange> plan_change(const DisableMultiChannel& wish, const PlanContext& context);
Result<RolloutChange> plan_change(const ReEnableMultiChannel& wish, const PlanContext& context);
Result<RolloutChange> plan_change(const SetRolloutPhase& wish, const PlanContext& context);

/// The fallback monitor's: nobody is in charge any more, until a person enables again.
RolloutChange plan_fallback(const PlanContext& context, std::string reason);
/// What a first start with the integrator decides.
RolloutChange plan_installation(const RolloutSettings& settings, UnixNanos wall);

/// Empty = accepted: 1 to 200 bytes of UTF-8 without control characters, not blank.
std::string problem_of_reason(const std::string& reason);

/// What a decision changes, for the audit: "phase 1 -> 2, rollout_percentage 0 -> 1".
std::string describe_change(const RolloutChange& before, const RolloutChange& after);

}  // namespace tickstock

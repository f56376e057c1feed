#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "model/rollout.hpp"
#include "rollout/path_evidence.hpp"
#include "rollout/rollout_status.hpp"

namespace tickstock {

/// One of S4's phases.
struct RolloutPhase {
    std::uint8_t number = 0;
    std::string_view name;
    std::string_view description;
    FeatureFlags flags;  ///< that it begins with, but for lists of symbols
    Nanos duration{0};   ///< least; 0 = it has no end
};

/// What is held against a phase's criteria.
struct PhaseEvidence {
    std::uint8_t phase = 0;
    Nanos elapsed{0};              ///< wall time since its begin; negative = the clock was set back
    const FeatureFlags& flags;     ///< as they stand
    const PathEvidence& evidence;  ///< since its begin, over restarts
    std::uint64_t error_alerts = 0;  ///< raised since its begin, or active then
};

/// S4's phases: what each begins with, how long it lasts at least and what must hold over all of it
/// before the next one (SPEC 15). An error rate, missed events and accounting that does not close
/// are held against every phase in which both paths are compared: what shows in phase 1 is not
/// tried on users in phase 2. Without evidence nothing is met. Holds no clock and no state.
class RolloutPhaseManager {
public:
    explicit RolloutPhaseManager(const RolloutSettings& settings) : settings_(settings) {}
    void set_settings(const RolloutSettings& settings) { settings_ = settings; }

    /// REQUIRES: phase < rollout_phase_count.
    RolloutPhase definition(std::uint8_t phase) const;
    /// Empty for phase 4: it has none.
    std::vector<RolloutCriterion> criteria(const PhaseEvidence& seen) const;
    /// Why the next phase may not begin; empty = it may. `incident`: id of the one that holds.
    static std::string refusal(std::uint8_t phase, const std::vector<RolloutCriterion>& criteria,
                               std::string_view incident, bool tick_channel_usable);

private:
    RolloutSettings settings_;
};

/// One sentence for people; empty beyond the last phase.
std::string_view rollout_phase_description(std::uint8_t phase);

}  // namespace tickstock

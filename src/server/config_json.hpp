#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "config/problem.hpp"
#include "config/reload_plan.hpp"
#include "server/codes.hpp"
#include "server/config_desk.hpp"

namespace tickstock {

// What /api/v1/config answers (docs/reference/openapi.json). Values that may be secrets are null
// with "hidden": true.

ConfigDesk::Answer settings_answer(const Config& config, UnixNanos changed);

/// What a change or a reload came to.
struct ConfigOutcome {
    std::string saved;           ///< files, ", " between; empty = none
    std::uint64_t sequence = 0;  ///< of the decision; 0 = none was needed
    bool dry_run = false;
    std::string warning;  ///< what went wrong although the values act; empty = nothing
    std::uint64_t hash = 0;
};
ConfigDesk::Answer changed_answer(const ReloadPlan& plan, const ConfigOutcome& outcome);

ConfigDesk::Answer config_error(ErrorCode code, std::string_view message);
/// 422 invalid_setting.
ConfigDesk::Answer problems_answer(const ConfigProblems& problems);
/// 409 needs_restart, with the differences.
ConfigDesk::Answer restart_answer(const ReloadPlan& plan);

}  // namespace tickstock

#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "engine/commands.hpp"
#include "engine/status.hpp"
#include "server/commands_api.hpp"
#include "server/http.hpp"

namespace tickstock {

/// What must hold of the head of POST /api/v1/rollout/… before its body is read; nothing = read on.
std::optional<CommandError> rollout_refusal(const HttpRequest& request);

/// What the body of POST /api/v1/rollout/`what` asks for: advance, flags, disable, enable, phase.
/// Strict: the error names the member and what is accepted. `status` may be null; one that says
/// that the integrator is not installed refuses everything.
Result<CommandAction, CommandError> parse_rollout_command(std::string_view what,
                                                          std::string_view body,
                                                          const EngineStatus* status);

}  // namespace tickstock

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "engine/commands.hpp"
#include "engine/status.hpp"
#include "server/control_routes.hpp"
#include "server/http.hpp"

namespace tickstock {

/// Why a command's request was not understood.
struct CommandError {
    ErrorCode code = ErrorCode::BadRequest;
    std::string message;  ///< names the member and what is accepted
};

/// What must hold of the request's head before its body is read; nothing = read on.
std::optional<CommandError> body_refusal(const ControlRoute& route, const HttpRequest& request);

/// The command that a request asks for. Strict: unknown members are errors. `status` may be null;
/// then channels are known by their kind only. REQUIRES: the method is POST, PUT or DELETE and the
/// route allows it.
Result<CommandAction, CommandError> parse_command(const ControlRoute& route,
                                                  std::string_view method, std::string_view body,
                                                  const EngineStatus* status);

/// What the engine said, as an answer.
HttpResponse command_response(const CommandAnswer& answer);

/// By kind (tick, ohlcv, fmv) or by the name that the configuration gives it.
std::optional<ChannelType> find_channel(std::string_view name, const EngineStatus* status);
/// For the error of find_channel: `no channel "x"; accepted: tick, …`.
std::string unknown_channel(std::string_view name, const EngineStatus* status);

}  // namespace tickstock

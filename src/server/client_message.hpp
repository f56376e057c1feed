#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "base/time.hpp"
#include "server/codes.hpp"
#include "server/filter.hpp"
#include "server/position.hpp"

namespace tickstock {

/// `subscribe`: a standing request, named by the client.
struct SubscribeRequest {
    std::string id;
    FilterSpec filter;
    Since since;
    Nanos interval{0};      ///< 0 = as soon as possible
    bool conflate = false;  ///< latest per (symbol, type) and interval
};

/// `unsubscribe`.
struct UnsubscribeRequest {
    std::string id;
};

/// `ping`; `id` comes back in the pong, empty = none.
struct PingRequest {
    std::string id;
};

using ClientMessage = std::variant<SubscribeRequest, UnsubscribeRequest, PingRequest>;

/// What an `error` frame says.
struct ProtocolError {
    ErrorCode code = ErrorCode::BadRequest;
    std::string message;  ///< names the member and what is accepted
    std::string id;       ///< of the subscription or ping that it concerns, empty if not known
};

/// Reads one text message of the native protocol. Unknown members are errors, so that a mistyped
/// restriction never passes for none.
Result<ClientMessage, ProtocolError> parse_client_message(std::string_view text);

}  // namespace tickstock

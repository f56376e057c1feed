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
    Nanos interval{0};         ///< 0 = as soon as possible
    bool conflate = false;     ///< latest per (symbol, type) and interval
    bool user_filters = true;  ///< the user's enabled filters hold too
};

/// `unsubscribe`.
struct UnsubscribeRequest {
    std::string id;
};

/// `ping`; `id` comes back in the pong, empty = none.
struct PingRequest {
    std::string id;
};

/// `auth`: who the client is, at first or with a newer token.
struct AuthRequest {
    std::string id;          ///< comes back in the answer, empty = none
    std::string credential;  ///< a JWT, an API key or a ticket
};

using ClientMessage = std::variant<SubscribeRequest, UnsubscribeRequest, PingRequest, AuthRequest>;

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

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/client_message.hpp"
#include "server/codes.hpp"
#include "server/control_routes.hpp"

namespace tickstock {

/// What the pages look at in a request; the transport has checked its form.
struct HttpRequest {
    std::string method;
    std::string target;
    std::string host;
    std::optional<std::string> origin;
    std::string accept;
    std::string if_none_match;
    std::string last_event_id;
    bool wants_upgrade = false;  ///< to WebSocket
    std::string content_type;
    bool has_length = false;  ///< Content-Length or chunked
    bool has_body = false;    ///< of at least a byte, or chunked; not read yet
};

struct HttpResponse {
    unsigned status = 200;
    std::string content_type;
    std::string body;
    /// Instead of `body`: a file that is in memory anyway.
    std::shared_ptr<const std::string> shared_body;
    std::vector<std::pair<std::string, std::string>> headers;

    std::string_view payload() const { return shared_body ? *shared_body : body; }
};

/// Go on with Server-Sent Events.
struct StartSse {
    SubscribeRequest request;
};
/// Go on with the WebSocket handshake.
struct StartWebSocket {};
/// Read the body, if there is one, and hand the command to the engine.
struct StartCommand {
    ControlRoute route;
};

using HttpAnswer = std::variant<HttpResponse, StartSse, StartWebSocket, StartCommand>;

HttpResponse json_response(std::string body, unsigned status = 200);
HttpResponse text_response(std::string body, unsigned status = 200);
/// `{"error":{"code","message"}}` with the status of the code's row.
HttpResponse error_response(ErrorCode code, std::string_view message);

/// Headers of every answer: what browsers may do with it.
std::vector<std::pair<std::string_view, std::string_view>> security_headers();

}  // namespace tickstock

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "auth/identity.hpp"
#include "base/time.hpp"
#include "server/client_message.hpp"
#include "server/codes.hpp"
#include "server/session.hpp"

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
    std::string content_encoding;
    bool has_length = false;    ///< Content-Length or chunked
    bool has_body = false;      ///< of at least a byte, or chunked; not read yet
    std::string authorization;  ///< the header as it came
    std::string subprotocols;   ///< Sec-WebSocket-Protocol
    std::string address;        ///< the client's
    bool is_tls = false;
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
    Identity identity;
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< besides the usual
};
/// Go on with the WebSocket handshake.
struct StartWebSocket {
    std::unique_ptr<MessageSession> session;
    std::string_view kind = "websocket";  ///< lives for ever
    std::size_t max_message_bytes = 0;    ///< 0 = server.max_frame_bytes
    std::size_t max_fragments = 0;        ///< of a message; 0 = server.max_fragments
    std::string subprotocol;              ///< the one chosen, empty = none
    std::string user;                     ///< whose it is, empty = not known yet
};

/// Answers a request that had to wait. I/O thread; the first call counts, and none does once the
/// client has gone.
using Respond = std::function<void(HttpResponse)>;

/// An answer that needs the request's body, or time.
struct StartTask {
    /// Called once, with the whole body.
    std::function<void(std::string_view body, Respond respond)> run;
    bool reads_body = true;
    std::size_t body_limit = 0;  ///< bytes; 0 = server.max_frame_bytes
    Nanos patience = std::chrono::seconds(10);
    std::string_view on_timeout = "no answer came in time";  ///< lives for ever
};

using HttpAnswer = std::variant<HttpResponse, StartSse, StartWebSocket, StartTask>;

HttpResponse json_response(std::string body, unsigned status = 200);
HttpResponse text_response(std::string body, unsigned status = 200);
/// `{"error":{"code","message"}}` with the status of the code's row.
HttpResponse error_response(ErrorCode code, std::string_view message);
/// `application/json`, with parameters or without, in any case.
bool is_json_type(std::string_view content_type);
/// Retry-After for clients that come back all at once otherwise: a random 1 to 10 s.
std::string random_retry_after();

/// Headers of every answer: what browsers may do with it.
std::vector<std::pair<std::string_view, std::string_view>> security_headers();

}  // namespace tickstock

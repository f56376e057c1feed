#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tickstock {

/// Why a WebSocket ends, as its close frame says. 3000–3499: the client may reconnect and resume;
/// 3500–3999: it is of no use to come back the same way;
/// 1000–1015 are RFC 6455's own. docs/reference/protocol.md lists the same table (a test compares).
enum class CloseCode : std::uint16_t {
    None = 0,  ///< the peer went first, or the socket broke: no frame of ours
    Normal = 1000,
    ProtocolError = 1002,
    UnsupportedData = 1003,
    InvalidText = 1007,
    PolicyViolation = 1008,
    MessageTooBig = 1009,
    ShuttingDown = 3001,
    SlowClient = 3008,
    NoPong = 3012,
    Unauthorized = 3500,
    UserConnectionLimit = 3504,
};

struct CloseCodeInfo {
    CloseCode code;
    std::string_view reason;   ///< the text of the close frame; snake_case, also a metric label
    bool reconnect;            ///< the client should come back (after a random 1–10 s) and resume
    std::string_view meaning;  ///< a sentence for people
};

/// Every close code that the server sends, by number.
std::span<const CloseCodeInfo> close_codes();
/// REQUIRES: code is in the table, so not None.
const CloseCodeInfo& info(CloseCode code);

/// Why a request was not done: the `code` of an `error` frame and of an HTTP error body.
enum class ErrorCode : std::uint8_t {
    BadJson,
    BadRequest,
    UnknownOp,
    UnknownSubscription,
    SubscriptionExists,
    TooManySubscriptions,
    UniversesUnavailable,
    UnknownUniverse,
    NotFound,
    MethodNotAllowed,
    HostNotAllowed,
    OriginNotAllowed,
    BodyTooLarge,
    UnsupportedMediaType,
    LengthRequired,
    RequestTimeout,
    Refused,
    HeadersTooLarge,
    UpgradeRequired,
    TooManyConnections,
    NotReady,
    Busy,
    NoAnswer,
    Unauthorized,
    Forbidden,
    TooManyFailures,
    StorageUnavailable,
    QueueFull,
    InvalidSetting,
    NeedsRestart,
    NotSaved,
};

struct ErrorCodeInfo {
    ErrorCode code;
    std::string_view word;  ///< snake_case, on the wire
    unsigned http_status;   ///< of the HTTP answer that carries it; 0 = WebSocket only
    std::string_view meaning;
};

std::span<const ErrorCodeInfo> error_codes();
const ErrorCodeInfo& info(ErrorCode code);

}  // namespace tickstock

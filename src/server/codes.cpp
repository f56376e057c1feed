#include "server/codes.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"

namespace tickstock {

std::span<const CloseCodeInfo> close_codes() {
    static constexpr std::array<CloseCodeInfo, 11> table{{
        {CloseCode::Normal, "normal", false, "Answer to the client's own close."},
        {CloseCode::ProtocolError, "protocol_error", false,
         "The frames break RFC 6455: unmasked, reserved bits or opcodes, a bad close code."},
        {CloseCode::UnsupportedData, "unsupported_data", false,
         "A binary message; the protocol is JSON text."},
        {CloseCode::InvalidText, "invalid_text", false, "A text message that is not UTF-8."},
        {CloseCode::PolicyViolation, "rate_limit", false,
         "More messages, control frames or fragments than a client may send."},
        {CloseCode::MessageTooBig, "message_too_big", false,
         "A message longer than server.max_frame_bytes, or on /ingest than 1 MiB."},
        {CloseCode::ShuttingDown, "shutting_down", true,
         "The server stops. All events up to its last offset were sent first if the client could "
         "take them; resume."},
        {CloseCode::SlowClient, "slow_client", true,
         "The client did not read: too many bytes became due during one write, or the write "
         "stalled. Resume from the last position."},
        {CloseCode::NoPong, "no_pong", true, "No answer to a ping; resume."},
        {CloseCode::Unauthorized, "unauthorized", false,
         "No good token came within auth.deadline_seconds, or the one that came has expired or was "
         "revoked."},
        {CloseCode::UserConnectionLimit, "user_connection_limit", false,
         "The user has server.max_connections_per_user streaming connections already."},
    }};
    return table;
}

const CloseCodeInfo& info(CloseCode code) {
    const auto table = close_codes();
    const auto found = std::ranges::find(table, code, &CloseCodeInfo::code);
    TS_ASSERT(found != table.end());
    return *found;
}

std::span<const ErrorCodeInfo> error_codes() {
    static constexpr std::array<ErrorCodeInfo, 31> table{{
        {ErrorCode::BadJson, "bad_json", 400, "The message or body is not one JSON object."},
        {ErrorCode::BadRequest, "bad_request", 400,
         "A member, parameter or header is missing, unknown or out of range; the message names "
         "it."},
        {ErrorCode::UnknownOp, "unknown_op", 0,
         "`op` is none that the path knows; the message names them."},
        {ErrorCode::UnknownSubscription, "unknown_subscription", 0,
         "No subscription of this connection has that id."},
        {ErrorCode::SubscriptionExists, "subscription_exists", 0,
         "A subscription of this connection has that id already; unsubscribe first."},
        {ErrorCode::TooManySubscriptions, "too_many_subscriptions", 0,
         "The connection has 512 subscriptions."},
        {ErrorCode::UniversesUnavailable, "universes_unavailable", 400,
         "Named symbol sets are not offered by this server; list the symbols."},
        {ErrorCode::UnknownUniverse, "unknown_universe", 400,
         "No named symbol set has that name; the message names those that exist."},
        {ErrorCode::NotFound, "not_found", 404,
         "No such path, channel, universe or rule, or nothing known of that symbol."},
        {ErrorCode::MethodNotAllowed, "method_not_allowed", 405,
         "The path answers other methods only; see Allow."},
        {ErrorCode::HostNotAllowed, "host_not_allowed", 403,
         "The Host header names neither this machine nor a host of server.allowed_origins."},
        {ErrorCode::OriginNotAllowed, "origin_not_allowed", 403,
         "The page's origin is neither this server nor in server.allowed_origins."},
        {ErrorCode::BodyTooLarge, "body_too_large", 413,
         "The request's body is over what the path takes: server.max_frame_bytes, or 4 MiB of "
         "pushed rows."},
        {ErrorCode::UnsupportedMediaType, "unsupported_media_type", 415,
         "The body's Content-Type or Content-Encoding is none that the path reads."},
        {ErrorCode::LengthRequired, "length_required", 411,
         "The path needs a body, and the request has none."},
        {ErrorCode::RequestTimeout, "request_timeout", 408, "The body did not come in time."},
        {ErrorCode::Refused, "refused", 409,
         "The command makes no sense as things stand; the message says why."},
        {ErrorCode::HeadersTooLarge, "headers_too_large", 431,
         "The request's headers are over 8 KiB or more than 64."},
        {ErrorCode::UpgradeRequired, "upgrade_required", 426,
         "/ws and /ingest speak WebSocket only."},
        {ErrorCode::TooManyConnections, "too_many_connections", 503,
         "server.max_connections or its share for one address is reached; retry after 1–10 s."},
        {ErrorCode::NotReady, "not_ready", 503, "The server is starting or stopping."},
        {ErrorCode::Busy, "busy", 503,
         "The engine takes no command now: too many wait, or it stops; try again."},
        {ErrorCode::NoAnswer, "no_answer", 504,
         "The engine did not answer a command in time. It may still carry it out: look at the "
         "decisions."},
        {ErrorCode::Unauthorized, "unauthorized", 401,
         "A token or API key is needed, and none came or it is not accepted."},
        {ErrorCode::Forbidden, "forbidden", 403,
         "The role of the token or API key does not allow it; the message names the role needed."},
        {ErrorCode::TooManyFailures, "too_many_failures", 429,
         "Too many wrong credentials came from this address; Retry-After says when to try again."},
        {ErrorCode::StorageUnavailable, "storage_unavailable", 503,
         "The database cannot be used now, or there is none: users' filters and universes were not "
         "written, or the history cannot be read."},
        {ErrorCode::QueueFull, "queue_full", 429,
         "Too much waits already: source.push.queue_bytes of pushed rows, or questions to the "
         "history; nothing of this was taken, send it again after Retry-After."},
        {ErrorCode::InvalidSetting, "invalid_setting", 422,
         "A setting is unknown or its value is not accepted, or the files hold what is not; the "
         "message has a line for each, `problems` the same as data. Nothing was changed."},
        {ErrorCode::NeedsRestart, "needs_restart", 409,
         "A setting or file that differs acts with a restart only; nothing was changed."},
        {ErrorCode::NotSaved, "not_saved", 500,
         "A file of settings could not be written; nothing was changed."},
    }};
    return table;
}

const ErrorCodeInfo& info(ErrorCode code) {
    const auto& row = error_codes()[static_cast<std::size_t>(code)];
    TS_ASSERT(row.code == code);
    return row;
}

}  // namespace tickstock

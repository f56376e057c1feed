#include "socketio/engine_request.hpp"

#include <optional>

#include "base/assert.hpp"
#include "base/json_writer.hpp"

namespace tickstock {
namespace {

std::string_view message_of(EngineErrorCode code) {
    switch (code) {
        case EngineErrorCode::TransportUnknown: return "Transport unknown";
        case EngineErrorCode::SessionUnknown: return "Session ID unknown";
        case EngineErrorCode::BadHandshakeMethod: return "Bad handshake method";
        case EngineErrorCode::BadRequest: return "Bad request";
        case EngineErrorCode::Forbidden: return "Forbidden";
        case EngineErrorCode::UnsupportedVersion: return "Unsupported protocol version";
    }
    TS_ASSERT(false);
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// A broken escape stands for itself: it makes a value that nothing knows.
std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
            hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// The parameters that mean something here.
struct Parameters {
    std::optional<std::string> version;
    std::optional<std::string> transport;
    std::optional<std::string> sid;
    std::optional<std::string> jsonp;
    std::optional<std::string> stream;
    bool repeated = false;

    std::optional<std::string>* find(std::string_view name) {
        if (name == "EIO") {
            return &version;
        }
        if (name == "transport") {
            return &transport;
        }
        if (name == "sid") {
            return &sid;
        }
        if (name == "j") {
            return &jsonp;
        }
        return name == "stream" ? &stream : nullptr;
    }
};

Parameters read_query(std::string_view query) {
    Parameters parameters;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (auto* value = parameters.find(percent_decoded(pair.substr(0, equals)))) {
            parameters.repeated |= value->has_value();
            *value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
        }
    }
    return parameters;
}

}  // namespace

int http_status(EngineErrorCode code) {
    return code == EngineErrorCode::Forbidden ? 403 : 400;
}

std::string error_body(EngineErrorCode code) {
    std::string text;
    JsonWriter(text)
        .begin_object()
        .key("code")
        .number(static_cast<int>(code))
        .key("message")
        .string(message_of(code))
        .end_object();
    return text;
}

Result<EngineRequest, EngineErrorCode> parse_engine_request(std::string_view method,
                                                            std::string_view query,
                                                            bool is_upgrade) {
    Parameters parameters = read_query(query);
    const bool websocket = parameters.transport == "websocket";
    if (!websocket && parameters.transport != "polling") {
        return EngineErrorCode::TransportUnknown;
    }
    EngineRequest request;
    request.transport = websocket ? EngineTransport::WebSocket : EngineTransport::Polling;
    request.wants_events = parameters.stream == "events";
    if (parameters.sid) {
        if (parameters.sid->empty()) {
            return EngineErrorCode::SessionUnknown;
        }
        request.sid = std::move(*parameters.sid);
        if (method != "GET" && (method != "POST" || websocket)) {
            return EngineErrorCode::BadRequest;
        }
    } else if (method != "GET") {
        return EngineErrorCode::BadHandshakeMethod;
    }
    if (websocket != is_upgrade || parameters.repeated || parameters.jsonp) {
        return EngineErrorCode::BadRequest;
    }
    if (!parameters.sid && parameters.version != "4") {
        return EngineErrorCode::UnsupportedVersion;
    }
    return request;
}

}  // namespace tickstock

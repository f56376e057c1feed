#include "server/account_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/json_writer.hpp"

namespace tickstock {
namespace {

std::string_view kind_word(Identity::Kind kind) {
    switch (kind) {
        case Identity::Kind::Local: return "local";
        case Identity::Kind::Jwt: return "jwt";
        case Identity::Kind::ApiKey: return "api_key";
    }
    return "local";
}

void write_closed(JsonWriter& json, const ClosedConnection& closed) {
    json.begin_object().key("at").number(to_ns(closed.at));
    json.key("kind").string(closed.kind).key("address").string(closed.address).key("user");
    closed.user.empty() ? json.null() : json.string(closed.user);
    json.key("seconds").number(std::chrono::duration<double>(closed.lasted).count());
    json.key("code");
    closed.code == 0 ? json.null() : json.number(closed.code);
    json.key("reason").string(closed.reason).key("by").string(to_string(closed.by));
    json.key("frames_out").number(closed.frames_out).key("events_out").number(closed.events_out);
    json.key("bytes_out").number(closed.bytes_out).key("messages_in").number(closed.messages_in);
    json.end_object();
}

}  // namespace

HttpResponse refusal_response(const Refusal& refusal) {
    HttpResponse response = error_response(refusal.code, refusal.message);
    if (refusal.retry_after > Nanos{0}) {
        const auto wait = std::chrono::ceil<std::chrono::seconds>(refusal.retry_after);
        response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
    }
    return response;
}

std::string missing_role(const Identity& identity, Role needed) {
    return fmt::format("this needs the role {}; {} is {}", to_string(needed), identity.user,
                       to_string(identity.role));
}

HttpResponse role_refusal(const Identity& identity, Role needed) {
    return error_response(ErrorCode::Forbidden, missing_role(identity, needed));
}

HttpResponse me_page(const Identity& identity) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("user").string(identity.user);
    json.key("role").string(to_string(identity.role)).key("kind").string(kind_word(identity.kind));
    json.key("expires_at");
    identity.expires_at == time_never ? json.null() : json.number(to_ns(identity.expires_at));
    json.end_object();
    return json_response(std::move(text));
}

HttpResponse connections_page(const ClientCounts& counts, const ClosedConnections& closed) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("open").begin_object();
    json.key("websocket").number(counts.websocket_open).key("sse").number(counts.sse_open);
    json.key("ingest").number(counts.ingest.open);
    json.key("socketio").number(counts.socketio_open).key("http").number(counts.http_open);
    json.end_object().key("accepted").number(counts.accepted);
    json.key("refused").number(counts.refused).key("closed_total").number(closed.total());
    json.key("closed").begin_array();
    for (const ClosedConnection& one : closed.newest()) {
        write_closed(json, one);
    }
    json.end_array().end_object();
    return json_response(std::move(text));
}

}  // namespace tickstock

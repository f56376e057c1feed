#include "server/site.hpp"

#include "base/json_writer.hpp"
#include "server/control_pages.hpp"
#include "server/events_api.hpp"
#include "server/quarantine_api.hpp"
#include "server/readiness.hpp"

namespace tickstock {
namespace {

constexpr std::string_view api_prefix = "/api/v1/";
constexpr std::string_view symbols_prefix = "/api/v1/symbols/";

/// Pages that a probe or scraper asks for by whatever name it knows the machine.
bool is_probe(std::string_view path) {
    return path == "/healthz" || path == "/readyz" || path == "/metrics";
}

/// Pages below /api/v1/ that take no commands.
bool is_api_page(std::string_view path) {
    return path == "/api/v1/status" || path == "/api/v1/quarantine" || path == "/api/v1/events" ||
           path == "/api/v1/events/stream" || path.starts_with(symbols_prefix);
}

HttpResponse method_not_allowed(std::string_view allowed) {
    HttpResponse response = error_response(ErrorCode::MethodNotAllowed,
                                           "this path answers " + std::string(allowed) + " only");
    response.headers.emplace_back("Allow", allowed);
    return response;
}

}  // namespace

Site::Site(Parts parts, StaticFiles files)
    : parts_(std::move(parts)),
      files_(std::move(files)),
      access_(parts_.settings.allowed_origins),
      started_(parts_.clock.monotonic()) {}

HttpAnswer Site::answer(const HttpRequest& request) const {
    const auto target = parse_target(request.target);
    if (!target) {
        return error_response(ErrorCode::NotFound, "no such path");
    }
    if (!is_probe(target->path) && !access_.allows_host(request.host)) {
        return error_response(ErrorCode::HostNotAllowed,
                              "the Host header names neither this machine nor an allowed origin");
    }
    const bool is_read = request.method == "GET" || request.method == "HEAD";
    if ((!is_read || request.wants_upgrade) &&
        !access_.allows_origin(request.origin, request.host)) {
        return error_response(ErrorCode::OriginNotAllowed,
                              "pages of this origin may not talk to this server; see "
                              "server.allowed_origins");
    }
    if (const auto route = find_control_route(target->path, is_read)) {
        return answer_control(request, *target, *route);
    }
    if (!is_read) {
        if (target->path.starts_with(api_prefix) && !is_api_page(target->path)) {
            return error_response(ErrorCode::NotFound, "no such path");
        }
        return method_not_allowed("GET, HEAD");
    }
    return answer_get(request, *target);
}

HttpAnswer Site::answer_control(const HttpRequest& request, const Target& target,
                                const ControlRoute& route) const {
    if (!allows_method(route.kind, request.method)) {
        return method_not_allowed(allowed_methods(route.kind));
    }
    if (request.method == "GET" || request.method == "HEAD") {
        return control_page(route, target, parts_.status().get());
    }
    if (!target.query.empty()) {
        return error_response(ErrorCode::BadRequest, "a command takes no parameters, but a body");
    }
    if (const auto refusal = body_refusal(route, request)) {
        return error_response(refusal->code, refusal->message);
    }
    return StartCommand{route};
}

HttpAnswer Site::answer_get(const HttpRequest& request, const Target& target) const {
    const std::string& path = target.path;
    if (path == "/ws") {
        if (request.wants_upgrade) {
            return StartWebSocket{};
        }
        HttpResponse response =
            error_response(ErrorCode::UpgradeRequired, "this path speaks WebSocket");
        response.headers.emplace_back("Upgrade", "websocket");
        return response;
    }
    if (path == "/healthz") {
        return text_response("ok\n");
    }
    if (path == "/readyz") {
        return ready_page();
    }
    if (path == "/metrics") {
        return metrics_page(request);
    }
    if (path == "/api/v1/status") {
        return status_page();
    }
    if (path == "/api/v1/quarantine") {
        return quarantine_page(target, parts_.status().get());
    }
    if (path == "/api/v1/events") {
        return events_page(target, parts_.stream);
    }
    if (path == "/api/v1/events/stream") {
        return start_sse(request, target);
    }
    if (path.starts_with(symbols_prefix)) {
        return symbol_page(std::string_view(path).substr(symbols_prefix.size()), parts_.stream);
    }
    if (auto file = files_.find(path, request.if_none_match)) {
        return std::move(*file);
    }
    return error_response(ErrorCode::NotFound, "no such path");
}

HttpAnswer Site::start_sse(const HttpRequest& request, const Target& target) const {
    if (request.method != "GET") {
        return error_response(ErrorCode::MethodNotAllowed, "this path answers GET");
    }
    auto subscription = parse_subscription_query(target);
    if (!subscription.ok()) {
        return error_response(subscription.error().code, subscription.error().message);
    }
    if (!request.last_event_id.empty()) {
        const auto position = parse_position(request.last_event_id);
        if (!position) {
            return error_response(ErrorCode::BadRequest, "Last-Event-ID must be epoch:offset");
        }
        subscription.value().since = {Since::Kind::From, *position};
    }
    return StartSse{std::move(subscription).value()};
}

HttpResponse Site::ready_page() const {
    const auto status = parts_.status();
    const auto missing = missing_for_ready(status.get(), is_stopping_);
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("ready").boolean(missing.empty());
    json.key("missing").begin_array();
    for (const std::string& one : missing) {
        json.string(one);
    }
    json.end_array().end_object();
    return json_response(std::move(text), missing.empty() ? 200 : 503);
}

}  // namespace tickstock

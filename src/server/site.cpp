#include "server/site.hpp"

#include <fmt/format.h>

#include "base/json_writer.hpp"
#include "server/account_api.hpp"
#include "server/commands_api.hpp"
#include "server/control_pages.hpp"
#include "server/events_api.hpp"
#include "server/native_session.hpp"
#include "server/openapi.hpp"
#include "server/quarantine_api.hpp"
#include "server/readiness.hpp"
#include "server/socketio_hub.hpp"
#include "server/user_api.hpp"

namespace tickstock {
namespace {

constexpr std::string_view api_prefix = "/api/v1/";
constexpr std::string_view subprotocol = "tickstock";
constexpr std::string_view ticket_prefix = "ticket.";
constexpr Nanos command_wait = std::chrono::seconds(10);

/// Pages that a probe or scraper asks for by whatever name it knows the machine.
bool is_probe(std::string_view path) {
    return path == "/healthz" || path == "/readyz" || path == "/metrics";
}

HttpResponse method_not_allowed(std::string_view allowed) {
    HttpResponse response = error_response(ErrorCode::MethodNotAllowed,
                                           "this path answers " + std::string(allowed) + " only");
    response.headers.emplace_back("Allow", allowed);
    return response;
}

// What lets a page of another origin, which the settings list, read the answer.
std::vector<std::pair<std::string, std::string>> origin_headers(const std::string& origin) {
    return {{"Access-Control-Allow-Origin", origin},
            {"Access-Control-Expose-Headers", "Retry-After"},
            {"Vary", "Origin"}};
}

HttpResponse with_origin(HttpResponse response, const std::string& origin) {
    for (auto& header : origin_headers(origin)) {
        response.headers.push_back(std::move(header));
    }
    return response;
}

HttpResponse preflight(const std::string& origin) {
    HttpResponse response;
    response.status = 204;
    response.headers = {
        {"Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE"},
        {"Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID"},
        {"Access-Control-Max-Age", "600"}};
    return with_origin(std::move(response), origin);
}

HttpAnswer readable_from(HttpAnswer answer, const std::string& origin) {
    if (auto* response = std::get_if<HttpResponse>(&answer)) {
        return with_origin(std::move(*response), origin);
    }
    if (auto* task = std::get_if<StartTask>(&answer)) {
        task->run = [run = std::move(task->run), origin](std::string_view body, Respond respond) {
            run(body, [respond = std::move(respond), origin](HttpResponse response) {
                respond(with_origin(std::move(response), origin));
            });
        };
    } else if (auto* sse = std::get_if<StartSse>(&answer)) {
        sse->headers = origin_headers(origin);
    }
    return answer;
}

/// What a browser's WebSocket says in place of headers: `tickstock, ticket.TEXT`.
struct Subprotocols {
    bool has_ours = false;
    std::string_view ticket;
};
Subprotocols parse_subprotocols(std::string_view text) {
    Subprotocols found;
    for (std::string_view word : split_list(text)) {
        while (word.starts_with(' ')) {
            word.remove_prefix(1);
        }
        while (word.ends_with(' ')) {
            word.remove_suffix(1);
        }
        if (word == subprotocol) {
            found.has_ours = true;
        } else if (word.starts_with(ticket_prefix)) {
            found.ticket = word.substr(ticket_prefix.size());
        }
    }
    return found;
}

}  // namespace

struct Site::Asked {
    const HttpRequest& request;
    const Target& target;
    Identity identity;
    bool is_read;
};

Site::Site(Parts parts, StaticFiles files)
    : parts_(std::move(parts)),
      files_(std::move(files)),
      access_(parts_.settings),
      started_(parts_.clock.monotonic()) {}

HttpAnswer Site::answer(const HttpRequest& request) const {
    const bool is_listed = request.origin && access_.lists_origin(*request.origin) &&
                           request.target.starts_with(api_prefix);
    if (!is_listed) {
        return answer_any(request);
    }
    if (request.method == "OPTIONS") {
        return preflight(*request.origin);
    }
    return readable_from(answer_any(request), *request.origin);
}

HttpAnswer Site::answer_any(const HttpRequest& request) const {
    const auto target = parse_target(request.target);
    if (!target) {
        return error_response(ErrorCode::NotFound, "no such path");
    }
    if (!is_probe(target->path) && parts_.gate.is_open() && !access_.allows_host(request.host)) {
        return error_response(ErrorCode::HostNotAllowed,
                              "the Host header names neither this machine nor an allowed host");
    }
    const bool is_read = request.method == "GET" || request.method == "HEAD";
    if ((!is_read || request.wants_upgrade) &&
        !access_.allows_origin(request.origin, request.host, request.is_tls)) {
        return error_response(ErrorCode::OriginNotAllowed,
                              "pages of this origin may not talk to this server; see "
                              "server.allowed_origins");
    }
    Asked asked{request, *target, {}, is_read};
    if (const auto route = find_control_route(target->path, is_read)) {
        if (!allows_method(route->kind, request.method)) {
            return method_not_allowed(allowed_methods(route->kind));
        }
        if (auto no = refusal(request, asked.identity, role_for(route->kind, is_read))) {
            return std::move(*no);
        }
        return answer_control(asked, *route);
    }
    if (const auto match = find_page(target->path)) {
        if (!has_method(match->row->methods, request.method)) {
            return method_not_allowed(match->row->methods);
        }
        const auto needed = is_read ? match->row->to_read : match->row->to_write;
        if (needed) {
            if (auto no = refusal(request, asked.identity, *needed)) {
                return std::move(*no);
            }
        }
        return answer_page(asked, *match);
    }
    if (!is_read) {
        return target->path.starts_with(api_prefix)
                   ? error_response(ErrorCode::NotFound, "no such path")
                   : method_not_allowed("GET, HEAD");
    }
    if (auto file = files_.find(target->path, request.if_none_match)) {
        return std::move(*file);
    }
    return error_response(ErrorCode::NotFound, "no such path");
}

/// Who asks, and whether he may: the one place for every page and command.
std::optional<HttpResponse> Site::refusal(const HttpRequest& request, Identity& identity,
                                          Role needed) const {
    auto admitted = parts_.gate.admit(bearer_credential(request.authorization), request.address);
    if (!admitted.ok()) {
        return refusal_response(admitted.error());
    }
    identity = std::move(admitted).value();
    if (!identity.may(needed)) {
        return error_response(ErrorCode::Forbidden,
                              fmt::format("this needs the role {}; {} is {}", to_string(needed),
                                          identity.user, to_string(identity.role)));
    }
    return std::nullopt;
}

HttpAnswer Site::answer_control(const Asked& asked, const ControlRoute& route) const {
    if (asked.is_read) {
        return control_page(route, asked.target, parts_.status().get());
    }
    if (!asked.target.query.empty()) {
        return error_response(ErrorCode::BadRequest, "a command takes no parameters, but a body");
    }
    if (const auto no = body_refusal(route, asked.request)) {
        return error_response(no->code, no->message);
    }
    return command_task(route, asked.request.method);
}

/// Hands what is asked to the engine, and answers when the journal has the decision.
HttpAnswer Site::command_task(const ControlRoute& route, std::string method) const {
    StartTask task;
    task.patience = command_wait;
    task.on_timeout =
        "the engine did not answer in time; it may still do what was asked, see "
        "/api/v1/decisions";
    task.run = [this, route, method = std::move(method)](std::string_view body, Respond respond) {
        auto command = parse_command(route, method, body, parts_.status().get());
        if (!command.ok()) {
            respond(error_response(command.error().code, command.error().message));
            return;
        }
        if (is_stopping_ || parts_.commands == nullptr) {
            respond(error_response(ErrorCode::NotReady, is_stopping_
                                                            ? "the server stops"
                                                            : "no engine takes commands here"));
            return;
        }
        // The engine calls this on its thread; the connection, even the server, may be gone then.
        const bool is_posted = parts_.commands->post(
            {std::move(command).value(), "api",
             [post = parts_.post, respond](CommandAnswer answer) {
                 post([respond, answer = std::move(answer)] { respond(command_response(answer)); });
             }});
        if (!is_posted) {
            respond(error_response(ErrorCode::Busy,
                                   "the engine takes no command now: too many wait, or it stops"));
        }
    };
    return task;
}

HttpAnswer Site::answer_page(const Asked& asked, const PageMatch& match) const {
    const Target& target = asked.target;
    switch (match.row->page) {
        case Page::WebSocket: return start_native(asked);
        case Page::SocketIo: return answer_socketio(asked.request);
        case Page::Health: return text_response("ok\n");
        case Page::Ready: return ready_page();
        case Page::Metrics: return metrics_page(asked.request);
        case Page::OpenApi: return openapi_page();
        case Page::Status: return status_page();
        case Page::Quarantine: return quarantine_page(target, parts_.status().get());
        case Page::Events: return events_page(target, parts_.fanout, asked.identity.user);
        case Page::EventStream: return start_sse(asked);
        case Page::Symbol: return symbol_page(match.name, parts_.fanout);
        case Page::Me: return me_page(asked.identity);
        case Page::Ticket: return ticket_page(asked.identity);
        case Page::Connections: return connections_page(parts_.clients, parts_.closed);
        case Page::UserFilters:
        case Page::UserFilter:
        case Page::UserUniverses:
        case Page::UserUniverse:
            return answer_user(
                {match.row->page, match.user, match.name, asked.request, asked.identity},
                parts_.users, parts_.fanout);
    }
    return error_response(ErrorCode::NotFound, "no such path");
}

/// The upgrade of /ws. A program says who it is in a header; a browser by a ticket among the
/// subprotocols, or in the first frame.
HttpAnswer Site::start_native(const Asked& asked) const {
    const HttpRequest& request = asked.request;
    if (!request.wants_upgrade) {
        HttpResponse response =
            error_response(ErrorCode::UpgradeRequired, "this path speaks WebSocket");
        response.headers.emplace_back("Upgrade", "websocket");
        return response;
    }
    if (is_stopping_) {
        return error_response(ErrorCode::NotReady, "the server stops");
    }
    const Subprotocols offered = parse_subprotocols(request.subprotocols);
    const std::string_view credential =
        offered.ticket.empty() ? bearer_credential(request.authorization) : offered.ticket;
    std::optional<Identity> identity;
    if (!credential.empty() || parts_.gate.is_open()) {
        auto admitted = parts_.gate.admit(credential, request.address);
        if (!admitted.ok()) {
            return refusal_response(admitted.error());
        }
        identity = std::move(admitted).value();
    }
    StartWebSocket start;
    start.subprotocol = offered.has_ours ? subprotocol : std::string_view();
    start.user = identity ? identity->user : "";
    start.session = std::make_unique<NativeSession>(
        NativeSession::Parts{parts_.fanout, parts_.clients, parts_.settings, parts_.gate,
                             parts_.users, request.address},
        std::move(identity));
    return start;
}

HttpAnswer Site::start_sse(const Asked& asked) const {
    if (asked.request.method != "GET") {
        return error_response(ErrorCode::MethodNotAllowed, "this path answers GET");
    }
    auto subscription = parse_subscription_query(asked.target);
    if (!subscription.ok()) {
        return error_response(subscription.error().code, subscription.error().message);
    }
    if (const auto error =
            parts_.fanout.resolve(subscription.value().filter, asked.identity.user)) {
        return error_response(error->code, error->message);
    }
    if (!asked.request.last_event_id.empty()) {
        const auto position = parse_position(asked.request.last_event_id);
        if (!position) {
            return error_response(ErrorCode::BadRequest, "Last-Event-ID must be epoch:offset");
        }
        subscription.value().since = {Since::Kind::From, *position};
    }
    if (is_stopping_) {
        return error_response(ErrorCode::NotReady, "the server stops");
    }
    return StartSse{std::move(subscription).value(), asked.identity};
}

HttpAnswer Site::answer_socketio(const HttpRequest& request) const {
    if (is_stopping_) {
        return error_response(ErrorCode::NotReady, "the server stops");
    }
    return parts_.socketio.answer(
        request, access_.allows_origin(request.origin, request.host, request.is_tls));
}

HttpResponse Site::ticket_page(const Identity& identity) const {
    const std::string ticket = parts_.gate.issue_ticket(identity);
    if (ticket.empty()) {
        return error_response(ErrorCode::NotReady, "nobody needs a ticket here");
    }
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("ticket").string(ticket).key("expires_in");
    json.number(parts_.gate.settings().ticket_life / std::chrono::seconds(1)).end_object();
    return json_response(std::move(text));
}

HttpResponse Site::openapi_page() const {
    return json_response(openapi_document());
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

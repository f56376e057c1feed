#include "server/socketio_hub.hpp"

#include <chrono>
#include <utility>

#include "auth/authenticator.hpp"
#include "auth/base64url.hpp"
#include "server/account_api.hpp"
#include "server/socketio_websocket.hpp"

namespace tickstock {
namespace {

constexpr std::size_t sid_bytes = 16;
/// A GET is answered at the latest when the session ends, and that is known by then.
constexpr Nanos poll_patience_beyond = std::chrono::seconds(10);

std::string_view query_of(std::string_view target) {
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}

/// Tells the session when a body that was announced never came.
struct PostGuard {
    std::weak_ptr<SocketIoClient> client;
    bool has_come = false;

    explicit PostGuard(std::weak_ptr<SocketIoClient> of) : client(std::move(of)) {}
    PostGuard(const PostGuard&) = delete;
    PostGuard& operator=(const PostGuard&) = delete;
    ~PostGuard() {
        if (const auto alive = client.lock(); alive && !has_come) {
            alive->on_post_lost(false);
        }
    }
};

/// For a page of another origin that may talk to this server.
void allow_origin(HttpResponse& response, const std::string& origin) {
    response.headers.emplace_back("Access-Control-Allow-Origin", origin);
    response.headers.emplace_back("Vary", "Origin");
}

HttpAnswer with_origin(HttpAnswer answer, const std::optional<std::string>& origin) {
    if (!origin) {
        return answer;
    }
    if (auto* response = std::get_if<HttpResponse>(&answer)) {
        allow_origin(*response, *origin);
    } else if (auto* task = std::get_if<StartTask>(&answer)) {
        task->run = [run = std::move(task->run), origin](std::string_view body, Respond respond) {
            run(body, [respond = std::move(respond), origin](HttpResponse later) {
                allow_origin(later, *origin);
                respond(std::move(later));
            });
        };
    }
    return answer;
}

/// The browser asks whether it may send what it is about to.
HttpResponse preflight() {
    HttpResponse response;
    response.status = 204;
    response.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST");
    response.headers.emplace_back("Access-Control-Allow-Headers", "Authorization, Content-Type");
    response.headers.emplace_back("Access-Control-Max-Age", "600");
    return response;
}

}  // namespace

HttpAnswer SocketIoHub::answer(const HttpRequest& request, bool is_origin_allowed) {
    if (!is_origin_allowed) {
        return engine_error(EngineErrorCode::Forbidden);
    }
    if (request.method == "OPTIONS") {
        return with_origin(preflight(), request.origin);
    }
    const auto wanted =
        parse_engine_request(request.method, query_of(request.target), request.wants_upgrade);
    if (!wanted.ok()) {
        return with_origin(engine_error(wanted.error()), request.origin);
    }
    if (wanted->sid.empty()) {
        return with_origin(open(request, *wanted), request.origin);
    }
    const auto found = clients_.find(wanted->sid);
    if (found == clients_.end()) {
        return with_origin(engine_error(EngineErrorCode::SessionUnknown), request.origin);
    }
    const auto client = found->second;
    return with_origin(
        wanted->transport == EngineTransport::WebSocket ? upgrade(client) : poll(request, client),
        request.origin);
}

/// Sessions over polling are no sockets: they have limits of their own, the same as sockets.
bool SocketIoHub::has_room(const std::string& address) const {
    const auto here = by_address_.find(address);
    return clients_.size() < parts_.settings.max_connections &&
           (here == by_address_.end() ||
            here->second < parts_.settings.max_connections_per_address);
}

HttpAnswer SocketIoHub::open(const HttpRequest& request, const EngineRequest& wanted) {
    if (!has_room(request.address)) {
        ++parts_.counts.refused;
        return error_response(ErrorCode::TooManyConnections, "too many Socket.IO sessions");
    }
    std::optional<Identity> identity;
    if (!request.authorization.empty()) {
        auto admitted =
            parts_.gate.admit(bearer_credential(request.authorization), request.address);
        if (!admitted.ok()) {
            return engine_error(EngineErrorCode::Forbidden);
        }
        identity = std::move(admitted).value();
    }
    auto client = std::make_shared<SocketIoClient>(
        *this, parts_,
        SocketIoClient::Opening{random_base64url(sid_bytes), wanted.transport, request.address,
                                std::move(identity), wanted.wants_events});
    clients_.emplace(client->engine().sid(), client);
    ++by_address_[client->address()];
    parts_.connections.add(client);
    if (wanted.transport == EngineTransport::Polling) {
        return engine_text(client->engine().open_packet());
    }
    StartWebSocket start;
    start.kind = "socketio";
    start.user = client->user();
    start.session = std::make_unique<SocketIoWebSocket>(*this, std::move(client), false);
    return start;
}

HttpAnswer SocketIoHub::upgrade(const std::shared_ptr<SocketIoClient>& client) {
    if (!client->engine().on_websocket_open(parts_.clock.monotonic())) {
        return engine_error(EngineErrorCode::BadRequest);
    }
    StartWebSocket start;
    start.kind = "socketio";
    start.session = std::make_unique<SocketIoWebSocket>(*this, client, true);
    return start;
}

HttpAnswer SocketIoHub::poll(const HttpRequest& request,
                             const std::shared_ptr<SocketIoClient>& client) {
    StartTask task;
    if (request.method == "GET") {
        if (client->engine().on_get(parts_.clock.monotonic()) == EngineSession::Poll::Refuse) {
            client->pump();
            return engine_error(EngineErrorCode::BadRequest);
        }
        task.reads_body = false;
        task.patience =
            parts_.settings.ping_interval + 2 * parts_.settings.pong_timeout + poll_patience_beyond;
        task.run = [client](std::string_view, Respond respond) {
            client->wait(std::move(respond));
        };
        return task;
    }
    if (!client->engine().on_post_begin()) {
        client->pump();
        return engine_error(EngineErrorCode::BadRequest);
    }
    // Of someone who has not said who he is nothing long is read.
    task.body_limit =
        client->is_connected() ? EnginePayloadLimits{}.bytes : parts_.settings.max_frame_bytes;
    task.run = [guard = std::make_shared<PostGuard>(client), type = request.content_type](
                   std::string_view body, Respond respond) {
        guard->has_come = true;
        if (const auto alive = guard->client.lock()) {
            respond(alive->on_post(body, type));
        } else {
            respond(engine_error(EngineErrorCode::SessionUnknown));
        }
    };
    return task;
}

void SocketIoHub::forget(SocketIoClient& client) {
    if (const auto here = by_address_.find(client.address());
        here != by_address_.end() && --here->second == 0) {
        by_address_.erase(here);
    }
    clients_.erase(client.engine().sid());
}

void SocketIoHub::on_user_change(std::string_view user) {
    for (const auto& [sid, client] : clients_) {
        if (user.empty() || client->user() == user) {
            client->refresh_filters();
        }
    }
}

void SocketIoHub::add_candidate(const std::string& sid, SocketIoWebSocket& socket) {
    candidates_[sid] = &socket;
}

void SocketIoHub::remove_candidate(const std::string& sid, const SocketIoWebSocket& socket) {
    if (const auto found = candidates_.find(sid);
        found != candidates_.end() && found->second == &socket) {
        candidates_.erase(found);
    }
}

void SocketIoHub::close_candidate(const std::string& sid) {
    if (const auto found = candidates_.find(sid); found != candidates_.end()) {
        found->second->dismiss();
        candidates_.erase(found);
    }
}

}  // namespace tickstock

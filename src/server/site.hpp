#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "engine/status.hpp"
#include "publishing/event_stream.hpp"
#include "server/access.hpp"
#include "server/closed_connections.hpp"
#include "server/control_routes.hpp"
#include "server/fanout.hpp"
#include "server/gate.hpp"
#include "server/http.hpp"
#include "server/pages.hpp"
#include "server/server.hpp"
#include "server/session.hpp"
#include "server/static_files.hpp"
#include "server/target.hpp"

namespace tickstock {

class ConnectionSet;
class SocketIoHub;
class UserDirectory;

/// Every page of the server and who may see it: a request in, an answer out. I/O thread only.
class Site {
public:
    struct Parts {
        const ServerSettings& settings;
        const EventStream& stream;
        std::function<std::shared_ptr<const EngineStatus>()> status;
        const Clock& clock;
        Fanout& fanout;
        ClientCounts& clients;
        const ClosedConnections& closed;
        ConnectionSet& connections;
        Gate& gate;
        UserDirectory& users;
        SocketIoHub& socketio;
        CommandQueue* commands;  ///< null = nobody takes what people ask of the engine
        /// Any thread: runs a task on the I/O thread.
        std::function<void(std::function<void()>)> post;
        ServerInfo info;
    };

    Site(Parts parts, StaticFiles files);

    HttpAnswer answer(const HttpRequest& request) const;

    /// From now on the server is not ready.
    void stop() { is_stopping_ = true; }

private:
    struct Asked;  // a request with what is known of it

    HttpAnswer answer_any(const HttpRequest& request) const;
    HttpAnswer answer_page(const Asked& asked, const PageMatch& match) const;
    HttpAnswer answer_control(const Asked& asked, const ControlRoute& route) const;
    HttpAnswer command_task(const ControlRoute& route, std::string method) const;
    HttpAnswer start_sse(const Asked& asked) const;
    HttpAnswer start_native(const Asked& asked) const;
    HttpAnswer answer_socketio(const HttpRequest& request) const;
    std::optional<HttpResponse> refusal(const HttpRequest& request, Identity& identity,
                                        Role needed) const;
    HttpResponse ticket_page(const Identity& identity) const;
    HttpResponse openapi_page() const;
    HttpResponse ready_page() const;
    HttpResponse status_page() const;
    HttpResponse metrics_page(const HttpRequest& request) const;

    Parts parts_;
    StaticFiles files_;
    AccessPolicy access_;
    Nanos started_;
    bool is_stopping_ = false;
};

}  // namespace tickstock

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "engine/status.hpp"
#include "history/history_request.hpp"
#include "publishing/event_stream.hpp"
#include "server/access.hpp"
#include "server/closed_connections.hpp"
#include "server/commands_api.hpp"
#include "server/control_routes.hpp"
#include "server/fanout.hpp"
#include "server/gate.hpp"
#include "server/http.hpp"
#include "server/ingest_desk.hpp"
#include "server/market_feed.hpp"
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
        IngestDesk& ingest;
        MarketFeed& market;
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
    /// A request with what is known of it.
    struct Asked {
        const HttpRequest& request;
        const Target& target;
        Identity identity;
        bool is_read;
    };
    /// A WebSocket's handshake that may go on.
    struct Upgrade {
        std::optional<Identity> identity;  ///< nothing = the first message has to prove it
        std::string subprotocol;           ///< to answer; empty = none
    };

    HttpAnswer answer_any(const HttpRequest& request) const;
    HttpAnswer answer_page(const Asked& asked, const PageMatch& match) const;
    HttpAnswer answer_control(const Asked& asked, const ControlRoute& route) const;
    HttpAnswer answer_rollout(const Asked& asked) const;
    HttpAnswer answer_compare(const Asked& asked) const;
    /// Of a request's body.
    using ParseCommand = std::function<Result<CommandAction, CommandError>(std::string_view)>;
    HttpAnswer command_task(std::string by, ParseCommand parse) const;
    HttpAnswer start_sse(const Asked& asked) const;
    Result<Upgrade, HttpResponse> upgrade_of(const HttpRequest& request) const;
    HttpAnswer start_native(const Asked& asked) const;
    HttpAnswer start_ingest(const Asked& asked) const;
    HttpAnswer answer_history(HistoryKind kind, const Target& target) const;
    HttpAnswer answer_socketio(const HttpRequest& request) const;
    std::optional<HttpResponse> refusal(const HttpRequest& request, Identity& identity,
                                        Role needed) const;
    HttpResponse ticket_page(const Identity& identity) const;
    HttpResponse openapi_page() const;
    /// Empty = ready. `status` may be null.
    std::vector<std::string> what_is_missing(const EngineStatus* status) const;
    HttpResponse health_page() const;
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

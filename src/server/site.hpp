#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "engine/status.hpp"
#include "publishing/event_stream.hpp"
#include "server/access.hpp"
#include "server/commands_api.hpp"
#include "server/fanout.hpp"
#include "server/http.hpp"
#include "server/server.hpp"
#include "server/session.hpp"
#include "server/static_files.hpp"
#include "server/target.hpp"

namespace tickstock {

/// Every page of the server and who may see it: a request in, an answer out. I/O thread only.
class Site {
public:
    struct Parts {
        const ServerSettings& settings;
        const EventStream& stream;
        std::function<std::shared_ptr<const EngineStatus>()> status;
        const Clock& clock;
        const Fanout& fanout;
        const ClientCounts& clients;
        ServerInfo info;
    };

    Site(Parts parts, StaticFiles files);

    HttpAnswer answer(const HttpRequest& request) const;

    /// What a command's request asks for, after its body has come (StartCommand).
    Result<CommandAction, CommandError> command(const ControlRoute& route, std::string_view method,
                                                std::string_view body) const {
        return parse_command(route, method, body, parts_.status().get());
    }

    /// From now on the server is not ready.
    void stop() { is_stopping_ = true; }

private:
    HttpAnswer answer_get(const HttpRequest& request, const Target& target) const;
    HttpAnswer answer_control(const HttpRequest& request, const Target& target,
                              const ControlRoute& route) const;
    HttpAnswer start_sse(const HttpRequest& request, const Target& target) const;
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

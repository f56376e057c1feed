#include "server/site.hpp"

#include <fmt/format.h>

#include "base/json_writer.hpp"
#include "server/account_api.hpp"
#include "server/compare_api.hpp"
#include "server/config_api.hpp"
#include "server/events_api.hpp"
#include "server/history_api.hpp"
#include "server/ingest_api.hpp"
#include "server/inspection_api.hpp"
#include "server/market_api.hpp"
#include "server/monitoring_api.hpp"
#include "server/openapi.hpp"
#include "server/quarantine_api.hpp"
#include "server/rollout_page.hpp"
#include "server/socketio_hub.hpp"
#include "server/user_api.hpp"

namespace tickstock {
namespace {

constexpr std::string_view api_prefix = "/api/v1/";

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
        {"Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"},
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

}  // namespace

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
        return role_refusal(identity, needed);
    }
    return std::nullopt;
}

HttpAnswer Site::answer_page(const Asked& asked, const PageMatch& match) const {
    const Target& target = asked.target;
    switch (match.row->page) {
        case Page::WebSocket: return start_native(asked);
        case Page::SocketIo: return answer_socketio(asked.request);
        case Page::Ingest:
            return answer_ingest(asked.request, target, asked.identity.user, parts_.ingest,
                                 [this] { return is_stopping_; });
        case Page::IngestSocket: return start_ingest(asked);
        case Page::Health: return health_page();
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
        case Page::HistoryEvents: return answer_history(HistoryKind::Events, target);
        case Page::HistorySessions: return answer_history(HistoryKind::Sessions, target);
        case Page::HistoryAnalytics: return answer_history(HistoryKind::Analytics, target);
        case Page::HistoryCounts: return answer_history(HistoryKind::Counts, target);
        case Page::HistoryMetrics: return answer_history(HistoryKind::Metrics, target);
        case Page::HistoryGaps: return answer_history(HistoryKind::Gaps, target);
        case Page::HistoryDifferences: return answer_history(HistoryKind::Differences, target);
        case Page::HistoryAudit: return answer_history(HistoryKind::Audit, target);
        case Page::HistoryIncidents: return answer_history(HistoryKind::Incidents, target);
        case Page::HistoryAlerts: return answer_history(HistoryKind::Alerts, target);
        case Page::Dashboard:
            return dashboard_page(parts_.status().get(), parts_.info, parts_.clients,
                                  parts_.clock.wall());
        case Page::Alerts: return alerts_page(target, parts_.info.alerts);
        case Page::Market: return market_page(target, parts_.market, parts_.clock.monotonic());
        case Page::Config:
            return config_answer(asked.request, asked.identity, parts_.info.config, parts_.post);
        case Page::ConfigReload:
            return config_reload_answer(asked.identity, parts_.info.config, parts_.post);
        case Page::ConfigSchema: return config_schema_page();
        case Page::Rollout: return rollout_page(target, parts_.status().get(), parts_.clock.wall());
        case Page::RolloutCommand: return answer_rollout(asked);
        case Page::Compare: return answer_compare(asked);
        case Page::Candles:
            return candles_answer(match.name, target, parts_.info.inspector, parts_.post);
        case Page::Trace:
            return trace_answer(match.name, target, parts_.info.inspector, parts_.post);
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

HttpAnswer Site::answer_compare(const Asked& asked) const {
    const auto status = parts_.status();
    return compare_answer(asked.request, asked.target, asked.identity, parts_.info.comparer,
                          status != nullptr ? status->last_sequence : 0, parts_.post);
}

HttpAnswer Site::answer_history(HistoryKind kind, const Target& target) const {
    return history_answer(kind, target, parts_.clock.wall(), parts_.info.history, parts_.post);
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

}  // namespace tickstock

#include "server/pages.hpp"

#include <algorithm>
#include <array>

namespace tickstock {
namespace {

constexpr std::string_view read_only = "GET, HEAD";
constexpr std::string_view resource = "GET, HEAD, PUT, DELETE";

/// A user's own are read by him and written by a trader; the rest is an admin's (UserApi).
constexpr auto table = std::to_array<PageRow>({
    {Page::WebSocket, "/ws", read_only, std::nullopt, std::nullopt},
    {Page::SocketIo, "/socket.io/", "GET, HEAD, POST, OPTIONS", std::nullopt, std::nullopt},
    {Page::Health, "/healthz", read_only, std::nullopt, std::nullopt},
    {Page::Ready, "/readyz", read_only, std::nullopt, std::nullopt},
    {Page::Metrics, "/metrics", read_only, Role::Viewer, std::nullopt},
    {Page::OpenApi, "/api/v1/openapi.json", read_only, std::nullopt, std::nullopt},
    {Page::Status, "/api/v1/status", read_only, Role::Viewer, std::nullopt},
    {Page::Quarantine, "/api/v1/quarantine", read_only, Role::Viewer, std::nullopt},
    {Page::Events, "/api/v1/events", read_only, Role::Viewer, std::nullopt},
    {Page::EventStream, "/api/v1/events/stream", read_only, Role::Viewer, std::nullopt},
    {Page::Me, "/api/v1/me", read_only, Role::Viewer, std::nullopt},
    {Page::Ticket, "/api/v1/ticket", "POST", Role::Viewer, Role::Viewer},
    {Page::Connections, "/api/v1/connections", read_only, Role::Admin, std::nullopt},
    {Page::Ingest, "/api/v1/ingest", "POST", role_to_push, role_to_push},
    {Page::IngestSocket, "/ingest", read_only, std::nullopt, std::nullopt},  // its own gate
    {Page::HistoryEvents, "/api/v1/history/events", read_only, Role::Viewer, std::nullopt},
    {Page::HistorySessions, "/api/v1/history/sessions", read_only, Role::Viewer, std::nullopt},
    {Page::HistoryAnalytics, "/api/v1/history/analytics", read_only, Role::Viewer, std::nullopt},
    {Page::HistoryCounts, "/api/v1/history/counts", read_only, Role::Viewer, std::nullopt},
    {Page::HistoryMetrics, "/api/v1/history/metrics", read_only, Role::Viewer, std::nullopt},
    {Page::HistoryGaps, "/api/v1/history/gaps", read_only, Role::Viewer, std::nullopt},
    {Page::HistoryDifferences, "/api/v1/history/differences", read_only, Role::Viewer,
     std::nullopt},
    {Page::HistoryAudit, "/api/v1/history/audit", read_only, Role::Viewer, std::nullopt},
    {Page::HistoryIncidents, "/api/v1/history/incidents", read_only, Role::Viewer, std::nullopt},
    {Page::HistoryAlerts, "/api/v1/history/alerts", read_only, Role::Viewer, std::nullopt},
    {Page::Dashboard, "/api/v1/dashboard", read_only, Role::Viewer, std::nullopt},
    {Page::Alerts, "/api/v1/alerts", read_only, Role::Viewer, std::nullopt},
    {Page::Market, "/api/v1/market", read_only, Role::Viewer, std::nullopt},
    {Page::Config, "/api/v1/config", "GET, HEAD, PATCH", Role::Admin, Role::Admin},
    {Page::ConfigReload, "/api/v1/config/reload", "POST", Role::Admin, Role::Admin},
    {Page::ConfigSchema, "/api/v1/config/schema", read_only, Role::Viewer, std::nullopt},
    {Page::Rollout, "/api/v1/rollout", read_only, Role::Viewer, std::nullopt},
    {Page::Rollout, "/api/v1/rollout/report", read_only, Role::Viewer, std::nullopt},
    {Page::Rollout, "/api/v1/rollout/differences", read_only, Role::Viewer, std::nullopt},
    {Page::Rollout, "/api/v1/rollout/incidents", read_only, Role::Viewer, std::nullopt},
    {Page::Rollout, "/api/v1/rollout/audit", read_only, Role::Viewer, std::nullopt},
    {Page::RolloutCommand, "/api/v1/rollout/advance", "POST", Role::Admin, Role::Admin},
    {Page::RolloutCommand, "/api/v1/rollout/flags", "POST", Role::Admin, Role::Admin},
    {Page::RolloutCommand, "/api/v1/rollout/disable", "POST", Role::Admin, Role::Admin},
    {Page::RolloutCommand, "/api/v1/rollout/enable", "POST", Role::Admin, Role::Admin},
    {Page::RolloutCommand, "/api/v1/rollout/phase", "POST", Role::Admin, Role::Admin},
    {Page::Compare, "/api/v1/compare", "GET, HEAD, POST, DELETE", Role::Viewer, Role::Admin},
    {Page::UserFilters, "/api/v1/users/{user}/filters", read_only, Role::Viewer, std::nullopt},
    {Page::UserFilter, "/api/v1/users/{user}/filters/{name}", resource, Role::Viewer, Role::Trader},
    {Page::UserUniverses, "/api/v1/users/{user}/universes", read_only, Role::Viewer, std::nullopt},
    {Page::UserUniverse, "/api/v1/users/{user}/universes/{name}", resource, Role::Viewer,
     Role::Trader},
    // Last: a symbol's text may hold slashes.
    {Page::Candles, "/api/v1/symbols/{symbol}/candles", read_only, Role::Viewer, std::nullopt},
    {Page::Trace, "/api/v1/symbols/{symbol}/trace", read_only, Role::Viewer, std::nullopt},
    {Page::Symbol, "/api/v1/symbols/{symbol}", read_only, Role::Viewer, std::nullopt},
});

/// Matches a template; each {part} takes one segment, {symbol} all before what follows it.
std::optional<PageMatch> match(const PageRow& row, std::string_view path) {
    PageMatch found{&row, {}, {}};
    std::string_view pattern = row.path;
    while (!pattern.empty()) {
        if (pattern.front() != '{') {
            if (path.empty() || path.front() != pattern.front()) {
                return std::nullopt;
            }
            pattern.remove_prefix(1);
            path.remove_prefix(1);
            continue;
        }
        const auto close = pattern.find('}');
        const std::string_view part = pattern.substr(1, close - 1);
        pattern.remove_prefix(close + 1);
        auto end = std::min(path.find('/'), path.size());
        if (part == "symbol") {
            if (!path.ends_with(pattern)) {
                return std::nullopt;
            }
            end = path.size() - pattern.size();
        }
        if (end == 0) {
            return std::nullopt;
        }
        (part == "user" ? found.user : found.name) = path.substr(0, end);
        path.remove_prefix(end);
    }
    return path.empty() ? std::optional(std::move(found)) : std::nullopt;
}

}  // namespace

std::span<const PageRow> pages() {
    return table;
}

std::optional<PageMatch> find_page(std::string_view path) {
    for (const PageRow& row : table) {
        if (auto found = match(row, path)) {
            return found;
        }
    }
    return std::nullopt;
}

Role role_for(ControlKind kind, bool is_read) {
    if (is_read) {
        return Role::Viewer;
    }
    switch (kind) {
        case ControlKind::PauseChannel:
        case ControlKind::ResumeChannel:
        case ControlKind::Universe: return Role::Admin;
        default: return Role::Trader;
    }
}

bool has_method(std::string_view methods, std::string_view method) {
    while (!methods.empty()) {
        const auto end = std::min(methods.find(", "), methods.size());
        if (methods.substr(0, end) == method) {
            return true;
        }
        methods.remove_prefix(std::min(end + 2, methods.size()));
    }
    return false;
}

}  // namespace tickstock

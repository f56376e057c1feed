#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "auth/identity.hpp"
#include "server/control_routes.hpp"

namespace tickstock {

/// What the server answers, beside the paths about the engine (ControlKind) and the dashboard's
/// files.
enum class Page : std::uint8_t {
    WebSocket,
    SocketIo,
    Health,
    Ready,
    Metrics,
    OpenApi,
    Status,
    Quarantine,
    Events,
    EventStream,
    Symbol,
    Me,
    Ticket,
    Connections,
    Ingest,
    IngestSocket,
    HistoryEvents,
    HistorySessions,
    HistoryAnalytics,
    HistoryCounts,
    HistoryMetrics,
    HistoryGaps,
    HistoryDifferences,
    HistoryAudit,
    HistoryIncidents,
    HistoryAlerts,
    Dashboard,
    Alerts,
    Market,
    Config,
    ConfigReload,
    ConfigSchema,
    Rollout,         ///< and what is to be read below it
    RolloutCommand,  ///< what a person asks of the rollout
    Compare,         ///< two configurations over the running engine's journal
    Candles,
    Trace,
    UserFilters,
    UserFilter,
    UserUniverses,
    UserUniverse,
};

/// Who may ask: `needed` nothing = everybody, without a token.
struct PageRow {
    Page page;
    std::string_view path;     ///< as in the OpenAPI document: "/api/v1/symbols/{symbol}"
    std::string_view methods;  ///< as in the header Allow
    std::optional<Role> to_read;
    std::optional<Role> to_write;  ///< other methods than GET and HEAD
};

/// Every page, in the order in which they are looked for. A test holds the OpenAPI document against
/// this table.
std::span<const PageRow> pages();

/// A page that a decoded path names, with what stands in for {user}, {name} or {symbol}.
struct PageMatch {
    const PageRow* row = nullptr;
    std::string user;
    std::string name;
};
std::optional<PageMatch> find_page(std::string_view path);

/// Who may push rows, over HTTP or WebSocket.
inline constexpr Role role_to_push = Role::Admin;

/// The role that a path about the engine needs.
Role role_for(ControlKind kind, bool is_read);

/// True when `methods`, as in the header Allow, has `method`.
bool has_method(std::string_view methods, std::string_view method);

}  // namespace tickstock

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "auth/authenticator.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "engine/commands.hpp"
#include "engine/status.hpp"
#include "engine/watchdog.hpp"
#include "history/history_reader.hpp"
#include "history/history_writer.hpp"
#include "inspection/configuration_comparer.hpp"
#include "inspection/inspector.hpp"
#include "monitoring/alert_board.hpp"
#include "publishing/event_stream.hpp"
#include "publishing/stored_stream.hpp"
#include "server/config_desk.hpp"
#include "sources/push/push_queue.hpp"
#include "storage/user_store.hpp"

namespace tickstock {

/// What the server tells about the program and shows of it.
struct ServerInfo {
    std::string version;
    std::filesystem::path web_root;  ///< the built dashboard; absent = a page that says how
    Watchdog* watchdog = nullptr;    ///< watches the I/O thread; outlives the server; null = none
    AuthSettings auth = {};
    std::size_t archive_cache = std::size_t{16} << 20;  ///< stream.archive_cache_bytes
    Authenticator* authenticator = nullptr;  ///< outlives the server; null = nobody needs a token
    UserStore* users = nullptr;              ///< outlives the server; null = nothing is kept
    /// What has left the stream's memory, for clients that catch up; outlives the server; null =
    /// that is gone.
    const StoredStream* stored = nullptr;
    /// Takes the rows that clients push; outlives the server; null = refused (503).
    PushQueue* push = nullptr;
    /// Answers questions about what is stored; outlives the server; null = storage is off (503).
    HistoryReader* history = nullptr;
    const HistoryWriter* history_writer = nullptr;  ///< its state is shown; outlives the server
    const AlertBoard* alerts = nullptr;         ///< outlives the server; null = none are looked for
    Inspector* inspector = nullptr;             ///< outlives the server; null = no journal (503)
    ConfigurationComparer* comparer = nullptr;  ///< outlives the server; null = no journal (503)
    ConfigDesk* config = nullptr;        ///< outlives the server; null = not to be seen (503)
    MonitoringSettings monitoring = {};  ///< thresholds that /api/v1/dashboard shows
    /// When the market of the events trades, for /api/v1/market.
    TradingCalendar::Kind calendar = TradingCalendar::Kind::UsEquities;
};

/// SPEC 12 on one port: native WebSocket protocol, Server-Sent Events, REST, health, metrics and
/// the dashboard's files. One I/O thread of its own serves all connections; other threads only
/// append to the stream, which wakes it.
class Server {
public:
    /// `stream` and `clock` outlive the server; `status` is called on the I/O thread and may give
    /// null before the engine runs. Takes the stream's listener: construct the server before the
    /// engine's thread starts. `commands`, which outlives the server, takes what people ask of the
    /// engine; null = such requests are refused (503).
    Server(const ServerSettings& settings, EventStream& stream,
           std::function<std::shared_ptr<const EngineStatus>()> status, const Clock& clock,
           ServerInfo info, CommandQueue* commands = nullptr);
    /// Stops without draining if drain_and_stop() was not called.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds, loads the dashboard and the certificate, and starts the thread. The port that it
    /// listens on, or an error that names the setting: an address other than loopback is refused
    /// without authentication, and without TLS unless the settings allow it.
    Result<std::uint16_t> start();

    /// Any thread: reads certificate and keys again (SIGHUP). What cannot be read leaves the old in
    /// place, and the log says why. Connections that are open stay.
    void reload();

    /// Any thread but the server's own; call it when nothing is appended any more. Accepts no more,
    /// lets clients take what is left, closes them with 3001 and ends within
    /// settings.drain_timeout.
    void drain_and_stop();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tickstock

// Rows of the settings table: the server and the event stream that it serves (SPEC 11, 12).

#include "config/setting_checks.hpp"
#include "config/setting_rows.hpp"
#include "config/table_parts.hpp"

namespace tickstock {
namespace {

using namespace setting_rows;
using namespace std::chrono_literals;

constexpr auto restart = SettingChange::Restart;
constexpr Micro one = 1'000'000;
constexpr std::int64_t mebi = 1 << 20;
constexpr std::int64_t million = 1'000'000;

// A member of Config by its path, for const and non-const configurations alike.
#define TS_FIELD(path)          \
    [](auto& config) -> auto& { \
        return config.path;     \
    }

void add_place(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {text(
             "server.address", "an IP address or localhost", is_address, restart,
             TS_FIELD(server.address),
             "Address that the server listens on; any but loopback needs auth.mode = required, and "
             "TLS or server.allow_plain_remote."),
         integer("server.port", 0, 65535, "", restart, TS_FIELD(server.port),
                 "TCP port of everything the server offers; 0 takes any free one and tells it in "
                 "the log."),
         text("server.tls_certificate_file", "empty or a path", {}, restart,
              TS_FIELD(server.tls_certificate_file),
              "Certificate with its chain, PEM; with it everything is HTTPS and WSS. Read again on "
              "SIGHUP."),
         text("server.tls_key_file", "empty or a path", {}, restart, TS_FIELD(server.tls_key_file),
              "Private key of the certificate, PEM, readable by its owner only."),
         boolean("server.allow_plain_remote", restart, TS_FIELD(server.allow_plain_remote),
                 "Listen on another address than loopback without TLS, for a proxy that has it."),
         text("server.allowed_origins", "http:// and https:// origins", is_origin, restart,
              TS_FIELD(server.allowed_origins),
              "Web origins beside the server's own whose pages may connect."),
         text("server.allowed_hosts", "host or host:port", is_name, restart,
              TS_FIELD(server.allowed_hosts),
              "Names in the Host header beside loopback and those of the allowed origins.")});
}

void add_connection_limits(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {integer("server.max_connections", 1, million, "connections", restart,
                 TS_FIELD(server.max_connections), "Connections at the same time, all clients."),
         integer("server.max_connections_per_address", 1, million, "connections", restart,
                 TS_FIELD(server.max_connections_per_address),
                 "Connections at the same time from one address."),
         integer("server.max_connections_per_user", 1, million, "connections", restart,
                 TS_FIELD(server.max_connections_per_user),
                 "WebSocket, SSE and Socket.IO connections at the same time of one user; does not "
                 "hold with auth.mode = off."),
         decimal("server.connections_per_second", one, million * one, "connections/s", restart,
                 TS_FIELD(server.connections_per_second),
                 "New connections, all clients; five times as many may come at once."),
         decimal("server.connections_per_second_per_address", one, million * one, "connections/s",
                 restart, TS_FIELD(server.connections_per_second_per_address),
                 "New connections from one address; five times as many may come at once."),
         integer("server.max_compressed", 0, million, "connections", restart,
                 TS_FIELD(server.max_compressed),
                 "WebSockets that may have permessage-deflate at the same time; each takes up to "
                 "300 KB more. 0: nobody.")});
}

void add_message_limits(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {integer("server.max_header_bytes", 1024, mebi, "bytes", restart,
                 TS_FIELD(server.max_header_bytes), "Longest head of a request."),
         integer("server.max_headers", 8, 1000, "headers", restart, TS_FIELD(server.max_headers),
                 "Most headers of a request."),
         integer("server.max_frame_bytes", 1024, 16 * mebi, "bytes", restart,
                 TS_FIELD(server.max_frame_bytes),
                 "Largest message or body accepted from a client."),
         integer("server.max_fragments", 1, million, "fragments", restart,
                 TS_FIELD(server.max_fragments), "Most WebSocket frames of one message."),
         decimal("server.messages_per_second", one, million * one, "messages/s", restart,
                 TS_FIELD(server.messages_per_second), "Messages of one connection, sustained."),
         decimal("server.messages_burst", one, million * one, "messages", restart,
                 TS_FIELD(server.messages_burst), "Messages of one connection at once."),
         decimal("server.control_frames_per_second", one, million * one, "frames/s", restart,
                 TS_FIELD(server.control_frames_per_second),
                 "Pings and pongs of one connection; twice as many at once."),
         integer("server.max_subscriptions", 1, 100'000, "subscriptions", restart,
                 TS_FIELD(server.max_subscriptions), "Subscriptions of one connection.")});
}

void add_patience(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {integer("server.max_pending_bytes", 64 * 1024, 1024 * mebi, "bytes", restart,
                 TS_FIELD(server.max_pending_bytes),
                 "Bytes that may wait for one client; a client beyond it is slow and is closed, "
                 "and may resume."),
         seconds("server.slow_write_seconds", 50ms, 300s, restart, TS_FIELD(server.slow_write),
                 "A write under way so long makes server.max_pending_bytes count."),
         seconds("server.write_stall_seconds", 100ms, 300s, restart, TS_FIELD(server.write_stall),
                 "A write under way so long ends the connection in any case."),
         seconds("server.handshake_timeout_seconds", 1s, 300s, restart,
                 TS_FIELD(server.handshake_timeout),
                 "Time in which a new connection has to say what it wants."),
         seconds("server.keep_alive_seconds", 1s, 3600s, restart, TS_FIELD(server.keep_alive),
                 "Time between two requests of a connection."),
         seconds("server.heartbeat_interval_seconds", 100ms, 60s, restart,
                 TS_FIELD(server.heartbeat_interval), "Pause between two heartbeats to a client."),
         seconds("server.ping_interval_seconds", 100ms, 300s, restart,
                 TS_FIELD(server.ping_interval), "A client that was silent for so long is pinged."),
         seconds("server.pong_timeout_seconds", 100ms, 300s, restart, TS_FIELD(server.pong_timeout),
                 "Time for the answer to a ping."),
         seconds("server.drain_timeout_seconds", 0s, 300s, restart, TS_FIELD(server.drain_timeout),
                 "Time that clients get at stop to take what waits for them.")});
}

}  // namespace

void add_server(std::vector<Setting>& table) {
    add_place(table);
    add_connection_limits(table);
    add_message_limits(table);
    add_patience(table);
    table.insert(table.end(),
                 {integer("stream.memory_bytes", mebi, std::int64_t{64} * 1024 * mebi, "bytes",
                          restart, TS_FIELD(stream.memory_limit),
                          "Memory of the event stream; the oldest events leave it first."),
                  integer("stream.archive_cache_bytes", mebi, std::int64_t{64} * 1024 * mebi,
                          "bytes", restart, TS_FIELD(stream.archive_cache),
                          "Memory for stored events that clients far behind read again."),
                  integer("stream.retention_bytes", mebi, std::int64_t{1} << 60, "bytes", restart,
                          TS_FIELD(stream.retention_bytes),
                          "The oldest stored events go, by files, when all together are longer."),
                  hours("stream.retention_hours", 1h, std::chrono::hours(24 * 3650), restart,
                        TS_FIELD(stream.retention_age),
                        "Stored events go, by files, when they are older.")});
}

}  // namespace tickstock

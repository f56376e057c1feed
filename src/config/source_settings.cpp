// Rows of the settings table: where records come from (SPEC 2).

#include <limits>

#include "config/setting_checks.hpp"
#include "config/setting_rows.hpp"
#include "config/table_parts.hpp"

namespace tickstock {
namespace {

using namespace setting_rows;
using namespace std::chrono_literals;

constexpr auto restart = SettingChange::Restart;
constexpr Micro one = 1'000'000;
constexpr std::int64_t kibi = 1 << 10;
constexpr std::int64_t mebi = 1 << 20;

// A member of Config by its path, for const and non-const configurations alike.
#define TS_FIELD(path)          \
    [](auto& config) -> auto& { \
        return config.path;     \
    }

void add_recorded(std::vector<Setting>& table) {
    auto names = text("source.names", "synthetic, replay, polygon, push", is_source_name, restart,
                      TS_FIELD(source.names),
                      "Sources that run, in any mix; of live ones the first has the highest "
                      "priority for a symbol that several have.");
    names.may_be_empty = false;
    table.push_back(std::move(names));
    table.insert(
        table.end(),
        {decimal("source.speed", 0, 1'000'000 * one, "× real time", restart, TS_FIELD(source.speed),
                 "Pace of replay and synthetic sources; 0 is as fast as possible."),
         boolean("source.loop", restart, TS_FIELD(source.loop),
                 "Start a finished replay or synthetic day anew, with empty state and a new "
                 "epoch."),
         text("source.files", "paths", {}, restart, TS_FIELD(source.files),
              "Files of the replay source, merged by time."),
         text("source.format",
              "empty, polygon-ws, polygon-trades-csv, polygon-quotes-csv, polygon-minute-csv, "
              "polygon-day-csv, csv, ndjson, dbn, alpaca-ws, journal",
              is_format_or_empty, restart, TS_FIELD(source.format),
              "Format of the files; empty detects it."),
         integer("source.synthetic.seed", 0, std::numeric_limits<std::int64_t>::max(), "", restart,
                 TS_FIELD(source.synthetic.seed), "The same seed gives the same market."),
         integer("source.synthetic.symbols", 1, 100'000, "symbols", restart,
                 TS_FIELD(source.synthetic.symbols), "Symbols of the synthetic market."),
         text("source.synthetic.date", "empty or a date YYYY-MM-DD from 1990 to 2035",
              is_date_or_empty, restart, TS_FIELD(source.synthetic.date),
              "Trading day to make; empty is the last one before today."),
         text("source.synthetic.start_at", "a time of day HH:MM:SS", is_time_of_day, restart,
              TS_FIELD(source.synthetic.start_at),
              "New York time at which pacing begins; all before runs at full speed."),
         decimal("source.synthetic.trades_per_second", one / 1000, 10'000'000 * one, "trades/s",
                 restart, TS_FIELD(source.synthetic.trades_per_second),
                 "Mean over the regular session, all symbols together."),
         boolean("source.synthetic.quotes", restart, TS_FIELD(source.synthetic.quotes),
                 "Make quotes too."),
         boolean("source.synthetic.bars", restart, TS_FIELD(source.synthetic.bars),
                 "Make minute bars too."),
         boolean("source.synthetic.fair_values", restart, TS_FIELD(source.synthetic.fair_values),
                 "Make fair values too."),
         word("source.clock", {"receive", "event"}, restart, TS_FIELD(source.clock),
              "What moves the clock of live sources: when a record reached us, or its own time "
              "(recorded days through a feed, at any pace)."),
         word("source.overlap", {"best", "all"}, restart, TS_FIELD(source.overlap),
              "A symbol that several live sources have: taken from the best one that is fresh, or "
              "from all of them."),
         seconds("source.stale_seconds", 100ms, 3600s, restart, TS_FIELD(source.stale),
                 "A live source without a record for so long leaves its symbols to the next live "
                 "source that has them; so many seconds of the others are held until then.")});
}

void add_polygon_place(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {text("source.polygon.url", "a wss:// or ws:// URL", is_websocket_url, restart,
              TS_FIELD(source.polygon.url),
              "Cluster of the vendor: feed host and market; ws:// is for a double on this "
              "machine."),
         text("source.polygon.business_url", "empty, or a wss:// or ws:// URL",
              is_websocket_url_or_empty, restart, TS_FIELD(source.polygon.business_url),
              "A second connection of the same key, for fair market values; empty = none."),
         text("source.polygon.channels", "T, Q, A, AM, FMV, LULD, NOI", is_polygon_channel, restart,
              TS_FIELD(source.polygon.channels), "What is subscribed to, as the vendor names it."),
         text("source.polygon.business_channels", "T, Q, A, AM, FMV, LULD, NOI", is_polygon_channel,
              restart, TS_FIELD(source.polygon.business_channels),
              "The same, on the second connection."),
         text("source.polygon.symbols", "* or symbols", is_symbol_or_all, restart,
              TS_FIELD(source.polygon.symbols), "Symbols subscribed to; * = all of the market."),
         text("source.polygon.key_file", "empty or a path", {}, restart,
              TS_FIELD(source.polygon.key_file),
              "File that holds the API key, readable by its owner only; empty takes the "
              "environment's TICKSTOCK_POLYGON_KEY."),
         text("source.polygon.certificate_file", "empty or a path", {}, restart,
              TS_FIELD(source.polygon.certificate_file),
              "Certificates trusted beside the system's, PEM; for a double or a proxy."),
         text("source.polygon.rest_url", "an https:// or http:// URL", is_http_url, restart,
              TS_FIELD(source.polygon.rest_url), "The vendor's REST service, for back-fill."),
         seconds("source.polygon.delay_seconds", 0s, 7200s, restart, TS_FIELD(source.polygon.delay),
                 "How far the clock stays behind what is received; a delayed feed needs 900.25. "
                 "Without effect with source.clock = event.")});
}

void add_polygon_patience(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {seconds("source.polygon.connect_timeout_seconds", 100ms, 300s, restart,
                 TS_FIELD(source.polygon.connect_timeout),
                 "From the begin of a connection to the answer to the key."),
         seconds("source.polygon.reconnect_seconds", 1ms, 300s, restart,
                 TS_FIELD(source.polygon.reconnect),
                 "First pause before a new connection; doubles with each failure, with jitter."),
         seconds("source.polygon.reconnect_max_seconds", 1ms, 3600s, restart,
                 TS_FIELD(source.polygon.reconnect_max), "Longest pause between connections."),
         seconds("source.polygon.eviction_pause_seconds", 1ms, 3600s, restart,
                 TS_FIELD(source.polygon.eviction_pause),
                 "Least pause after the vendor said max_connections; doubles until a connection "
                 "has held so long."),
         seconds("source.polygon.ping_seconds", 10ms, 300s, restart,
                 TS_FIELD(source.polygon.ping_interval), "Pause between pings to the vendor."),
         seconds("source.polygon.read_timeout_seconds", 50ms, 300s, restart,
                 TS_FIELD(source.polygon.read_timeout),
                 "A connection without any frame, pongs included, for so long is given up."),
         seconds("source.polygon.silence_seconds", 50ms, 3600s, restart,
                 TS_FIELD(source.polygon.silence),
                 "A connection without a record for so long while the market is open is given "
                 "up, and the silence told as a gap.")});
}

void add_polygon_limits(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {integer("source.polygon.queue_bytes", mebi, 4096 * mebi, "bytes", restart,
                 TS_FIELD(source.polygon.queue_bytes),
                 "Frames read and not yet decoded; what comes beyond is dropped, counted and "
                 "told as a gap."),
         integer("source.polygon.max_frame_bytes", 64 * kibi, 64 * mebi, "bytes", restart,
                 TS_FIELD(source.polygon.max_frame_bytes), "Largest frame accepted."),
         boolean("source.polygon.backfill", restart, TS_FIELD(source.polygon.backfill),
                 "Fetch what an outage missed by REST before the feed goes on."),
         seconds("source.polygon.backfill_max_seconds", 1s, 86'400s, restart,
                 TS_FIELD(source.polygon.backfill_max),
                 "Longest outage that is fetched, in market time; a longer one stays a gap."),
         seconds("source.polygon.backfill_timeout_seconds", 100ms, 3600s, restart,
                 TS_FIELD(source.polygon.backfill_timeout),
                 "Time for a back-fill; then the outage stays a gap and the feed goes on."),
         integer("source.push.queue_bytes", 64 * kibi, 4096 * mebi, "bytes", restart,
                 TS_FIELD(source.push.queue_bytes),
                 "Rows that clients have sent and that are not admitted yet; beyond it they are "
                 "asked to wait (429)."),
         integer("source.push.clients", 1, 1'000'000, "clients", restart,
                 TS_FIELD(source.push.clients),
                 "Clients whose last number is remembered, so that what they repeat counts "
                 "once.")});
}

}  // namespace

void add_sources(std::vector<Setting>& table) {
    add_recorded(table);
    add_polygon_place(table);
    add_polygon_patience(table);
    add_polygon_limits(table);
}

void add_storage(std::vector<Setting>& table) {
    auto url = text("storage.url",
                    "sqlite, off, or postgresql://USER@HOST:PORT/NAME without a password, which "
                    "stands in storage.password_file",
                    is_storage_url, restart, TS_FIELD(storage.url),
                    "Database of the history: a file in data.directory, or PostgreSQL.");
    url.may_hold_secret = true;
    table.push_back(std::move(url));
    table.insert(
        table.end(),
        {text("storage.password_file", "empty or a path", {}, restart,
              TS_FIELD(storage.password_file),
              "File with PostgreSQL's password, readable by its owner only; empty takes the "
              "environment's PGPASSWORD or ~/.pgpass."),
         seconds("storage.interval_seconds", 100ms, 3600s, restart, TS_FIELD(storage.interval),
                 "Pause between two batches of events, and the width of analytics."),
         integer("storage.batch_events", 1, 1'000'000, "events", restart,
                 TS_FIELD(storage.batch_events), "Most events of one transaction."),
         hours("storage.retention_hours", 1h, std::chrono::hours(24 * 36'500), restart,
               TS_FIELD(storage.retention), "Older rows are removed, once an hour."),
         boolean("storage.restore", restart, TS_FIELD(storage.restore),
                 "A start without a journal takes the session's extremes and counts from the "
                 "database.")});
}

#undef TS_FIELD

}  // namespace tickstock

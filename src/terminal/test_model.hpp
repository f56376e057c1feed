#pragma once

#include <string>

#include "terminal/top_board.hpp"

namespace tickstock {

// A server in bodies as the API writes them, shortened to what top reads.

inline const char* const test_status = R"({
 "version":"1.2.3","uptime_seconds":3780.5,"epoch":"e1","offset":23116,"ready":true,
 "session":"regular","sequence":7683033,"symbols":1000,
 "rates":{"records_per_second":1650.8,"records_per_second_peak":1767.9,
          "events_per_second":4.2,"events_per_second_peak":24},
 "batch_latency_seconds":{"count":5,"p50":0.00002,"p99":0.0002,"max":0.006},
 "channels":[
  {"name":"tick","status":"active","healthy":true,"records":7082343,"events":17558,"errors":0,
   "error_rate":0,"queue_size":0,"queue_limit":1000,"records_per_second":1461.9,
   "processing_seconds":{"p50":0.000001471,"p95":0.000004671,"p99":0.000012287}},
  {"name":"ohlcv","status":"active","healthy":false,"records":127511,"events":9418,"errors":12,
   "error_rate":1.1,"queue_size":6240,"queue_limit":8000,"records_per_second":0,
   "processing_seconds":{"p50":0.0017,"p95":0.0035,"p99":0.0056}},
  {"name":"fmv","status":"paused","healthy":true,"records":473141,"events":2682,"errors":0,
   "error_rate":0,"queue_size":12,"queue_limit":500,"records_per_second":96,
   "processing_seconds":{"p50":0.0000009,"p95":0.0000028,"p99":0.0000036}}],
 "sources":[{"name":"synthetic","detail":"1000 symbols, seed 1","state":"streaming",
             "last_record":1795187718938660158,"rows":{"in":5,"out":7682995},"feed":null},
            {"name":"polygon","detail":"delayed","state":"reconnecting","last_record":0,
             "rows":{"out":12},"feed":{"connections":[{"name":"stocks","state":"waiting",
             "lag_seconds":0.25,"silence_seconds":75.5}],"gaps":2}}],
 "shard_details":[{"shard":0,"lag_records":3}],
 "journal":{"state":"writing","last":7683033,"durable":7681704},
 "router":{"success_rate":99.976,"routing_errors":3,"circuit":"closed"},
 "shed":{"level":0},"storage":{"state":"ok","behind":1},
 "threads":[{"name":"server","cpu_seconds":0.5},{"name":"ts-engine","cpu_seconds":63.25},
            {"name":"ts-disk","cpu_seconds":1.75}],
 "clients":{"websocket":156,"sse":2,"socketio":1,"delay_p99_us":40},
 "process":{"resident_bytes":149786624,"cpu_seconds":65.5,"open_fds":21}})";

inline const char* const test_dashboard = R"({
 "system_overview":{"status":"DEGRADED","uptime_seconds":3780.5,"uptime_percent":99.9,
  "memory_used_bytes":1288490189,"memory_limit_bytes":2147483648,"cpu_percent":37.5,
  "active_symbols":{"tick":3210,"ohlcv":7890,"fmv":1120}},
 "channel_details":[{"name":"tick","success_rate":99.8,"p99_ms":28},
                    {"name":"fmv","mean_confidence":0.92}]})";

inline const char* const test_alerts = R"({
 "active":[{"id":2,"type":"QUEUE_OVERFLOW","severity":"critical","channel":"ohlcv",
   "message":"queue 78 % full","value":78,"threshold":75,"raised":1795187000000000000,
   "resolved":null},
  {"id":3,"type":"LOW_CONFIDENCE","severity":"info","channel":null,
   "message":"valuations are doubtful","value":0.4,"threshold":0.5,
   "raised":1795187700000000000,"resolved":null}],
 "recent":[{"id":1,"type":"HIGH_LATENCY","severity":"warning","channel":"tick",
   "message":"p99 61 ms","value":61,"threshold":50,"raised":1795186000000000000,
   "resolved":1795186060000000000}],
 "raised":3,"resolved":1,"suppressed":4})";

inline const char* const test_market = R"({"session":"regular",
 "leaders":{"highs":[{"symbol":"NVDA","count":17,"price":59.81,"percent_change":2.52,"value":17,
                      "direction":"up"},
                     {"symbol":"AAPL","count":9,"price":191.2,"percent_change":1.1,"value":9,
                      "direction":"up"}],
            "lows":[{"symbol":"XYZ","count":8,"price":0.4821,"percent_change":-0.98,"value":8,
                     "direction":"down"}],
            "surges":[],"trends":[],"relative_volume":[]},
 "breadth":{"highs":40,"lows":21,"advancing":620,"declining":310,"unchanged":70}})";

inline const char* const test_events = R"({"epoch":"e1","last":23116,"next":"e1:23116",
 "recovered":false,"gap":null,"events":[
 {"offset":23114,"ts_pub":1,"event":{"type":"high","symbol":"NVDA","direction":"up","price":59.81,
  "ts":1795187700000000000,"source":"tick","priority":1,
  "data":{"count_up":17,"percent_change":2.519}}},
 {"offset":23115,"ts_pub":1,"event":{"type":"surge","symbol":"XYZ","direction":"down",
  "price":0.4821,"ts":1795187710000000000,"source":"tick","priority":2,
  "data":{"surge_strength":"strong","magnitude":-0.6127,"volume_multiplier":5.13}}},
 {"offset":23116,"ts_pub":1,"event":{"type":"trend","symbol":"ICB","direction":"up","price":15.47,
  "ts":1795187718000000000,"source":"ohlcv","priority":3,
  "data":{"timeframe":"1m","percent_change":0.129}}}]})";

inline const char* const test_rollout = R"({"installed":false,"how":"tickstock rollout init"})";

/// Phase 2, two symbols fell back.
inline const char* const test_rollout_running = R"({"installed":true,
 "phase":{"number":2,"name":"phase_2_limited_rollout"},"flags":{"rollout_percentage":10},
 "symbols":{"multi_channel":98,"linear":902,"fallen":[{"symbol":"AA"},{"symbol":"BB"}]},
 "incident":null})";

inline constexpr UnixNanos test_wall = unix_nanos(1795187720'000000000);

/// A round in which every page answers.
inline TopPoll test_poll(Nanos monotonic = std::chrono::seconds{100}) {
    TopPoll poll;
    poll.of(TopPage::Status) = {200, test_status};
    poll.of(TopPage::Dashboard) = {200, test_dashboard};
    poll.of(TopPage::Alerts) = {200, test_alerts};
    poll.of(TopPage::Market) = {200, test_market};
    poll.of(TopPage::Events) = {200, test_events};
    poll.of(TopPage::Rollout) = {200, test_rollout};
    poll.wall = test_wall;
    poll.monotonic = monotonic;
    return poll;
}

/// A round against a server that has none of the newer pages yet.
inline TopPoll old_server_poll() {
    TopPoll poll = test_poll();
    for (const TopPage page : {TopPage::Dashboard, TopPage::Alerts, TopPage::Market}) {
        poll.of(page) = {503, R"({"error":{"code":"not_ready","message":"not built yet"}})"};
    }
    return poll;
}

inline std::string with(std::string text, const std::string& old, const std::string& by) {
    return text.replace(text.find(old), old.size(), by);
}

}  // namespace tickstock

// Rows of the settings table: alerts and where they go (SPEC 13).

#include "config/setting_checks.hpp"
#include "config/setting_rows.hpp"
#include "config/table_parts.hpp"

namespace tickstock {
namespace {

using namespace setting_rows;
using namespace std::chrono_literals;

constexpr auto live = SettingChange::Live;
constexpr Micro one = 1'000'000;

// A member of Config by its path, for const and non-const configurations alike.
#define TS_FIELD(path)          \
    [](auto& config) -> auto& { \
        return config.path;     \
    }

void add_alerts(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {boolean("monitoring.enabled", live, TS_FIELD(monitoring.enabled),
                 "Look at the running system and raise alerts."),
         seconds("monitoring.interval_seconds", 100ms, 60s, live, TS_FIELD(monitoring.interval),
                 "Pause between two looks."),
         seconds("monitoring.window_seconds", 1s, 3600s, live, TS_FIELD(monitoring.window),
                 "Rates and percentiles that alerts look at are those of the last so long."),
         seconds("monitoring.cooldown_seconds", 0s, 86'400s, live, TS_FIELD(monitoring.cooldown),
                 "An alert of the same type and channel is not raised again sooner."),
         hours("monitoring.history_hours", 1h, std::chrono::hours(24 * 90), live,
               TS_FIELD(monitoring.history), "Resolved alerts are kept for so long."),
         boolean("monitoring.log", live, TS_FIELD(monitoring.log),
                 "Alerts go into the log, too.")});
}

void add_thresholds(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {milliseconds("monitoring.latency_p99_ms", 1ms, 60s, live, TS_FIELD(monitoring.latency_p99),
                      "HIGH_LATENCY: a channel's 99th percentile above it."),
         decimal("monitoring.success_warning_percent", 0, 100 * one, "%", live,
                 TS_FIELD(monitoring.success_warning),
                 "LOW_SUCCESS_RATE, warning: a channel's share of records without error below it."),
         decimal("monitoring.success_error_percent", 0, 100 * one, "%", live,
                 TS_FIELD(monitoring.success_error), "The same, error."),
         integer("monitoring.memory_limit_bytes", 1 << 20, std::int64_t{1} << 50, "bytes", live,
                 TS_FIELD(monitoring.memory_limit), "MEMORY_USAGE: resident memory above it."),
         decimal("monitoring.queue_warning_percent", 0, 100 * one, "%", live,
                 TS_FIELD(monitoring.queue_warning),
                 "QUEUE_OVERFLOW, warning: a channel's queue fuller than it."),
         decimal("monitoring.queue_error_percent", 0, 100 * one, "%", live,
                 TS_FIELD(monitoring.queue_error), "The same, error."),
         decimal("monitoring.error_rate_percent", 0, 100 * one, "%", live,
                 TS_FIELD(monitoring.error_rate),
                 "channel_error_rate: the router's share of records without a route above it."),
         milliseconds("monitoring.routing_time_ms", 1ms, 60s, live,
                      TS_FIELD(monitoring.routing_time),
                      "channel_latency: the router's mean time above it."),
         decimal("monitoring.min_confidence", 0, one, "", live, TS_FIELD(monitoring.confidence),
                 "LOW_CONFIDENCE: the mean confidence of fair values below it."),
         seconds("monitoring.feed_stale_seconds", 1s, 86'400s, live,
                 TS_FIELD(monitoring.feed_stale),
                 "FEED_STALE: a required source without a record so long in an open market.")});
}

void add_webhooks(std::vector<Setting>& table) {
    Setting urls = text("monitoring.webhook_urls",
                        "http:// or https:// addresses with a host and without user name",
                        is_webhook_url, live, TS_FIELD(monitoring.webhook_urls),
                        "Each gets every alert, raised and resolved, as a POST of JSON.");
    urls.may_hold_secret = true;
    table.push_back(std::move(urls));
    table.insert(
        table.end(),
        {text("monitoring.webhook_secret_file", "empty or a path", {}, live,
              TS_FIELD(monitoring.webhook_secret_file),
              "File with the secret that signs what is posted (HMAC-SHA256); empty signs nothing."),
         seconds("monitoring.webhook_timeout_seconds", 100ms, 60s, live,
                 TS_FIELD(monitoring.webhook_timeout), "Time for one attempt."),
         integer("monitoring.webhook_attempts", 1, 20, "attempts", live,
                 TS_FIELD(monitoring.webhook_attempts),
                 "Attempts with growing pauses before a message is given up and counted."),
         integer("monitoring.webhook_queue", 1, 100'000, "messages", live,
                 TS_FIELD(monitoring.webhook_queue),
                 "Messages that may wait for one webhook; the oldest goes first beyond it.")});
}

}  // namespace

void add_monitoring(std::vector<Setting>& table) {
    add_alerts(table);
    add_thresholds(table);
    add_webhooks(table);
}

}  // namespace tickstock

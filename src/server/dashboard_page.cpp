// GET /api/v1/dashboard: S3's get_monitoring_dashboard_data().

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "base/json_writer.hpp"
#include "monitoring/alert_json.hpp"
#include "server/monitoring_api.hpp"
#include "server/process_stats.hpp"
#include "server/system_readings.hpp"

namespace tickstock {
namespace {

double milliseconds(Nanos time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

/// A figure of the monitor's last look; null where it has none.
std::optional<double> figure(const AlertReport& report, std::string_view name,
                             std::string_view channel = {}) {
    const Reading* const reading = find_reading(report.readings, name, channel);
    return reading == nullptr ? std::nullopt : std::optional(reading->value);
}

void number_or_null(JsonWriter& json, std::string_view key, std::optional<double> value) {
    json.key(key);
    value ? json.number(*value) : json.null();
}

void write_active_symbols(JsonWriter& json, const EngineStatus& status) {
    json.key("active_symbols").begin_object();
    const auto& by_channel = status.control.router.symbols_by_channel;
    for (std::size_t i = 0; i < by_channel.size(); ++i) {
        json.key(to_string(static_cast<ChannelType>(i))).number(by_channel[i]);
    }
    json.end_object();
}

/// The router's figures since the start: what the seeds' dashboard shows.
void write_router(JsonWriter& json, const RouterSummary& router) {
    json.key("router").begin_object().key("success_rate").number(router.success_rate());
    json.key("errors").number(router.routing_errors);
    json.key("circuit").string(to_string(router.circuit)).end_object();
}

void write_overview(JsonWriter& json, const EngineStatus* engine, const AlertReport& report,
                    const ClientCounts& clients, UnixNanos now) {
    static const EngineStatus none;
    const EngineStatus& status = engine == nullptr ? none : *engine;
    const ProcessStats process = read_process_stats();
    const double uptime = static_cast<double>(to_ns(now)) / 1e9 - process.start_time_seconds;
    json.key("system_overview").begin_object();
    json.key("status").string(system_state(engine, report.active));
    json.key("uptime_seconds").number(std::max(uptime, 0.0));
    number_or_null(json, "uptime_percent", figure(report, "system.uptime_percent"));
    json.key("memory_used_bytes").number(process.resident_bytes);
    json.key("memory_limit_bytes").number(report.settings->memory_limit);
    number_or_null(json, "cpu_percent", figure(report, "process.cpu_percent"));
    json.key("total_processed").number(status.accounting.sequencer.out);
    json.key("events_per_second").number(status.events_per_second);
    json.key("events_per_second_peak").number(status.events_per_second_peak);
    json.key("records_per_second").number(status.records_per_second);
    write_active_symbols(json, status);
    json.key("websocket_clients").number(clients.websocket_open + clients.socketio_open);
    write_router(json, status.control.router);
    json.end_object();
}

/// Rates and percentiles are those of the window; while there are too few records those since the
/// start.
void write_channel(JsonWriter& json, const ChannelSummary& channel, const AlertReport& report) {
    const std::string_view name = to_string(channel.type);
    json.begin_object().key("name").string(name).key("type").string(name);
    json.key("configured_name").string(channel.label());
    json.key("status").string(to_string(channel.status)).key("healthy").boolean(channel.healthy);
    json.key("processed").number(channel.counts.out);
    json.key("errors").number(channel.errors + channel.timed_out);
    json.key("events").number(channel.events).key("success_rate");
    json.number(
        figure(report, "channel.success_rate", name).value_or(100 - channel.error_rate_lifetime));
    json.key("queue_size").number(channel.queue_size);
    json.key("queue_limit").number(channel.queue_limit);
    json.key("records_per_second").number(channel.records_per_second);
    const auto time = [&](std::string_view key, std::string_view reading, double q) {
        const auto recent = figure(report, reading, name);
        const bool any = recent || channel.processing.count() > 0;
        number_or_null(
            json, key,
            any ? std::optional(recent.value_or(milliseconds(channel.processing.quantile(q))))
                : std::nullopt);
    };
    time("p50_ms", "channel.latency_p50_ms", 0.50);
    time("p95_ms", "channel.latency_p95_ms", 0.95);
    time("p99_ms", "channel.latency_p99_ms", 0.99);
    auto confidence = figure(report, "channel.confidence", name);
    if (!confidence && channel.confidences > 0) {
        confidence = channel.confidence_sum / static_cast<double>(channel.confidences);
    }
    number_or_null(json, "mean_confidence", confidence);
    json.end_object();
}

void write_thresholds(JsonWriter& json, const MonitoringSettings& settings) {
    json.key("performance_thresholds").begin_object();
    json.key("latency_p99_ms").number(milliseconds(settings.latency_p99));
    json.key("success_warning_percent").number(settings.success_warning);
    json.key("success_error_percent").number(settings.success_error);
    json.key("memory_limit_bytes").number(settings.memory_limit);
    json.key("queue_warning_percent").number(settings.queue_warning);
    json.key("queue_error_percent").number(settings.queue_error);
    json.key("error_rate_percent").number(settings.error_rate);
    json.key("routing_time_ms").number(milliseconds(settings.routing_time));
    json.key("min_confidence").number(settings.confidence);
    json.key("feed_stale_seconds").seconds(settings.feed_stale);
    json.key("window_seconds").seconds(settings.window);
    json.end_object();
}

}  // namespace

HttpResponse dashboard_page(const EngineStatus* status, const ServerInfo& info,
                            const ClientCounts& clients, UnixNanos now) {
    constexpr std::size_t recent_shown = 50;
    AlertReport without;
    without.settings = std::make_shared<const MonitoringSettings>(info.monitoring);
    const auto report = info.alerts == nullptr ? std::make_shared<const AlertReport>(without)
                                               : info.alerts->report();
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    write_overview(json, status, *report, clients, now);
    json.key("channel_details").begin_array();
    if (status != nullptr) {
        for (const ChannelSummary& channel : status->channels) {
            write_channel(json, channel, *report);
        }
    }
    json.end_array().key("active_alerts").begin_array();
    for (const Alert& alert : report->active) {
        write_alert(json, alert, now);
    }
    json.end_array().key("recent_alerts").begin_array();
    for (std::size_t i = 0; i < std::min(recent_shown, report->recent->size()); ++i) {
        write_alert(json, (*report->recent)[i], now);
    }
    json.end_array();
    write_thresholds(json, *report->settings);
    json.end_object();
    return json_response(std::move(text));
}

}  // namespace tickstock

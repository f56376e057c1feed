#include <algorithm>
#include <limits>

#include "terminal/json_reader.hpp"
#include "terminal/top_parse.hpp"

namespace tickstock {

using namespace json_reader;

namespace {

/// The dashboard's word for what the status says.
std::string status_word(const Json& json) {
    return flag(json, "draining") ? "DRAINING" : flag(json, "ready") ? "READY" : "NOT_READY";
}

/// `seconds`.`name` in ms.
Figure milliseconds(const Json& seconds, std::string_view name) {
    constexpr double ms_per_second = 1000;
    const Figure value = figure(seconds, name);
    return value ? Figure(*value * ms_per_second) : std::nullopt;
}

TopChannel channel_of(const Json& json) {
    constexpr double whole = 100;
    const Json& times = member(json, "processing_seconds");
    TopChannel channel;
    channel.name = text(json, "name");
    channel.status = text(json, "status");
    channel.healthy = flag(json, "healthy");
    channel.processed = figure(json, "records");
    channel.rate = figure(json, "records_per_second");
    channel.errors = figure(json, "errors");
    if (const Figure late = figure(json, "timed_out")) {  // the success rate counts them, too
        channel.errors = channel.errors.value_or(0) + *late;
    }
    channel.events = figure(json, "events");
    channel.queue = figure(json, "queue_size");
    channel.queue_limit = figure(json, "queue_limit");
    channel.p50_ms = milliseconds(times, "p50");
    channel.p95_ms = milliseconds(times, "p95");
    channel.p99_ms = milliseconds(times, "p99");
    if (const Figure rate = figure(json, "error_rate")) {
        channel.success = whole - *rate;
    }
    return channel;
}

/// A live feed: the connection that fares worst speaks for it.
void take_feed(const Json& feed, TopSource& source) {
    double silence = -1;
    for (const Json& connection : items(feed, "connections")) {
        if (const Figure quiet = figure(connection, "silence_seconds")) {
            silence = std::max(silence, *quiet);
        }
        if (const Figure lag = figure(connection, "lag_seconds")) {
            source.lag_seconds = std::max(source.lag_seconds.value_or(*lag), *lag);
        }
    }
    constexpr double longest = 1e9;  // s
    if (silence >= 0) {
        source.data_age = std::chrono::duration_cast<Nanos>(
            std::chrono::duration<double>(std::min(silence, longest)));
    }
    source.gaps = figure(feed, "gaps");
}

TopSource source_of(const Json& json) {
    TopSource source;
    source.name = text(json, "name");
    source.state = text(json, "state");
    source.detail = text(json, "detail");
    source.records = figure(member(json, "rows"), "out");
    take_feed(member(json, "feed"), source);
    return source;
}

void take_overview(const Json& json, TopOverview& overview) {
    overview.version = text(json, "version");
    overview.status = status_word(json);
    overview.session = text(json, "session");
    overview.uptime_seconds = figure(json, "uptime_seconds");
    overview.symbols = figure(json, "symbols");
    overview.records_total = figure(json, "sequence");
    overview.events_total = figure(json, "offset");

    const Json& rates = member(json, "rates");
    overview.records_per_second = figure(rates, "records_per_second");
    overview.records_peak = figure(rates, "records_per_second_peak");
    overview.events_per_second = figure(rates, "events_per_second");
    overview.events_peak = figure(rates, "events_per_second_peak");

    const Json& process = member(json, "process");
    overview.memory_bytes = figure(process, "resident_bytes");
    overview.open_files = figure(process, "open_fds");

    const Json& clients = member(json, "clients");
    overview.websocket = figure(clients, "websocket");
    overview.sse = figure(clients, "sse");
    overview.socketio = figure(clients, "socketio");
    overview.frames_delay_p99_us = figure(clients, "delay_p99_us");

    const Json& router = member(json, "router");
    overview.router_success = figure(router, "success_rate");
    overview.router_errors = figure(router, "routing_errors");
    overview.router_circuit = text(router, "circuit");

    overview.batch_p99_ms = milliseconds(member(json, "batch_latency_seconds"), "p99");
    overview.shed_level = figure(member(json, "shed"), "level");
    overview.lag_records = std::nullopt;
    for (const Json& shard : items(json, "shard_details")) {
        if (const Figure lag = figure(shard, "lag_records")) {
            overview.lag_records = std::max(overview.lag_records.value_or(0), *lag);
        }
    }
}

void take_stores(const Json& json, TopOverview& overview) {
    const Json& journal = member(json, "journal");
    overview.journal_state = journal.is_null() ? "off" : text(journal, "state");
    const Figure last = figure(journal, "last");
    const Figure durable = figure(journal, "durable");
    overview.journal_behind =
        last && durable ? Figure(std::max(*last - *durable, 0.0)) : std::nullopt;
    const Json& storage = member(json, "storage");
    overview.storage_state = storage.is_null() ? "off" : text(storage, "state");
    overview.storage_behind = figure(storage, "behind");
}

}  // namespace

bool read_status(const std::string& body, TopModel& model) {
    const auto json = parse(body);
    if (!json || !json->is_object()) {
        return false;
    }
    take_overview(*json, model.overview);
    take_stores(*json, model.overview);
    model.channels.clear();
    for (const Json& one : items(*json, "channels")) {
        model.channels.push_back(channel_of(one));
    }
    model.sources.clear();
    for (const Json& one : items(*json, "sources")) {
        model.sources.push_back(source_of(one));
    }
    model.threads.clear();
    for (const Json& one : items(*json, "threads")) {
        model.threads.push_back(
            {text(one, "name"), figure(one, "cpu_seconds").value_or(0), std::nullopt});
    }
    return true;
}

bool read_dashboard(const std::string& body, TopModel& model) {
    const auto json = parse(body);
    if (!json || !json->is_object()) {
        return false;
    }
    const Json& system = member(*json, "system_overview");
    TopOverview& overview = model.overview;
    if (const std::string status = text(system, "status"); !status.empty()) {
        overview.status = overview.status == "DRAINING" ? overview.status : status;
    }
    take(overview.uptime_seconds, figure(system, "uptime_seconds"));
    take(overview.uptime_percent, figure(system, "uptime_percent"));
    take(overview.memory_bytes, figure(system, "memory_used_bytes"));
    take(overview.memory_limit_bytes, figure(system, "memory_limit_bytes"));
    take(overview.cpu_percent, figure(system, "cpu_percent"));
    take(overview.records_per_second, figure(system, "records_per_second"));
    take(overview.events_per_second, figure(system, "events_per_second"));
    take(overview.events_peak, figure(system, "events_per_second_peak"));
    const Json& symbols = member(system, "active_symbols");
    take(overview.symbols_tick, figure(symbols, "tick"));
    take(overview.symbols_ohlcv, figure(symbols, "ohlcv"));
    take(overview.symbols_fmv, figure(symbols, "fmv"));

    for (const Json& one : items(*json, "channel_details")) {
        const std::string name = text(one, "name");
        const auto found =
            std::find_if(model.channels.begin(), model.channels.end(),
                         [&](const TopChannel& channel) { return channel.name == name; });
        if (found == model.channels.end()) {
            continue;
        }
        take(found->success, figure(one, "success_rate"));
        take(found->rate, figure(one, "records_per_second"));
        take(found->p50_ms, figure(one, "p50_ms"));
        take(found->p95_ms, figure(one, "p95_ms"));
        take(found->p99_ms, figure(one, "p99_ms"));
        take(found->confidence, figure(one, "mean_confidence"));
    }
    return true;
}

}  // namespace tickstock

// GET /api/v1/status, as docs/reference/protocol.md describes it.

#include <algorithm>

#include "base/hash.hpp"
#include "base/json_writer.hpp"
#include "engine/intake_text.hpp"
#include "server/alerts.hpp"
#include "server/channel_json.hpp"
#include "server/engine_json.hpp"
#include "server/feed_pages.hpp"
#include "server/process_stats.hpp"
#include "server/site.hpp"
#include "server/storage_pages.hpp"

namespace tickstock {
namespace {

void write_counts(JsonWriter& json, const StageCounts& counts) {
    json.begin_object().key("in").number(counts.in).key("out").number(counts.out);
    json.key("held").number(counts.held).key("dropped").begin_object();
    for (std::size_t i = 0; i < reason_count; ++i) {
        if (counts.dropped[i] > 0) {
            json.key(to_string(static_cast<Reason>(i))).number(counts.dropped[i]);
        }
    }
    json.end_object().end_object();
}

void write_accounting(JsonWriter& json, const Accounting& accounting) {
    json.key("accounting").begin_object();
    json.key("closes").boolean(accounting.closes());
    const auto stage = [&](std::string_view name, const StageCounts& counts) {
        json.key(name);
        write_counts(json, counts);
    };
    stage("sources", accounting.sources);
    stage("sequencer", accounting.sequencer);
    stage("router", accounting.router);
    stage("intake", accounting.intake);
    for (std::size_t i = 0; i < accounting.channels.size(); ++i) {
        stage(to_string(static_cast<ChannelType>(i)), accounting.channels[i]);
    }
    stage("detectors", accounting.detectors);
    stage("linear", accounting.linear);
    stage("selection", accounting.selection);
    stage("rules", accounting.rules);
    stage("coordination", accounting.coordination);
    stage("priority", accounting.priority);
    stage("publishing", accounting.publishing);
    json.end_object();
}

void write_channels(JsonWriter& json, const EngineStatus& status) {
    json.key("channels").begin_array();
    for (const ChannelSummary& channel : status.channels) {
        json.begin_object();
        write_channel_members(json, channel);
        json.end_object();
    }
    json.end_array();
}

void write_coordination(JsonWriter& json, const EngineStatus& status) {
    json.key("coordination").begin_array();
    status.coordination.for_each(
        [&](SourceKind source, EventType type, const CoordinationCounts& counts) {
            if (counts.received == 0) {
                return;
            }
            json.begin_object().key("source").string(to_string(source));
            json.key("type").string(to_string(type)).key("received").number(counts.received);
            json.key("conflicts").number(counts.conflicts);
            json.key("resolved").number(counts.resolved).key("emitted").number(counts.emitted);
            json.key("suppressed").number(counts.suppressed).end_object();
        });
    json.end_array().key("suppressed").begin_array();
    for (const SuppressedEntry& loser : status.suppressed) {
        json.begin_object().key("symbol").string(loser.symbol);
        json.key("type").string(to_string(loser.type));
        json.key("source").string(to_string(loser.source)).key("direction");
        loser.direction == Direction::None ? json.null() : json.string(to_string(loser.direction));
        json.key("price").price(loser.price).key("ts").number(to_ns(loser.ts));
        json.key("reason").string(to_string(loser.reason)).key("event");
        if (loser.winner == 0) {
            json.null();
        } else {
            std::string id;
            append_hex16(id, loser.winner);
            json.string(id);
        }
        json.end_object();
    }
    json.end_array();
}

void write_quarantine(JsonWriter& json, const EngineStatus& status) {
    constexpr std::size_t shown = 20;
    json.key("quarantine").begin_array();
    const std::size_t kept = status.quarantine ? status.quarantine->size() : 0;
    for (std::size_t i = kept - std::min(kept, shown); i < kept; ++i) {
        std::string entry;
        append_json(entry, (*status.quarantine)[i]);
        json.raw(entry);
    }
    json.end_array();
}

void write_sources(JsonWriter& json, const EngineStatus& status,
                   const std::vector<MonitorRule>& alert_rules) {
    write_alerts(json, status, alert_rules);
    write_quarantine(json, status);
    write_coordination(json, status);
    json.key("sources").begin_array();
    for (const SourceSummary& source : status.sources) {
        json.begin_object().key("name").string(source.name);
        json.key("detail").string(source.detail).key("state").string(source.state);
        json.key("required").boolean(source.required).key("speed").number(source.speed);
        json.key("loops").number(source.loops);
        json.key("last_record").number(to_ns(source.last_record)).key("rows");
        write_counts(json, source.counts);
        json.key("switches").number(source.switches).key("feed");
        source.feed ? write_feed(json, *source.feed) : void(json.null());
        json.end_object();
    }
    json.end_array();
}

void write_rules(JsonWriter& json, const EngineStatus& status) {
    json.key("source_contexts").begin_array();
    for (const SourceContextSummary& source : status.source_contexts) {
        json.begin_object().key("kind").string(to_string(source.kind));
        json.key("source").number(std::uint64_t{source.source.value()});
        json.key("records").number(source.counts.records);
        json.key("rejected").number(source.counts.rejected);
        json.key("events").number(source.counts.events);
        json.key("last_seen").number(to_ns(source.counts.last_seen));
        const Histogram& times =
            status.batch_latency_by_kind[static_cast<std::size_t>(source.kind)];
        const auto seconds = [&](std::string_view key, Nanos time) {
            json.key(key);
            times.count() == 0 ? json.null() : json.seconds(time);
        };
        seconds("mean_seconds", times.mean());
        seconds("p99_seconds", times.quantile(0.99));
        json.end_object();
    }
    json.end_array().key("rules").begin_array();
    for (const RuleSummary& rule : status.rules) {
        json.begin_object().key("name").string(rule.name).key("kind").string(rule.kind);
        json.key("on").boolean(rule.on);
        json.key("evaluated").number(rule.activity.evaluated);
        json.key("acted").number(rule.activity.acted).key("failed").number(rule.activity.failed);
        json.key("disabled_symbols").number(rule.activity.disabled_symbols).end_object();
    }
    json.end_array();
}

void write_engine(JsonWriter& json, const EngineStatus& status,
                  const std::vector<MonitorRule>& alert_rules) {
    json.key("ready").boolean(status.ready).key("clock").number(to_ns(status.clock));
    json.key("session").string(to_string(status.session));
    json.key("period").string(to_string(status.period));
    json.key("sequence").number(status.last_sequence).key("symbols").number(status.symbols);
    json.key("shards").number(status.shards);
    json.key("open_deadlines").number(status.open_deadlines);
    json.key("second_bars").number(status.second_bars);
    json.key("halted_symbols").number(status.halted_symbols);
    json.key("unknown_conditions").number(status.unknown_conditions);
    json.key("rates").begin_object();
    json.key("records_per_second").number(status.records_per_second);
    json.key("records_per_second_peak").number(status.records_per_second_peak);
    json.key("events_per_second").number(status.events_per_second);
    json.key("events_per_second_peak").number(status.events_per_second_peak).end_object();
    json.key("batch_latency_seconds").begin_object();
    json.key("count").number(status.batch_latency.count());
    json.key("p50").seconds(status.batch_latency.quantile(0.5));
    json.key("p99").seconds(status.batch_latency.quantile(0.99));
    json.key("max").seconds(status.batch_latency.max()).end_object();
    json.key("records_by_type").begin_object();
    for (std::size_t i = 0; i < status.records_by_kind.size(); ++i) {
        json.key(to_string(static_cast<RecordKind>(i))).number(status.records_by_kind[i]);
    }
    json.end_object().key("events_by_type").begin_object();
    for (std::size_t i = 0; i < status.events_by_type.size(); ++i) {
        json.key(to_string(static_cast<EventType>(i))).number(status.events_by_type[i]);
    }
    json.end_object();
    write_accounting(json, status.accounting);
    write_channels(json, status);
    write_sources(json, status, alert_rules);
    write_rules(json, status);
    write_control_members(json, status.control);
}

void write_clients(JsonWriter& json, const ClientCounts& clients, const Fanout& fanout) {
    json.key("clients").begin_object().key("websocket").number(clients.websocket_open);
    json.key("sse").number(clients.sse_open).key("socketio").number(clients.socketio_open);
    json.key("http").number(clients.http_open);
    json.key("subscriptions").number(clients.subscriptions);
    json.key("accepted").number(clients.accepted).key("refused").number(clients.refused);
    json.key("messages_in").number(clients.messages_in);
    json.key("errors").number(clients.protocol_errors);
    json.key("frames_out").number(clients.frames_out);
    json.key("events_out").number(clients.events_out);
    json.key("bytes_out").number(clients.bytes_out).key("gaps").number(clients.gaps);
    json.key("frames_built").number(fanout.counts().frames_built);
    json.key("frames_shared").number(fanout.counts().frames_shared);
    json.key("frames_gathered").number(fanout.counts().frames_gathered);
    json.key("delay_p50_us").number(clients.delay.quantile(0.5) / Nanos{1000});
    json.key("delay_p99_us").number(clients.delay.quantile(0.99) / Nanos{1000});
    json.key("closed").begin_object();
    const auto codes = close_codes();
    for (std::size_t i = 0; i < codes.size(); ++i) {
        json.key(codes[i].reason).number(clients.closes[i]);
    }
    json.end_object().end_object();
}

void write_process(JsonWriter& json) {
    const ProcessStats process = read_process_stats();
    json.key("process").begin_object();
    json.key("resident_bytes").number(process.resident_bytes);
    json.key("cpu_seconds").number(process.cpu_seconds);
    json.key("open_fds").number(process.open_fds).end_object();
}

}  // namespace

HttpResponse Site::status_page() const {
    const StreamRange range = parts_.stream.range();
    const auto up = parts_.clock.monotonic() - started_;
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("version").string(parts_.info.version);
    json.key("uptime_seconds").number(std::chrono::duration<double>(up).count());
    json.key("epoch").string(range.epoch).key("offset").number(range.last.value());
    json.key("first_offset").number(range.first.value());
    if (const auto status = parts_.status()) {
        write_engine(json, *status, *alert_rules_of(parts_.info));
    } else {
        json.key("ready").boolean(false);
    }
    write_clients(json, parts_.clients, parts_.fanout);
    json.key("storage");
    write_storage(json, parts_.info.history_writer);
    write_process(json);
    json.end_object();
    return json_response(std::move(text));
}

}  // namespace tickstock

#include "server/engine_json.hpp"

#include "server/channel_json.hpp"

namespace tickstock {
namespace {

double milliseconds(Nanos time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

/// Times that may not have been yet.
void write_ns(JsonWriter& json, UnixNanos time) {
    to_ns(time) == 0 ? json.null() : json.number(to_ns(time));
}

}  // namespace

void write_shards(JsonWriter& json, const std::vector<ShardSummary>& shards) {
    json.begin_array();
    for (const ShardSummary& shard : shards) {
        json.begin_object().key("shard").number(shard.shard).key("symbols").number(shard.symbols);
        json.key("done_through").number(shard.done_through.value());
        json.key("lag_records").number(shard.lag_records);
        json.key("lag_seconds").seconds(shard.lag);
        json.key("reading_from_file").boolean(shard.reading_from_file);
        json.key("queued").begin_object();
        for (std::size_t i = 0; i < shard.queued.size(); ++i) {
            json.key(to_string(static_cast<ChannelType>(i))).number(shard.queued[i]);
        }
        json.end_object().key("processed").number(shard.processed);
        json.key("mean_seconds").seconds(shard.mean_time).end_object();
    }
    json.end_array();
}

void write_journal(JsonWriter& json, const JournalSummary& journal) {
    json.begin_object().key("directory").string(journal.directory);
    json.key("state").string(journal.state).key("reason").string(journal.reason);
    json.key("since");
    write_ns(json, journal.since);
    json.key("writable").boolean(journal.writable());
    json.key("durability").string(journal.durability);
    json.key("first").number(journal.first.value()).key("last").number(journal.last.value());
    json.key("written").number(journal.written.value());
    json.key("durable").number(journal.durable.value());
    json.key("bytes").number(journal.bytes).key("segments").number(journal.segments);
    json.key("unwritten_bytes").number(journal.unwritten_bytes);
    json.key("syncs").number(journal.syncs);
    json.key("last_sync_seconds").seconds(journal.last_sync);
    json.key("disk_full_stops").number(journal.disk_full_stops).end_object();
}

void write_snapshot(JsonWriter& json, const SnapshotSummary& snapshot) {
    json.begin_object().key("sequence");
    snapshot.last.value() == 0 ? json.null() : json.number(snapshot.last.value());
    json.key("taken");
    write_ns(json, snapshot.taken);
    json.key("age_seconds");
    snapshot.last.value() == 0 ? json.null() : json.seconds(snapshot.age);
    json.key("took_seconds").seconds(snapshot.took);
    json.key("bytes").number(snapshot.bytes).key("count").number(snapshot.count);
    json.key("failures").number(snapshot.failures);
    json.key("last_error").string(snapshot.last_error).end_object();
}

void write_router(JsonWriter& json, const RouterSummary& router) {
    json.begin_object().key("strategy").string(router.strategy);
    json.key("total_routed").number(router.total_routed);
    json.key("routing_errors").number(router.routing_errors);
    json.key("error_rate").number(router.error_rate());
    json.key("success_rate").number(router.success_rate());
    json.key("avg_routing_time_ms").number(milliseconds(router.routing_time.mean()));
    json.key("avg_selection_time_ms").number(milliseconds(router.selection_time.mean()));
    json.key("last_activity").number(to_ns(router.last_activity));
    json.key("routes_by_type").begin_object();
    for (std::size_t i = 0; i < router.routes_by_type.size(); ++i) {
        json.key(to_string(static_cast<RecordKind>(i))).number(router.routes_by_type[i]);
    }
    json.end_object().key("routes_by_channel").begin_object();
    for (std::size_t i = 0; i < router.routes_by_channel.size(); ++i) {
        json.key(to_string(static_cast<ChannelType>(i))).number(router.routes_by_channel[i]);
    }
    json.end_object().key("circuit").string(to_string(router.circuit));
    json.key("circuit_trips").number(router.circuit_trips);
    json.key("errors_by_reason").begin_object();
    json.key("unidentified").number(router.unidentified);
    json.key("no_channel").number(router.no_channel);
    json.key("none_healthy").number(router.none_healthy);
    json.key("timed_out").number(router.timed_out).end_object();
    json.key("moves").number(router.moves).key("circuit_history");
    write_circuit_history(json, router.circuit_history);
    json.end_object();
}

void write_recovery(JsonWriter& json, const RecoverySummary& recovery) {
    json.begin_object().key("done").boolean(recovery.done);
    json.key("had_journal").boolean(recovery.had_journal);
    json.key("had_snapshot").boolean(recovery.had_snapshot);
    json.key("snapshot").number(recovery.snapshot.value());
    json.key("recovered_through").number(recovery.recovered_through.value());
    json.key("entries_run").number(recovery.entries_run);
    json.key("events_compared").number(recovery.events_compared);
    json.key("events_published").number(recovery.events_published);
    json.key("torn_bytes").number(recovery.torn_bytes);
    json.key("new_epoch").boolean(recovery.new_epoch);
    json.key("why_new_epoch").string(recovery.why_new_epoch);
    json.key("took_seconds").seconds(recovery.took).key("notes").begin_array();
    for (const std::string& note : recovery.notes) {
        json.string(note);
    }
    json.end_array().end_object();
}

void write_shed(JsonWriter& json, const ShedSummary& shed) {
    json.begin_object().key("level").number(shed.level).key("pending").number(shed.pending);
    json.key("capacity").number(shed.capacity).key("by_class").begin_object();
    for (std::size_t i = 0; i < shed.by_class.size(); ++i) {
        json.key(std::to_string(i + 1)).number(shed.by_class[i]);
    }
    json.end_object().end_object();
}

void write_decisions(JsonWriter& json, const std::vector<DecisionSummary>& decisions) {
    json.begin_array();
    for (const DecisionSummary& decision : decisions) {
        json.begin_object().key("sequence").number(decision.sequence.value());
        json.key("kind").string(decision.kind).key("text").string(decision.text);
        json.key("by").string(decision.by).key("clock").number(to_ns(decision.clock));
        json.key("wall").number(to_ns(decision.wall)).end_object();
    }
    json.end_array();
}

void write_threads(JsonWriter& json, const std::vector<ThreadSummary>& threads) {
    json.begin_array();
    for (const ThreadSummary& thread : threads) {
        json.begin_object().key("name").string(thread.name);
        json.key("cpu_seconds").number(thread.cpu_seconds).end_object();
    }
    json.end_array();
}

void write_universe(JsonWriter& json, const UniverseSummary& universe, bool with_symbols) {
    json.begin_object().key("name").string(universe.name);
    json.key("priority").boolean(universe.priority);
    json.key("count").number(std::uint64_t{universe.symbols.size()});
    if (with_symbols) {
        json.key("symbols").begin_array();
        for (const std::string& symbol : universe.symbols) {
            json.string(symbol);
        }
        json.end_array();
    }
    json.end_object();
}

void write_universes(JsonWriter& json, const ControlStatus& control) {
    json.begin_array();
    if (control.universes != nullptr) {
        for (const UniverseSummary& universe : *control.universes) {
            write_universe(json, universe, false);
        }
    }
    json.end_array();
}

void write_control_members(JsonWriter& json, const ControlStatus& control) {
    json.key("draining").boolean(control.draining).key("shard_details");
    write_shards(json, control.shards);
    json.key("journal");
    write_journal(json, control.journal);
    json.key("snapshot");
    write_snapshot(json, control.snapshot);
    json.key("router");
    write_router(json, control.router);
    json.key("recovery");
    write_recovery(json, control.recovery);
    json.key("shed");
    write_shed(json, control.shed);
    json.key("universes");
    write_universes(json, control);
    json.key("decision_total").number(control.decision_total).key("decisions");
    write_decisions(json, control.decisions);
    json.key("threads");
    write_threads(json, control.threads);
}

}  // namespace tickstock

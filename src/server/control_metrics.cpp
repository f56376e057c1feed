#include "server/control_metrics.hpp"

#include <string>

#include "metrics/names.hpp"

namespace tickstock {
namespace {

void single(MetricsWriter& out, const MetricFamily& family, auto value) {
    out.family(family);
    out.sample({}, value);
}

std::uint64_t flag(bool value) {
    return value ? 1 : 0;
}

double seconds(Nanos time) {
    return std::chrono::duration<double>(time).count();
}

double openness(CircuitState state) {
    return state == CircuitState::Closed ? 0.0 : state == CircuitState::Open ? 1.0 : 0.5;
}

/// One sample a channel of a value that `get` takes from its summary.
void by_channel(MetricsWriter& out, const EngineStatus& status, const MetricFamily& family,
                auto get) {
    out.family(family);
    for (const ChannelSummary& channel : status.channels) {
        out.sample({{"channel", to_string(channel.type)}}, get(channel));
    }
}

void write_channel_work(MetricsWriter& out, const EngineStatus& status) {
    out.family(metric::channel_processing);
    for (const ChannelSummary& channel : status.channels) {
        out.sample({{"channel", to_string(channel.type)}}, channel.processing);
    }
    out.family(metric::channel_batch);
    for (const ChannelSummary& channel : status.channels) {
        out.sample({{"channel", to_string(channel.type)}}, channel.batch);
    }
    by_channel(out, status, metric::channel_processed, [](const auto& c) { return c.counts.in; });
    by_channel(out, status, metric::channel_errors, [](const auto& c) { return c.errors; });
    by_channel(out, status, metric::channel_timed_out, [](const auto& c) { return c.timed_out; });
    by_channel(out, status, metric::channel_error_ratio,
               [](const auto& c) { return c.error_rate / 100.0; });
    by_channel(out, status, metric::channel_events, [](const auto& c) { return c.events; });
    by_channel(out, status, metric::channel_batches, [](const auto& c) { return c.batches; });
    by_channel(out, status, metric::channel_dead_letters,
               [](const auto& c) { return c.dead_letter_total; });
    out.family(metric::channel_filtered);
    for (const ChannelSummary& channel : status.channels) {
        write_dropped(out, "channel", to_string(channel.type), channel.counts);
    }
}

void write_channel_state(MetricsWriter& out, const EngineStatus& status) {
    by_channel(out, status, metric::channel_health, [](const auto& c) { return flag(c.healthy); });
    out.family(metric::channel_state);
    for (const ChannelSummary& channel : status.channels) {
        out.sample({{"channel", to_string(channel.type)}, {"state", to_string(channel.status)}},
                   std::uint64_t{1});
    }
    by_channel(out, status, metric::channel_circuit,
               [](const auto& c) { return openness(c.circuit); });
    by_channel(out, status, metric::channel_trips, [](const auto& c) { return c.circuit_trips; });
    by_channel(out, status, metric::channel_queue, [](const auto& c) { return c.queue_size; });
    by_channel(out, status, metric::channel_queue_limit,
               [](const auto& c) { return c.queue_limit; });
    by_channel(out, status, metric::channel_oldest,
               [](const auto& c) { return seconds(c.oldest_age); });
    by_channel(out, status, metric::channel_parked, [](const auto& c) { return c.parked; });
    out.family(metric::channel_overflow);
    for (const ChannelSummary& channel : status.channels) {
        const auto name = to_string(channel.type);
        out.sample({{"channel", name}, {"action", "drop_oldest"}}, channel.skipped);
        out.sample({{"channel", name}, {"action", "drop_newest"}}, channel.queue_full);
    }
}

void write_router(MetricsWriter& out, const RouterSummary& router) {
    out.family(metric::router_routing);
    out.sample({}, router.routing_time);
    out.family(metric::router_selection);
    out.sample({}, router.selection_time);
    out.family(metric::router_routes);
    for (std::size_t i = 0; i < router.routes_by_type.size(); ++i) {
        out.sample({{"type", to_string(static_cast<RecordKind>(i))}}, router.routes_by_type[i]);
    }
    out.family(metric::router_channel_routes);
    for (std::size_t i = 0; i < router.routes_by_channel.size(); ++i) {
        out.sample({{"channel", to_string(static_cast<ChannelType>(i))}},
                   router.routes_by_channel[i]);
    }
    out.family(metric::router_errors);
    out.sample({{"reason", "unidentified"}}, router.unidentified);
    out.sample({{"reason", "no_channel"}}, router.no_channel);
    out.sample({{"reason", "none_healthy"}}, router.none_healthy);
    out.sample({{"reason", "timed_out"}}, router.timed_out);
    single(out, metric::router_circuit, openness(router.circuit));
    single(out, metric::router_trips, router.circuit_trips);
    single(out, metric::router_moves, router.moves);
}

void write_shards(MetricsWriter& out, const std::vector<ShardSummary>& shards) {
    const auto by_shard = [&](const MetricFamily& family, auto get) {
        out.family(family);
        for (const ShardSummary& shard : shards) {
            out.sample({{"shard", std::to_string(shard.shard)}}, get(shard));
        }
    };
    by_shard(metric::shard_symbols, [](const auto& s) { return s.symbols; });
    by_shard(metric::shard_lag, [](const auto& s) { return s.lag_records; });
    by_shard(metric::shard_lag_seconds, [](const auto& s) { return seconds(s.lag); });
    by_shard(metric::shard_processed, [](const auto& s) { return s.processed; });
    by_shard(metric::shard_from_file, [](const auto& s) { return flag(s.reading_from_file); });
}

void write_journal(MetricsWriter& out, const JournalSummary& journal) {
    if (journal.state == "none") {
        return;
    }
    single(out, metric::journal_writable, flag(journal.writable()));
    single(out, metric::journal_written, journal.written.value());
    single(out, metric::journal_durable, journal.durable.value());
    single(out, metric::journal_bytes, journal.bytes);
    single(out, metric::journal_segments, journal.segments);
    single(out, metric::journal_unwritten, journal.unwritten_bytes);
    single(out, metric::journal_syncs, journal.syncs);
    single(out, metric::journal_last_sync, seconds(journal.last_sync));
    single(out, metric::journal_full, journal.disk_full_stops);
}

void write_snapshots(MetricsWriter& out, const SnapshotSummary& snapshot) {
    single(out, metric::snapshots, snapshot.count);
    single(out, metric::snapshot_failures, snapshot.failures);
    if (snapshot.last.value() == 0) {
        return;
    }
    single(out, metric::snapshot_sequence, snapshot.last.value());
    single(out, metric::snapshot_age, seconds(snapshot.age));
    single(out, metric::snapshot_took, seconds(snapshot.took));
    single(out, metric::snapshot_bytes, snapshot.bytes);
}

void write_shed(MetricsWriter& out, const ShedSummary& shed) {
    single(out, metric::shed_level, std::uint64_t{shed.level});
    single(out, metric::shed_pending, shed.pending);
    single(out, metric::shed_capacity, shed.capacity);
    out.family(metric::shed_events);
    for (std::size_t i = 0; i < shed.by_class.size(); ++i) {
        out.sample({{"class", std::to_string(i + 1)}}, shed.by_class[i]);
    }
}

}  // namespace

void write_dropped(MetricsWriter& out, std::string_view label, std::string_view name,
                   const StageCounts& counts) {
    for (std::size_t i = 0; i < reason_count; ++i) {
        if (counts.dropped[i] > 0) {
            out.sample({{label, name}, {"reason", to_string(static_cast<Reason>(i))}},
                       counts.dropped[i]);
        }
    }
}

void write_control_metrics(MetricsWriter& out, const EngineStatus& status) {
    const ControlStatus& control = status.control;
    write_channel_work(out, status);
    write_channel_state(out, status);
    write_router(out, control.router);
    write_shards(out, control.shards);
    write_journal(out, control.journal);
    write_snapshots(out, control.snapshot);
    write_shed(out, control.shed);
    single(out, metric::decisions, control.decision_total);
    single(out, metric::recovery_seconds, seconds(control.recovery.took));
    single(out, metric::recovery_entries, control.recovery.entries_run);
    single(out, metric::draining, flag(control.draining));
    out.family(metric::thread_cpu);
    for (const ThreadSummary& thread : control.threads) {
        out.sample({{"thread", thread.name}}, thread.cpu_seconds);
    }
}

}  // namespace tickstock

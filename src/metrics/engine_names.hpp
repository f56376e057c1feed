#pragma once

#include <array>

#include "metrics/metric_family.hpp"

namespace tickstock::metric {

using enum MetricType;

// Channels. Label channel: tick, ohlcv, fmv.
inline constexpr MetricFamily channel_processing{"tickstock_channel_processing_seconds", Histogram,
                                                 "Processing of a record, by channel"};
inline constexpr MetricFamily channel_processed{"tickstock_channel_processed_total", Counter,
                                                "Records processed, by channel"};
inline constexpr MetricFamily channel_errors{"tickstock_channel_errors_total", Counter,
                                             "Records that failed, by channel"};
inline constexpr MetricFamily channel_filtered{"tickstock_channel_filtered_total", Counter,
                                               "Records filtered, by channel and reason"};
inline constexpr MetricFamily channel_events{"tickstock_channel_events_generated_total", Counter,
                                             "Detections made, by channel"};
inline constexpr MetricFamily channel_health{"tickstock_channel_health", Gauge,
                                             "1 when the channel is healthy, else 0, by channel"};
inline constexpr MetricFamily channel_queue{"tickstock_channel_queue_records", Gauge,
                                            "Admitted, unprocessed records, by channel"};
inline constexpr MetricFamily channel_queue_limit{"tickstock_channel_queue_limit_records", Gauge,
                                                  "Configured queue size, by channel"};

inline constexpr MetricFamily channel_batch{"tickstock_channel_batch_seconds", Histogram,
                                            "Queue wait and work of a batch, by channel"};
inline constexpr MetricFamily channel_batches{"tickstock_channel_batches_total", Counter,
                                              "Batches worked, by channel"};
inline constexpr MetricFamily channel_timed_out{"tickstock_channel_timed_out_total", Counter,
                                                "Records past their time-out, by channel"};
inline constexpr MetricFamily channel_error_ratio{"tickstock_channel_error_ratio", Gauge,
                                                  "Share of failed records, last 60 s, by channel"};
inline constexpr MetricFamily channel_oldest{"tickstock_channel_oldest_seconds", Gauge,
                                             "Wait of the oldest queued record, by channel"};
inline constexpr MetricFamily channel_parked{
    "tickstock_channel_parked_records", Gauge,
    "Queued records kept while the channel is paused or in error, by channel"};
inline constexpr MetricFamily channel_overflow{
    "tickstock_channel_overflow_total", Counter,
    "Records dropped because the queue was full, by channel and overflow action"};
inline constexpr MetricFamily channel_dead_letters{"tickstock_channel_dead_letters_total", Counter,
                                                   "Failed (record, detector) pairs, by channel"};
inline constexpr MetricFamily channel_state{"tickstock_channel_state", Gauge,
                                            "1 for the state that the channel is in, by channel"};
inline constexpr MetricFamily channel_circuit{
    "tickstock_channel_circuit_open", Gauge,
    "Circuit: 0 closed, 0.5 half-open, 1 open, by channel"};
inline constexpr MetricFamily channel_trips{"tickstock_channel_circuit_trips_total", Counter,
                                            "Times that the circuit opened, by channel"};

// Router. Label type: trade, quote, bar, fair_value, trading_status.
inline constexpr MetricFamily router_routing{"tickstock_router_routing_seconds", Histogram,
                                             "Time to route a record"};
inline constexpr MetricFamily router_selection{"tickstock_router_channel_selection_seconds",
                                               Histogram,
                                               "Time to decide on which shards symbols live"};
inline constexpr MetricFamily router_routes{"tickstock_router_routes_total", Counter,
                                            "Records routed, by type"};
inline constexpr MetricFamily router_errors{"tickstock_router_errors_total", Counter,
                                            "Records without a route, by reason"};

inline constexpr MetricFamily router_circuit{"tickstock_router_circuit_open", Gauge,
                                             "Circuit: 0 closed, 0.5 half-open, 1 open"};
inline constexpr MetricFamily router_trips{"tickstock_router_circuit_trips_total", Counter,
                                           "Times that the circuit opened"};
inline constexpr MetricFamily router_moves{"tickstock_router_moves_total", Counter,
                                           "Symbols that changed their shard"};
inline constexpr MetricFamily router_channel_routes{"tickstock_router_channel_routes_total",
                                                    Counter, "Records routed, by channel"};

// Shards. Label shard: its number.
inline constexpr MetricFamily shard_symbols{"tickstock_shard_symbols", Gauge,
                                            "Symbols that live on a shard, by shard"};
inline constexpr MetricFamily shard_lag{"tickstock_shard_lag_records", Gauge,
                                        "Entries behind the last admitted one, by shard"};
inline constexpr MetricFamily shard_lag_seconds{"tickstock_shard_lag_seconds", Gauge,
                                                "Wait of the oldest unworked entry, by shard"};
inline constexpr MetricFamily shard_processed{"tickstock_shard_processed_total", Counter,
                                              "Records worked, by shard"};
inline constexpr MetricFamily shard_from_file{
    "tickstock_shard_reading_from_file", Gauge,
    "1 while a shard reads the journal's files because it is behind, by shard"};

// Journal and snapshots.
inline constexpr MetricFamily journal_writable{"tickstock_journal_writable", Gauge,
                                               "1 while the journal writes, else 0"};
inline constexpr MetricFamily journal_written{"tickstock_journal_written_sequence", Gauge,
                                              "Last entry with the operating system"};
inline constexpr MetricFamily journal_durable{"tickstock_journal_durable_sequence", Gauge,
                                              "Last entry on the disk"};
inline constexpr MetricFamily journal_bytes{"tickstock_journal_bytes", Gauge,
                                            "Size of all segments"};
inline constexpr MetricFamily journal_segments{"tickstock_journal_segments", Gauge,
                                               "Segments kept"};
inline constexpr MetricFamily journal_unwritten{"tickstock_journal_unwritten_bytes", Gauge,
                                                "Appended and not yet written"};
inline constexpr MetricFamily journal_syncs{"tickstock_journal_syncs_total", Counter,
                                            "Times that the journal was synced"};
inline constexpr MetricFamily journal_last_sync{"tickstock_journal_last_sync_seconds", Gauge,
                                                "How long the last sync took"};
inline constexpr MetricFamily journal_full{"tickstock_journal_disk_full_total", Counter,
                                           "Times that admission stopped for a full disk"};
inline constexpr MetricFamily snapshot_sequence{"tickstock_snapshot_sequence", Gauge,
                                                "Sequence of the last snapshot"};
inline constexpr MetricFamily snapshot_age{"tickstock_snapshot_age_seconds", Gauge,
                                           "Age of the last snapshot; absent before one"};
inline constexpr MetricFamily snapshot_took{"tickstock_snapshot_last_seconds", Gauge,
                                            "How long the last snapshot took"};
inline constexpr MetricFamily snapshot_bytes{"tickstock_snapshot_bytes", Gauge,
                                             "Size of the last snapshot"};
inline constexpr MetricFamily snapshots{"tickstock_snapshots_total", Counter, "Snapshots taken"};
inline constexpr MetricFamily snapshot_failures{"tickstock_snapshot_failures_total", Counter,
                                                "Snapshots that failed"};

// Shedding (label class: 1 … 4), decisions, recovery, threads.
inline constexpr MetricFamily shed_level{"tickstock_shed_level", Gauge,
                                         "Shed level: 0 none to 4 all but control"};
inline constexpr MetricFamily shed_pending{"tickstock_shed_pending_events", Gauge,
                                           "Events not yet published"};
inline constexpr MetricFamily shed_capacity{"tickstock_shed_capacity_events", Gauge,
                                            "Events that may wait"};
inline constexpr MetricFamily shed_events{"tickstock_shed_events_total", Counter,
                                          "Events shed, by class"};
inline constexpr MetricFamily decisions{"tickstock_decisions_total", Counter, "Decisions taken"};
inline constexpr MetricFamily recovery_seconds{"tickstock_recovery_seconds", Gauge,
                                               "How long this start's recovery took"};
inline constexpr MetricFamily recovery_entries{"tickstock_recovery_entries", Gauge,
                                               "Journal entries that recovery ran"};
inline constexpr MetricFamily draining{"tickstock_draining", Gauge,
                                       "1 while the sources are polled no more, else 0"};
inline constexpr MetricFamily thread_cpu{"tickstock_thread_cpu_seconds_total", Counter,
                                         "Processor time, by thread"};
inline constexpr MetricFamily thread_stalls{
    "tickstock_thread_stalls_total", Counter,
    "Times that a thread came to no end of a step for over 2 s, by thread"};

inline constexpr MetricFamily thread_stalled{
    "tickstock_thread_stalled", Gauge,
    "1 while a thread has come to no end of a step for over 2 s, else 0, by thread"};

inline constexpr std::array engine_families{channel_processing,
                                            channel_processed,
                                            channel_errors,
                                            channel_filtered,
                                            channel_events,
                                            channel_health,
                                            channel_queue,
                                            channel_queue_limit,
                                            channel_batch,
                                            channel_batches,
                                            channel_timed_out,
                                            channel_error_ratio,
                                            channel_oldest,
                                            channel_parked,
                                            channel_overflow,
                                            channel_dead_letters,
                                            channel_state,
                                            channel_circuit,
                                            channel_trips,
                                            router_routing,
                                            router_selection,
                                            router_routes,
                                            router_errors,
                                            router_circuit,
                                            router_trips,
                                            router_moves,
                                            router_channel_routes,
                                            shard_symbols,
                                            shard_lag,
                                            shard_lag_seconds,
                                            shard_processed,
                                            shard_from_file,
                                            journal_writable,
                                            journal_written,
                                            journal_durable,
                                            journal_bytes,
                                            journal_segments,
                                            journal_unwritten,
                                            journal_syncs,
                                            journal_last_sync,
                                            journal_full,
                                            snapshot_sequence,
                                            snapshot_age,
                                            snapshot_took,
                                            snapshot_bytes,
                                            snapshots,
                                            snapshot_failures,
                                            shed_level,
                                            shed_pending,
                                            shed_capacity,
                                            shed_events,
                                            decisions,
                                            recovery_seconds,
                                            recovery_entries,
                                            draining,
                                            thread_cpu,
                                            thread_stalls,
                                            thread_stalled};

}  // namespace tickstock::metric

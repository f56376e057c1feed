#pragma once

#include <algorithm>
#include <array>

#include "metrics/config_names.hpp"
#include "metrics/engine_names.hpp"
#include "metrics/feed_names.hpp"
#include "metrics/process_names.hpp"
#include "metrics/rollout_names.hpp"

namespace tickstock {

/// Every name in one place; those of the running engine stand in engine_names.hpp.
namespace metric {

using enum MetricType;

// Stages: in = out + held + sum of dropped. Label stage: sources, sequencer, router, intake,
// tick, ohlcv, fmv, detectors, linear, selection, rules, coordination, priority, publishing.
inline constexpr MetricFamily stage_in{"tickstock_stage_in_total", Counter,
                                       "Taken in by a stage, by stage"};
inline constexpr MetricFamily stage_out{"tickstock_stage_out_total", Counter,
                                        "Handed on by a stage, by stage"};
inline constexpr MetricFamily stage_held{"tickstock_stage_held", Gauge,
                                         "Inside a stage at this moment, by stage"};
inline constexpr MetricFamily stage_dropped{"tickstock_stage_dropped_total", Counter,
                                            "Went no further, by stage and reason"};
// Label stage: admission, journal, detection, publishing, client.
inline constexpr MetricFamily latency{"tickstock_latency_seconds", Histogram,
                                      "From a batch's hand-over by its source to the end of a "
                                      "stage, by stage; client is end to end, a frame each"};

// Coordination, by source kind and event type: received = emitted + suppressed + held.
inline constexpr MetricFamily coordination_received{
    "tickstock_coordination_received_total", Counter, "Detections received, by source and type"};
inline constexpr MetricFamily coordination_conflicts{
    "tickstock_coordination_conflicts_total", Counter,
    "Detections that met one of another source in their window, by source and type"};
inline constexpr MetricFamily coordination_resolved{
    "tickstock_coordination_resolved_total", Counter,
    "Conflicts that ended in one event, by source and type"};
inline constexpr MetricFamily coordination_emitted{"tickstock_coordination_emitted_total", Counter,
                                                   "Events and revisions, by source and type"};
inline constexpr MetricFamily coordination_suppressed{
    "tickstock_coordination_suppressed_total", Counter,
    "Detections that became no event of their own, by source and type"};

// Sources. Label source: as configured.
inline constexpr MetricFamily source_rows{"tickstock_source_rows_total", Counter,
                                          "Rows read, by source"};
inline constexpr MetricFamily source_records{"tickstock_source_records_total", Counter,
                                             "Records handed on, by source"};
inline constexpr MetricFamily source_rejected{"tickstock_source_rejected_total", Counter,
                                              "Rows rejected, by source and reason"};
inline constexpr MetricFamily source_last_record{
    "tickstock_source_last_record_timestamp_seconds", Gauge,
    "Time of the newest record, seconds since 1970; absent before one, by source"};
inline constexpr MetricFamily source_idle{
    "tickstock_source_idle_seconds", Gauge,
    "Since the source last handed records over; absent when it has ended, by source"};
inline constexpr MetricFamily source_switches{
    "tickstock_source_switches_total", Counter,
    "Times that another live source took symbols of it over, by source"};
inline constexpr MetricFamily source_up{"tickstock_source_up", Gauge,
                                        "1 while the source delivers, else 0, by source"};

// Engine.
inline constexpr MetricFamily ready{"tickstock_ready", Gauge, "1 while /readyz says ready, else 0"};
inline constexpr MetricFamily clock{"tickstock_engine_clock_seconds", Gauge,
                                    "The sequencer's clock, seconds since 1970"};
inline constexpr MetricFamily session{"tickstock_trading_session", Gauge,
                                      "1 for the trading session at hand, by session"};
inline constexpr MetricFamily sequence{"tickstock_engine_sequence", Gauge,
                                       "Sequence of the last admitted record"};
inline constexpr MetricFamily symbols{"tickstock_engine_symbols", Gauge, "Symbols seen"};
inline constexpr MetricFamily shards{"tickstock_engine_shards", Gauge, "Shards at work"};
inline constexpr MetricFamily deadlines{"tickstock_engine_open_deadlines", Gauge,
                                        "Deadlines that wait for their time"};
inline constexpr MetricFamily records{"tickstock_records_total", Counter,
                                      "Records admitted, by type"};
inline constexpr MetricFamily events{"tickstock_events_total", Counter,
                                     "Events published, by type"};
inline constexpr MetricFamily second_bars{"tickstock_second_bars_total", Counter,
                                          "Second bars completed"};
inline constexpr MetricFamily halted_symbols{"tickstock_halted_symbols", Gauge,
                                             "Symbols muted by a halt without a seen resumption"};
inline constexpr MetricFamily rule_disabled{
    "tickstock_rule_disabled_symbols", Gauge,
    "Symbols for which a person's rule failed too often and is off, by rule"};
inline constexpr MetricFamily unknown_conditions{"tickstock_unknown_conditions_total", Counter,
                                                 "Sale conditions in no row of the table, by code"};

// Event stream.
inline constexpr MetricFamily stream_offset{"tickstock_stream_offset", Gauge,
                                            "Offset of the last event of the epoch"};
inline constexpr MetricFamily stream_first{"tickstock_stream_first_offset", Gauge,
                                           "Oldest offset in memory"};
inline constexpr MetricFamily stream_evicted{"tickstock_stream_evicted_total", Counter,
                                             "Events that left memory"};

// Clients. Label transport: ws (all WebSockets), sse, socketio, ingest, http.
inline constexpr MetricFamily clients{"tickstock_clients", Gauge,
                                      "Connections that are open, by transport"};
inline constexpr MetricFamily clients_accepted{"tickstock_clients_accepted_total", Counter,
                                               "Connections accepted"};
inline constexpr MetricFamily clients_refused{"tickstock_clients_refused_total", Counter,
                                              "Connections refused, by reason"};
inline constexpr MetricFamily clients_closed{"tickstock_clients_closed_total", Counter,
                                             "Connections that the server closed, by reason"};
inline constexpr MetricFamily subscriptions{"tickstock_client_subscriptions", Gauge,
                                            "Subscriptions that are open"};
inline constexpr MetricFamily client_events{"tickstock_client_events_total", Counter,
                                            "Events handed to clients"};
inline constexpr MetricFamily client_bytes{"tickstock_client_sent_bytes_total", Counter,
                                           "Bytes written to clients"};
inline constexpr MetricFamily client_delay{
    "tickstock_client_delay_seconds", Histogram,
    "From an event's publication to its being handed to a client's socket, a frame each"};
inline constexpr MetricFamily clients_compressed{"tickstock_clients_compressed", Gauge,
                                                 "WebSockets that may compress"};
inline constexpr MetricFamily tls_failures{"tickstock_tls_failures_total", Counter,
                                           "TLS handshakes that failed"};
inline constexpr MetricFamily auth_failures{"tickstock_auth_failures_total", Counter,
                                            "Credentials that were not accepted, by reason"};
inline constexpr MetricFamily auth_successes{"tickstock_auth_successes_total", Counter,
                                             "Credentials that were accepted"};
inline constexpr MetricFamily fanout_frames{"tickstock_fanout_frames_total", Counter,
                                            "Frames of events, by how they came about"};
inline constexpr MetricFamily display_dropped{
    "tickstock_display_dropped_total", Counter,
    "Events left out of Socket.IO's stock_data, over a thousand a list or a million bytes"};
inline constexpr MetricFamily client_gaps{"tickstock_client_gaps_total", Counter,
                                          "Gap notices told to clients"};

// Push ingest. Label result: done, invalid, full, stopped. Label fate: accepted, duplicate,
// rejected, refused; together they are all rows.
inline constexpr MetricFamily ingest_requests{
    "tickstock_ingest_requests_total", Counter,
    "Requests and messages with pushed rows, by how they ended; full = told to wait"};
inline constexpr MetricFamily ingest_rows{"tickstock_ingest_rows_total", Counter,
                                          "Rows that clients pushed, by fate"};
inline constexpr MetricFamily ingest_in_flight{"tickstock_ingest_in_flight_bytes", Gauge,
                                               "Pushed rows that are taken and not answered yet"};
inline constexpr MetricFamily ingest_queued{"tickstock_ingest_queued_bytes", Gauge,
                                            "Pushed rows that wait for the engine"};

inline constexpr MetricFamily build_info{"tickstock_build_info", Gauge,
                                         "Always 1; the version is a label"};

inline constexpr std::array other_families{stage_in,
                                           stage_out,
                                           stage_held,
                                           stage_dropped,
                                           coordination_received,
                                           coordination_conflicts,
                                           coordination_resolved,
                                           coordination_emitted,
                                           coordination_suppressed,
                                           latency,
                                           source_rows,
                                           source_records,
                                           source_rejected,
                                           source_last_record,
                                           source_idle,
                                           source_switches,
                                           source_up,
                                           ready,
                                           clock,
                                           session,
                                           sequence,
                                           symbols,
                                           shards,
                                           deadlines,
                                           records,
                                           events,
                                           second_bars,
                                           halted_symbols,
                                           rule_disabled,
                                           unknown_conditions,
                                           stream_offset,
                                           stream_first,
                                           stream_evicted,
                                           clients,
                                           clients_accepted,
                                           clients_refused,
                                           clients_closed,
                                           subscriptions,
                                           client_events,
                                           client_bytes,
                                           display_dropped,
                                           client_gaps,
                                           client_delay,
                                           clients_compressed,
                                           tls_failures,
                                           auth_failures,
                                           auth_successes,
                                           fanout_frames,
                                           ingest_requests,
                                           ingest_rows,
                                           ingest_in_flight,
                                           ingest_queued,
                                           build_info};

/// All of them, each once.
inline constexpr auto all = [] {
    std::array<MetricFamily, other_families.size() + engine_families.size() + feed_families.size() +
                                 storage_families.size() + process_families.size() +
                                 alert_families.size() + config_families.size() +
                                 rollout_families.size()>
        families{};
    auto next = std::copy(other_families.begin(), other_families.end(), families.begin());
    next = std::copy(engine_families.begin(), engine_families.end(), next);
    next = std::copy(feed_families.begin(), feed_families.end(), next);
    next = std::copy(storage_families.begin(), storage_families.end(), next);
    next = std::copy(process_families.begin(), process_families.end(), next);
    next = std::copy(alert_families.begin(), alert_families.end(), next);
    next = std::copy(config_families.begin(), config_families.end(), next);
    std::copy(rollout_families.begin(), rollout_families.end(), next);
    return families;
}();

}  // namespace metric
}  // namespace tickstock

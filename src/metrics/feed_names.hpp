#pragma once

#include <array>

#include "metrics/metric_family.hpp"

namespace tickstock::metric {

using enum MetricType;

// Live feeds. Labels source: as configured; connection: stocks, business.
inline constexpr MetricFamily feed_up{
    "tickstock_feed_connection_up", Gauge,
    "1 while the connection is live, else 0, by source and connection"};
inline constexpr MetricFamily feed_epoch{"tickstock_feed_connection_epoch", Gauge,
                                         "Number of the connection, from 1 at the start, by source "
                                         "and connection"};
inline constexpr MetricFamily feed_frames{"tickstock_feed_frames_total", Counter,
                                          "Frames received, by source and connection"};
inline constexpr MetricFamily feed_bytes{"tickstock_feed_received_bytes_total", Counter,
                                         "Bytes of frames received, by source and connection"};
inline constexpr MetricFamily feed_disconnects{"tickstock_feed_disconnects_total", Counter,
                                               "Connections lost, by source and connection"};
inline constexpr MetricFamily feed_queued{
    "tickstock_feed_queued_bytes", Gauge,
    "Frames received and not decoded yet, by source and connection"};
inline constexpr MetricFamily feed_lag{
    "tickstock_feed_lag_seconds", Gauge,
    "From the newest record's time to its receipt, by source and connection"};
inline constexpr MetricFamily feed_silence{"tickstock_feed_silence_seconds", Gauge,
                                           "Since the last frame, by source and connection"};
inline constexpr MetricFamily feed_topics{
    "tickstock_feed_subscriptions", Gauge,
    "Subscriptions that the vendor has acknowledged, by source and connection"};
inline constexpr MetricFamily feed_topics_wanted{"tickstock_feed_subscriptions_wanted", Gauge,
                                                 "Subscriptions asked for, by source and "
                                                 "connection"};
inline constexpr MetricFamily feed_gaps{"tickstock_feed_gaps_total", Counter,
                                        "Gaps told as events, by source"};
inline constexpr MetricFamily feed_recovered{"tickstock_feed_gaps_recovered_total", Counter,
                                             "Gaps that were filled without loss, by source"};
inline constexpr MetricFamily feed_out_of_order{
    "tickstock_feed_out_of_order_total", Counter,
    "Records with a sequence number below one before them, by source"};
inline constexpr MetricFamily feed_backfilled{"tickstock_feed_backfilled_records_total", Counter,
                                              "Records that came by back-fill, by source"};
inline constexpr MetricFamily feed_backfill_failed{"tickstock_feed_backfills_failed_total", Counter,
                                                   "Outages that stayed gaps, by source"};
inline constexpr MetricFamily feed_suspected{
    "tickstock_feed_suspected_missing_total", Counter,
    "Bars whose day volume does not continue the bar before, by source"};

inline constexpr std::array feed_families{
    feed_up,       feed_epoch,     feed_frames,       feed_bytes,      feed_disconnects,
    feed_queued,   feed_lag,       feed_silence,      feed_topics,     feed_topics_wanted,
    feed_gaps,     feed_recovered, feed_out_of_order, feed_backfilled, feed_backfill_failed,
    feed_suspected};

// Storage of the history.
inline constexpr MetricFamily storage_up{"tickstock_storage_up", Gauge,
                                         "1 while the database takes what it gets, else 0"};
inline constexpr MetricFamily storage_behind{"tickstock_storage_events_behind", Gauge,
                                             "Events published and not stored yet"};
inline constexpr MetricFamily storage_events{"tickstock_storage_events_total", Counter,
                                             "Events stored"};
inline constexpr MetricFamily storage_errors{"tickstock_storage_errors_total", Counter,
                                             "Batches that could not be stored, and were tried "
                                             "again"};
inline constexpr MetricFamily storage_gaps{"tickstock_storage_gaps_total", Counter,
                                           "Stretches of events that were gone before they could "
                                           "be stored"};
inline constexpr MetricFamily storage_operations{
    "tickstock_storage_operations_rows_total", Counter,
    "Rows of comparison differences, flag audit, incidents and alerts written"};
inline constexpr MetricFamily storage_operations_lost{
    "tickstock_storage_operations_rows_lost_total", Counter,
    "Rows of these that memory had dropped before they could be written"};
inline constexpr MetricFamily storage_transactions{"tickstock_storage_transactions_total", Counter,
                                                   "Transactions committed"};
inline constexpr MetricFamily storage_ratio{
    "tickstock_storage_records_per_write", Gauge,
    "Records admitted for each transaction committed, since the start"};
inline constexpr MetricFamily storage_batch{"tickstock_storage_batch_seconds", Gauge,
                                            "Duration of the last batch"};

inline constexpr std::array storage_families{
    storage_up,         storage_behind,         storage_events, storage_errors,
    storage_gaps,       storage_transactions,   storage_ratio,  storage_batch,
    storage_operations, storage_operations_lost};

}  // namespace tickstock::metric

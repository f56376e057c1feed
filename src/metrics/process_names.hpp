#pragma once

#include <array>

#include "metrics/metric_family.hpp"

namespace tickstock::metric {

using enum MetricType;

// The process, under the names that every Prometheus client library gives them, so that stock
// dashboards and rules know them.
inline constexpr MetricFamily process_memory{"process_resident_memory_bytes", Gauge,
                                             "Resident memory"};
inline constexpr MetricFamily process_virtual_memory{"process_virtual_memory_bytes", Gauge,
                                                     "Virtual memory"};
inline constexpr MetricFamily process_memory_peak{"process_resident_memory_peak_bytes", Gauge,
                                                  "Most resident memory so far"};
inline constexpr MetricFamily process_cpu{"process_cpu_seconds_total", Counter,
                                          "Processor time, user and system"};
inline constexpr MetricFamily process_start{"process_start_time_seconds", Gauge,
                                            "Start of the process, seconds since 1970"};
inline constexpr MetricFamily process_open_fds{"process_open_fds", Gauge, "Open file descriptors"};
inline constexpr MetricFamily process_max_fds{"process_max_fds", Gauge,
                                              "File descriptors that may be open"};
inline constexpr MetricFamily process_threads{"process_threads", Gauge, "Threads"};
inline constexpr MetricFamily process_switches{
    "process_context_switches_total", Counter,
    "Context switches of all threads, by type: voluntary (it waited), nonvoluntary"};
inline constexpr MetricFamily process_faults{"process_page_faults_total", Counter,
                                             "Page faults, by type: major (read from disk), minor"};

// The data directory. Label folder: journal, snapshots, stream, spill, and files for those in it.
inline constexpr MetricFamily data_bytes{"tickstock_data_bytes", Gauge,
                                         "Size of the files, by folder of the data directory"};
inline constexpr MetricFamily data_free{"tickstock_data_free_bytes", Gauge,
                                        "Room left on the data directory's disk"};

inline constexpr std::array process_families{
    process_memory,   process_virtual_memory, process_memory_peak, process_cpu,
    process_start,    process_open_fds,       process_max_fds,     process_threads,
    process_switches, process_faults,         data_bytes,          data_free};

// Alerts. Label type: the rule's name; channel: channel, source or thread, empty = the system.
inline constexpr MetricFamily alert_active{"tickstock_alert_active", Gauge,
                                           "1 for each alert that stands, by type, severity and "
                                           "channel"};
inline constexpr MetricFamily alerts_raised{"tickstock_alerts_raised_total", Counter,
                                            "Alerts raised"};
inline constexpr MetricFamily alerts_suppressed{"tickstock_alerts_suppressed_total", Counter,
                                                "Alerts within the cooldown of one like them"};
inline constexpr MetricFamily webhook_messages{"tickstock_webhook_messages_total", Counter,
                                               "Messages to webhooks, by result: sent, failed "
                                               "(after all attempts), dropped (queue full)"};
inline constexpr MetricFamily webhook_waiting{"tickstock_webhook_waiting_messages", Gauge,
                                              "Messages that wait for a webhook"};

inline constexpr std::array alert_families{alert_active, alerts_raised, alerts_suppressed,
                                           webhook_messages, webhook_waiting};

}  // namespace tickstock::metric

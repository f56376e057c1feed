#pragma once

#include <cstdint>
#include <string>

#include "base/circuit_state.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// What a channel of one shard tells about itself: plain values. The first eight have the seeds'
/// keys.
struct ChannelMetrics {
    std::string channel_name;
    std::uint64_t processed_count = 0;  ///< records worked, failed ones included
    std::uint64_t error_count = 0;      ///< records that failed; bad input and filtered ones do not
    double last_processing_time_ms = 0;  ///< of the last batch
    double avg_processing_time_ms = 0;   ///< of all batches
    std::uint64_t events_generated = 0;  ///< detections
    ChannelStatus status = ChannelStatus::Initializing;
    UnixNanos last_activity;         ///< clock of the last record given out
    std::uint64_t backlog_size = 0;  ///< records held back here: waiting and parked

    std::uint64_t batches = 0;
    std::uint64_t timed_out = 0;          ///< batches
    std::uint64_t timed_out_records = 0;  ///< of these batches
    double error_rate = 0;                ///< percent, over the last 60 s
    double lifetime_error_rate = 0;       ///< percent, since start
    double success_rate = 100;            ///< percent: 100 − error_rate
    double mean_time_ms = 0;              ///< of the batches of the last 60 s
    double lag_ms = 0;                    ///< age of the oldest record that waits
    double p50_ms = 0;                    ///< queue wait and processing of a batch
    double p95_ms = 0;
    double p99_ms = 0;
    CircuitState circuit = CircuitState::Closed;
    std::uint64_t circuit_trips = 0;
    bool healthy = true;
};

}  // namespace tickstock

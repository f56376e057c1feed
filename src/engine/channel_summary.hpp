#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "metrics/histogram.hpp"
#include "model/accounting.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// A circuit breaker changed its state.
struct CircuitEntry {
    Sequence sequence;    ///< of the decision
    UnixNanos clock;      ///< the sequencer's, then
    std::string circuit;  ///< "router", "tick/0" (channel/shard)
    CircuitState to = CircuitState::Closed;
    std::string reason;
};

/// A detector failed on a record; the other detectors went on with it (SPEC 6).
struct DeadLetterEntry {
    std::string detector;
    std::string symbol;
    Sequence sequence;  ///< of the record
    UnixNanos ts;       ///< its ts_event
    std::string reason;
};

/// A failed result, as text.
struct ChannelErrorEntry {
    Sequence sequence;  ///< of the record
    UnixNanos clock;    ///< its clock
    std::string text;   ///< "Channel NAME (TYPE): message"
};

/// A record that took long, on the monotonic clock. What is worked together is timed together, so
/// it stands for its batch.
struct SlowRecordEntry {
    Sequence sequence;
    std::string symbol;
    UnixNanos clock;            ///< its clock
    Nanos time{0};              ///< processing, without the wait: its share of the batch's
    std::uint64_t records = 1;  ///< of the batch; this is the first of them
};

/// One channel, over all shards. Lists hold the newest (or slowest) 20 at most.
struct ChannelSummary {
    ChannelType type = ChannelType::Tick;
    std::string name;  ///< as configured; empty = that of the type
    bool enabled = true;
    unsigned priority = 1;  ///< 1 goes first
    ChannelStatus status = ChannelStatus::Initializing;
    std::string status_reason;  ///< of the decision that led here; empty at start
    bool healthy = true;
    std::vector<std::string> why_unhealthy;  ///< a sentence each; empty while healthy

    StageCounts counts;                           ///< records
    std::uint64_t events = 0;                     ///< detections that its detectors made
    std::uint64_t batches = 0;                    ///< worked
    std::uint64_t errors = 0;                     ///< failed results, time-outs not included
    std::uint64_t timed_out = 0;                  ///< records of batches past the time-out
    double confidence_sum = 0;                    ///< of fair values, since the start …
    std::uint64_t confidences = 0;                ///< … and of how many; 0 in other channels
    double error_rate = 0;                        ///< percent, over the last 60 s
    double error_rate_lifetime = 0;               ///< percent, since the start
    CircuitState circuit = CircuitState::Closed;  ///< the worst over the shards
    std::uint64_t circuit_trips = 0;              ///< closed or half-open to open, since the start

    std::uint64_t queue_size = 0;    ///< admitted, unprocessed
    std::uint64_t queue_limit = 0;   ///< of each shard's queue × shards
    Nanos oldest_age{0};             ///< how long the oldest of the queue has waited; 0 = empty
    std::uint64_t parked = 0;        ///< of the queue: kept while paused or in error
    std::string overflow_action;     ///< "spill", "block", "drop_newest", "drop_oldest"
    std::uint64_t skipped = 0;       ///< by drop_oldest, ever
    std::uint64_t queue_full = 0;    ///< by drop_newest, ever; they have no sequence
    unsigned returns_last_hour = 0;  ///< re-initialised after an error
    bool failed = false;             ///< five returns were not enough: a person must resume it

    Histogram processing;           ///< a record's share of its batch's work
    Histogram batch;                ///< queue wait and work of a batch
    Nanos last_time{0};             ///< processing of the last record: its share of its batch's
    double records_per_second = 0;  ///< over the last second of wall time
    UnixNanos last_activity;        ///< clock of the last record

    std::uint64_t dead_letter_total = 0;        ///< ever
    std::vector<DeadLetterEntry> dead_letters;  ///< newest last, as are the next two
    std::vector<ChannelErrorEntry> last_errors;
    std::vector<CircuitEntry> circuit_history;
    std::vector<SlowRecordEntry> slowest;  ///< slowest first

    std::string_view label() const { return name.empty() ? to_string(type) : name; }
};

}  // namespace tickstock

#pragma once

// What EngineStatus says of the parts around the channels: shards, journal, router, recovery,
// snapshots, shedding, universes, decisions, threads. Plain values.

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "engine/channel_summary.hpp"
#include "metrics/histogram.hpp"
#include "model/enums.hpp"

namespace tickstock {

struct ShardSummary {
    unsigned shard = 0;
    std::uint64_t symbols = 0;
    Sequence done_through;
    std::uint64_t lag_records = 0;   ///< entries behind the last admitted one
    Nanos lag{0};                    ///< how long the oldest unworked entry has waited
    bool reading_from_file = false;  ///< its cursor is behind the tail in memory (spill)
    std::array<std::uint64_t, channel_type_count> queued{};  ///< records, by channel
    std::uint64_t processed = 0;                             ///< records
    Nanos mean_time{0};                                      ///< of a record
};

struct JournalSummary {
    std::string directory;
    Sequence first;           ///< oldest entry kept; 0 = none
    Sequence last;            ///< appended
    Sequence written;         ///< with the operating system
    Sequence durable;         ///< on the disk
    std::uint64_t bytes = 0;  ///< of all segments
    std::uint64_t segments = 0;
    std::uint64_t unwritten_bytes = 0;
    std::string durability;      ///< "always", "interval", "none"
    std::string state = "none";  ///< "writing", "disk_full", "failed"; "none" = no journal
    std::string reason;          ///< of disk_full and failed
    UnixNanos since;             ///< wall time of the last change of state, within a second
    std::uint64_t syncs = 0;
    Nanos last_sync{0};  ///< how long the last one took
    std::uint64_t disk_full_stops = 0;

    bool writable() const { return state == "writing" || state == "none"; }
};

/// Statistics of S0 and S4; rates and means are derived where they are shown.
struct RouterSummary {
    std::string strategy;  ///< "hash_based", "round_robin", "load_based", "health_based"
    std::uint64_t total_routed = 0;
    std::uint64_t routing_errors = 0;
    Histogram routing_time;                         ///< of a record: its share of its batch's
    Histogram selection_time;                       ///< of a decision where symbols live
    UnixNanos last_activity;                        ///< clock of the last routed record
    std::array<std::uint64_t, 5> routes_by_type{};  ///< Trade … TradingStatus
    std::array<std::uint64_t, channel_type_count> routes_by_channel{};
    std::array<std::uint64_t, channel_type_count> symbols_by_channel{};  ///< seen since the start
    CircuitState circuit = CircuitState::Closed;
    std::uint64_t circuit_trips = 0;
    std::uint64_t unidentified = 0;  ///< routing_errors by reason, as are the next three
    std::uint64_t no_channel = 0;
    std::uint64_t none_healthy = 0;
    std::uint64_t timed_out = 0;
    std::uint64_t moves = 0;                    ///< symbols that changed their shard
    std::vector<CircuitEntry> circuit_history;  ///< of the router's own, newest last; at most 20

    /// Percent of all records that asked for a route, at most 100; 0 before any. Of those with a
    /// route, an error is none_healthy or timed_out.
    double error_rate() const {
        const auto asked = static_cast<double>(total_routed + no_channel + unidentified);
        return asked > 0 ? std::min(100.0, 100.0 * static_cast<double>(routing_errors) / asked) : 0;
    }
    double success_rate() const { return 100.0 - error_rate(); }
};

/// How this start found its state again: engine/runtime.hpp's RecoveryReport, and its end.
struct RecoverySummary {
    bool done = true;
    bool had_journal = false;
    bool had_snapshot = false;
    Sequence snapshot;
    Sequence recovered_through;
    std::uint64_t entries_run = 0;
    std::uint64_t events_compared = 0;
    std::uint64_t events_published = 0;
    std::uint64_t torn_bytes = 0;
    bool new_epoch = false;
    std::string why_new_epoch;
    std::vector<std::string> notes;
    Nanos took{0};
};

struct SnapshotSummary {
    Sequence last;    ///< 0 = none yet
    UnixNanos taken;  ///< wall time of the last one
    Nanos age{0};     ///< of the last one, as of this status
    Nanos took{0};    ///< the last one, from its marker to its name
    std::uint64_t bytes = 0;
    std::uint64_t count = 0;  ///< of this run
    std::uint64_t failures = 0;
    std::string last_error;  ///< of the last attempt; empty when it went well
};

/// SPEC 10.
struct ShedSummary {
    unsigned level = 0;         ///< 0 = none … 4
    std::uint64_t pending = 0;  ///< events not yet published
    std::uint64_t capacity = 100'000;
    std::array<std::uint64_t, 4> by_class{};  ///< shed, classes 1 … 4
};

struct UniverseSummary {
    std::string name;
    std::vector<std::string> symbols;  ///< sorted
    bool priority = false;
};

struct DecisionSummary {
    Sequence sequence;
    std::string kind;  ///< to_string of the action
    std::string text;  ///< describe()
    UnixNanos clock;
    UnixNanos wall;
    std::string by;
};

struct ThreadSummary {
    std::string name;
    double cpu_seconds = 0;  ///< as of this status
};

/// All of the above; part of EngineStatus.
struct ControlStatus {
    std::vector<ShardSummary> shards;
    JournalSummary journal;
    RouterSummary router;
    RecoverySummary recovery;
    SnapshotSummary snapshot;
    ShedSummary shed;
    /// By name; null = none. Replaced when one changes, never changed.
    std::shared_ptr<const std::vector<UniverseSummary>> universes;
    std::vector<DecisionSummary> decisions;  ///< the newest 20, oldest first
    std::uint64_t decision_total = 0;        ///< taken since the start
    std::vector<ThreadSummary> threads;
    bool draining = false;  ///< the sources are polled no more
};

}  // namespace tickstock

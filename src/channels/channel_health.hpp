#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/circuit_breaker.hpp"
#include "base/state_archive.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "channels/channel_metrics.hpp"
#include "channels/sliding_minute.hpp"
#include "metrics/histogram.hpp"
#include "model/enums.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// A batch as its lane worked it. Times are durations on the monotonic clock.
struct BatchDone {
    std::uint64_t records = 0;
    Nanos queue_wait{0};  ///< from the arrival of its first record to the begin of the work
    Nanos processing{0};
    std::uint64_t errors = 0;  ///< of the records: exceptions and failed results
    std::uint64_t events = 0;  ///< detections
    bool timed = true;         ///< false: nobody waited for it, its times are in no figure
};

/// A record that took long, for people.
struct SlowRecord {
    SymbolId symbol = symbol_none;
    Sequence sequence;
    UnixNanos clock;            ///< the record's
    Nanos time{0};              ///< of its processing: its share of what was timed
    Nanos at{0};                ///< monotonic, when it was worked
    std::uint64_t records = 1;  ///< timed together, it was the first of them
};

/// A record that failed, for people.
struct ChannelError {
    SymbolId symbol = symbol_none;
    Sequence sequence;
    UnixNanos clock;   ///< the record's
    std::string text;  ///< as channel_error_text() makes it
};

/// How one channel of one shard fares. Healthy = initializing, active or paused; circuit closed;
/// error rate at most 10 % over the last 60 s, judged from 20 records on; mean time of a batch at
/// most 5 s over the last 60 s; lag at most 1 s. It judges and never acts: records are worked
/// whatever it says, so nothing here changes what comes out.
///
/// A batch fails the circuit when it timed out or more than half of its records failed. Shard's
/// thread; O(1) a batch; `now` is monotonic and passed in.
class ChannelHealth {
public:
    struct Limits {
        double error_rate = 0.10;
        std::uint64_t least_records = 20;
        Nanos mean_time = std::chrono::seconds(5);
        Nanos lag = std::chrono::seconds(1);
    };
    static constexpr std::size_t slowest_limit = 10;
    static constexpr Nanos slowest_age = std::chrono::hours(1);  ///< older ones give way
    static constexpr std::size_t errors_limit = 20;

    /// `timeout`: queue wait and processing of a batch beyond it count as timed out.
    ChannelHealth(Nanos timeout, const CircuitSettings& circuit);
    ChannelHealth(Nanos timeout, const CircuitSettings& circuit, const Limits& limits);

    void set_time_out(Nanos timeout) { timeout_ = timeout; }
    /// True when the batch timed out.
    bool on_batch_done(const BatchDone& batch, Nanos now);
    /// Kept when it is one of the slowest. The lane tells what it has timed: a record, or the
    /// first of a batch.
    void on_slow(const SlowRecord& record);
    void on_error(ChannelError error);
    void set_status(ChannelStatus status) { status_ = status; }
    /// Age of the oldest record that waits; zero when none does.
    void set_lag(Nanos lag) { lag_ = lag; }
    /// The channel was begun anew: failures in a row and the circuit begin at zero, the last
    /// minute is forgotten, so that it is not judged by what was before.
    void begin_anew(Nanos now);

    bool healthy(Nanos now) { return judge(now, CircuitState::Closed, nullptr); }
    /// Healthy, or only waiting for the batch that closes its half-open circuit: a router that
    /// sent nothing here would wait for ever.
    bool usable(Nanos now) { return judge(now, CircuitState::HalfOpen, nullptr); }
    /// A sentence for each thing that is wrong, with the figure and its limit.
    std::vector<std::string> why_unhealthy(Nanos now);

    /// Batches in a row with more than half of their records failed; time-outs neither count nor
    /// end a row. What ChannelSupervisor wants to know.
    unsigned failures_in_row() const { return failures_in_row_; }
    CircuitBreaker& circuit() { return circuit_; }
    const CircuitBreaker& circuit() const { return circuit_; }
    Nanos lag() const { return lag_; }
    /// Share 0…1 over the last 60 s; 0 below 20 records.
    double error_rate(Nanos now);
    double lifetime_error_rate() const;  ///< share 0…1
    Nanos mean_time(Nanos now);          ///< of a batch's processing, over the last 60 s
    /// No record of the last 60 s: whatever else is known of it is old.
    bool idle(Nanos now) { return minute_.at(now).records == 0; }
    std::uint64_t timed_out() const { return timed_out_; }  ///< batches
    std::uint64_t timed_out_records() const { return timed_out_records_; }
    /// Queue wait and processing, a batch each.
    const Histogram& latency() const { return latency_; }
    /// A record's share of its batch's processing, a batch each.
    const Histogram& record_time() const { return record_time_; }
    Nanos last_record_time() const { return last_record_time_; }  ///< of the last timed batch
    /// The slowest first.
    const std::vector<SlowRecord>& slowest() const { return slowest_; }
    /// Oldest first.
    const std::vector<ChannelError>& errors() const { return errors_; }

    /// All but channel_name, last_activity and backlog_size, which are the channel's.
    ChannelMetrics metrics(Nanos now);

    /// Counts for a snapshot, and added to these.
    void save_totals(StateWriter& out) const;
    void add_totals(StateReader& in);

private:
    bool judge(Nanos now, CircuitState also_good, std::vector<std::string>* why);

    Nanos timeout_;
    const Limits limits_;
    CircuitBreaker circuit_;
    ChannelStatus status_ = ChannelStatus::Initializing;
    Nanos lag_{0};
    SlidingMinute minute_;
    unsigned failures_in_row_ = 0;
    std::uint64_t records_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t events_ = 0;
    std::uint64_t batches_ = 0;
    std::uint64_t timed_out_ = 0;
    std::uint64_t timed_out_records_ = 0;
    Nanos last_processing_{0};
    Nanos last_record_time_{0};
    Nanos processing_sum_{0};
    Histogram latency_;
    Histogram record_time_;
    std::vector<SlowRecord> slowest_;
    std::vector<ChannelError> errors_;
};

}  // namespace tickstock

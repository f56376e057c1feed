#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/disk.hpp"
#include "engine/channel_vitals.hpp"
#include "engine/journal_runs.hpp"
#include "engine/path_stopwatch.hpp"
#include "engine/pipeline_factory.hpp"
#include "engine/run_tail.hpp"
#include "engine/shard_report.hpp"
#include "engine/skip_requests.hpp"
#include "engine/state_copy.hpp"
#include "engine/state_transfers.hpp"
#include "publishing/event_stream.hpp"
#include "router/symbol_placement.hpp"

namespace tickstock {

/// A pipeline with its place in the one order: takes runs from the journal's tail, or from its file
/// where it has fallen behind, and hands out events. step() is the shard's thread's; what other
/// threads may call says so.
class Shard {
public:
    struct Parts {
        const PipelineFactory& factory;
        const SymbolTable& symbols;
        const RunTail& tail;
        Disk& disk;
        std::string journal_path;
        const Clock& clock;
        StateTransfers& transfers;
        std::uint64_t event_capacity;  ///< it takes no more in while so many wait to be published
        const std::function<void()>& wake;
        const PipelineExtensions& extensions;
        const EventStream& stream;                               ///< for its counts
        Nanos channel_timeout = std::chrono::milliseconds(100);  ///< until set_channel_timeout()
    };
    /// Goes on behind the entry `after`.
    Shard(unsigned number, Parts parts, std::unique_ptr<Pipeline> pipeline,
          SymbolPlacement placement, Sequence after);

    struct Step {
        bool worked = false;
        Nanos wake_at = Nanos::max();  ///< a waiting batch closes by time
    };
    /// Takes at most one run in and works what is due.
    Step step();
    /// Makes report() the state of now; at the end, when no thread runs any more.
    void refresh_report();

    // Any thread.
    unsigned number() const { return number_; }
    Sequence taken_through() const { return Sequence{taken_through_.load()}; }
    /// Worked, and its events handed out.
    Sequence finished_through() const { return Sequence{finished_through_.load()}; }
    /// Before the threads start.
    ChannelStatus status_at_start(ChannelType type) const { return pipeline_->status(type); }
    UnixNanos next_deadline() const { return unix_nanos(next_deadline_.load()); }
    /// Records of the channel that this shard has worked or dropped, ever.
    std::uint64_t finished(ChannelType type) const {
        return finished_[static_cast<std::size_t>(type)].load();
    }
    bool reading_from_file() const { return reading_from_file_.load(); }
    std::optional<Error> failure() const;
    std::shared_ptr<const ShardReport> report() const;
    SkipRequests& skips() { return skip_requests_; }

    // Sequencer's thread.
    /// Admitted and placed here.
    void add_admitted(ChannelType type, std::uint64_t count) {
        admitted_[static_cast<std::size_t>(type)].fetch_add(count);
    }
    std::uint64_t queued(ChannelType type) const {
        const auto index = static_cast<std::size_t>(type);
        const std::uint64_t done = finished_[index].load();
        const std::uint64_t in = admitted_[index].load();
        return in - std::min(in, done);
    }

    /// Publisher's thread: what became final since the last call, in key order.
    struct Output {
        std::vector<Event> events;
        Sequence done_through;
        Sequence needs;         ///< the journal must have this before the events may be seen
        bool was_full = false;  ///< the shard waits for this
    };
    std::uint64_t output_size() const;
    /// False: the journal has not what it needs, so nothing is taken.
    bool take_output(Sequence gate, Output& out);

    /// Sequencer's thread: Pipeline::set_work() with the next step.
    void set_work(std::shared_ptr<const PipelineSettings> settings);

    // The integrator's; sequencer's thread.
    void set_channel_timeout(Nanos timeout) { channel_timeout_ = timeout.count(); }
    /// Symbols that have fallen back here. Events wait until grant_fallbacks() says where that
    /// stands in the journal.
    std::vector<PathFallback::Fallen> take_fallen();
    void grant_fallbacks(Sequence decision);
    std::vector<PathDifference> take_differences();

    /// Sequencer's thread: when the shard stands behind `at` and has finished it, it copies its
    /// state in slices while it goes on, and hands it to `done` (on its own thread). REQUIRES: no
    /// entry after `at` was appended to the tail yet; no other request is open.
    using StateParts = StateCopy::Parts;
    void request_state(Sequence at, std::function<void(StateParts)> done);

private:
    bool fetch();
    RunPtr next_from_file(Sequence wanted);
    bool overflow_settled(Nanos now);
    std::optional<SkipRecords> choose_skips() const;
    void take_in(Nanos now);
    void begin_epoch(const BeginEpoch& begin, Sequence at);
    void move_symbols(const PlaceSymbols& places, Sequence at);
    bool receive_symbols();
    bool state_is_due() const;
    void begin_copy();
    void step_copy();
    void work_lanes(Nanos now, Step& step);
    bool work_batch(bool at_tail, Nanos now, Step& step);
    void note_batch(ChannelType type, std::uint64_t records, std::uint64_t events, Nanos wait,
                    Nanos took, Nanos now);
    void note_slow(SlowRecord first, ChannelType type, std::uint64_t records, Nanos took,
                   Nanos now);
    std::uint64_t note_failures(ChannelType type);
    void update_vitals(ShardReport& report, Nanos now);
    unsigned shard_of(SymbolId symbol) { return placement_.shard_of(symbol, parts_.symbols); }
    void hand_out();
    void judge_paths(const Run& run);
    void tell_fallen();
    std::shared_ptr<const IntegrationReport> integration_report(Nanos now);
    void update_report(Nanos now);

    const unsigned number_;
    const Parts parts_;

    // Shard's thread only.
    std::unique_ptr<Pipeline> pipeline_;
    SymbolPlacement placement_;
    RunPtr pending_;                     // fetched, not taken in yet
    std::unique_ptr<JournalRuns> file_;  // while it reads from the journal's file
    std::vector<std::pair<Sequence, SymbolId>> receiving_;  // symbols on their way here
    bool waiting_for_skip_ = false;
    std::optional<SkipRecords> skipping_;
    /// By channel: sequences that will be skipped and are not taken in yet.
    std::array<std::deque<Sequence>, channel_type_count> skipped_ahead_;
    PathStopwatch stopwatch_;  // of the integrator's paths
    // What a start ran again was counted by the process before.
    PathCounts run_again_;
    ComparisonCounts compared_again_;
    PathEvidence paths_before_;  // of pipelines that went; and the times of all
    std::shared_ptr<const std::vector<SymbolStatistics>> statistics_;
    Nanos statistics_at_{0};
    std::optional<StateCopy> copy_;  // while a snapshot is taken
    Sequence overflow_checked_;      // of the pending run
    std::vector<Event> events_;
    Sequence needs_;
    Nanos last_report_{0};
    std::array<DeadLetters, channel_type_count> dead_letters_;
    bool warming_up_ = false;                              // the last run was: nobody waits for it
    std::array<Nanos, channel_type_count> parks_since_{};  // 0 = keeps no record
    Nanos lag_{0};  // of the last run: from its admission to its work
    std::uint64_t records_taken_ = 0;
    Nanos time_taken_{0};

    std::atomic<std::uint64_t> taken_through_;
    std::atomic<std::uint64_t> finished_through_;
    std::atomic<std::int64_t> next_deadline_;
    std::array<std::atomic<std::uint64_t>, channel_type_count> finished_{};
    std::array<std::atomic<std::uint64_t>, channel_type_count> admitted_{};
    std::array<std::uint64_t, channel_type_count> seen_{};  // records of the channel taken in
    std::atomic<bool> reading_from_file_{false};
    std::atomic<std::uint64_t> state_at_{0};  // 0 = no request
    SkipRequests skip_requests_;

    std::atomic<bool> work_has_come_{false};
    std::atomic<std::int64_t> channel_timeout_;  // ns

    mutable std::mutex mutex_;  // guards the rest
    std::shared_ptr<const PipelineSettings> work_;
    Output output_;
    std::vector<PathFallback::Fallen> fallen_;  // to be journaled
    bool fallback_asked_ = false;               // until that is granted nothing is given out
    std::vector<PathDifference> differences_;
    std::uint64_t output_size_ = 0;
    std::function<void(StateParts)> state_done_;
    std::shared_ptr<const ShardReport> report_;
    std::optional<Error> failure_;
};

}  // namespace tickstock

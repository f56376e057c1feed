#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/state_archive.hpp"
#include "config/config.hpp"
#include "detectors/detection_sink.hpp"
#include "detectors/high_low.hpp"
#include "detectors/sample.hpp"
#include "detectors/second_bars.hpp"
#include "detectors/session_stats.hpp"
#include "engine/extensions.hpp"
#include "engine/fault_guard.hpp"
#include "model/accounting.hpp"
#include "model/calendar.hpp"
#include "model/clock_index.hpp"
#include "model/intake_note.hpp"

namespace tickstock {

/// The tick lane's detectors and their state: session statistics, high/low, second bars and what
/// works on them. Takes the tick channel's records in sequence order and fires every deadline
/// before the first record at or after it: at one instant second bars, then highs, then lows. What
/// a detector throws is set aside and ends nothing else (FaultGuard).
class TickLane {
public:
    /// Detectors of `extensions` come after the built-in ones.
    explicit TickLane(const PipelineSettings& settings,
                      const PipelineExtensions* extensions = nullptr);

    /// Between two records: other values of live and session settings. A sample detector that goes
    /// off forgets its symbols, one that goes on begins with none.
    void reconfigure(const PipelineSettings& settings);

    /// `clocks` is the run that the items are of.
    void work(std::span<const IntakeItem> items, const ClockIndex& clocks);

    /// Counts a record that somebody keeps from the lane.
    void pass_over(Reason reason) {
        ++counts_.in;
        counts_.drop(reason);
    }

    /// Fires what is due up to clocks.through(); at the end of input everything that is open.
    void advance(const ClockIndex& clocks);

    /// A trading session that an earlier process knew goes on, unless the symbol has one.
    void restore(const SessionRestore& session, const SessionSpan& span);

    /// For a lane that was paused: fires every deadline up to `through`, each at its own time but
    /// with sequence_end as its entry; the caller gives the finds their keys.
    void fire_through(UnixNanos through);

    /// Found since the last clear, in the order of work (not yet in key order).
    std::vector<Detection>& detections() { return sink_.detections(); }

    /// What detectors failed on, since the caller last emptied the list.
    std::vector<SetAside>& set_aside() { return guard_.list(); }
    std::uint64_t failures() const { return guard_.failures(); }

    /// Records: in = out + corrections without effect. One that a detector failed on is out.
    const StageCounts& counts() const { return counts_; }
    std::uint64_t second_bars() const { return second_bars_.bars_closed() + feed_samples_; }
    std::uint64_t late_second_trades() const { return second_bars_.late_trades(); }
    /// False when none of the detectors has a rule of the name.
    bool switch_rule(std::string_view name, bool on) {
        bool known = false;
        for (const auto& detector : sample_detectors_) {
            known = detector->switch_rule(name, on) || known;
        }
        return known;
    }
    void add_rule_activity(std::span<RuleActivity> by_rule) const {
        for (const auto& detector : sample_detectors_) {
            detector->add_rule_activity(by_rule);
        }
    }
    /// The earliest open deadline; time_never when there is none.
    UnixNanos next_deadline() const {
        return std::min(second_bars_.next_deadline(), sink_.next_deadline());
    }
    /// Calls `use` with each symbol that has a deadline at or before `through`.
    template <class Use>
    void for_each_due(UnixNanos through, Use use) const {
        second_bars_.for_each_due(through, use);
        sink_.for_each_due(through, use);
    }
    /// Seconds whose bar is not closed yet.
    std::uint64_t open_seconds() const { return second_bars_.open_seconds(); }
    std::uint64_t open_deadlines() const {
        return sink_.open_deadlines() + second_bars_.open_seconds();
    }

    // State to bytes and back, between batches, with all detections taken. What a lane with other
    // sample detectors wrote is taken as far as the names are the same.
    void save_symbol(SymbolId symbol, StateWriter& out) const;
    /// Opens the symbol's deadlines again. After in.ok() == false the lane is of no use.
    /// REQUIRES: the symbol is unknown, or forgotten.
    void load_symbol(SymbolId symbol, StateReader& in);
    /// As if it had never been seen, its deadlines too.
    void forget_symbol(SymbolId symbol);
    void save_totals(StateWriter& out) const;
    /// Adds to what is there.
    void add_totals(StateReader& in);

private:
    void work_one(const IntakeItem& item);
    void on_trade(const Trade& trade, const IntakeNote& note, SessionStats& stats,
                  const Moment& moment);
    void on_feed_sample(const Bar& bar, const IntakeNote& note, SessionStats& stats,
                        const Moment& moment);
    void enter_session(const IntakeNote& note, SymbolId symbol, SessionStats& stats,
                       const Moment& moment);
    void fire_until(UnixNanos through, const ClockIndex& clocks);
    /// All open deadlines of the symbol, in order of time: its session is over.
    void fire_symbol(SymbolId symbol, SessionStats& stats, const Moment& moment);
    /// Before closed_bars_[bar] is worked: lets memory fetch the state of a later one.
    void prefetch_after(std::size_t bar) const;
    void deliver_bar(const SecondBars::ClosedBar& bar, const Moment& moment);
    void deliver(Sample& sample, SessionStats& stats, const Moment& moment);
    /// The detector of the name; null when there is none.
    SampleDetector* sample_detector(std::string_view name) const;
    void look_what_detectors_need();
    void emit_control(const Record& record, const IntakeNote& note, const SessionStats& stats,
                      const Moment& moment);
    using StatusReason = std::array<char, 15>;
    /// The resumption is told with the first trade after its announcement, and by the
    /// announcement's reason; a halt in between makes it void.
    void keep_resume_reason(const TradingStatus& status);
    StatusReason take_resume_reason(SymbolId symbol);
    SessionStats& stats_of(SymbolId symbol);
    /// Start of the session's newest sample, where the feed's second bars are the samples.
    std::int64_t& newest_feed_second(SymbolId symbol);

    const PipelineExtensions* const extensions_;
    bool high_low_enabled_;
    const bool second_bars_from_feed_;
    HighLowDetector high_low_;
    SecondBars second_bars_;
    std::vector<std::unique_ptr<SampleDetector>> sample_detectors_;
    bool needs_session_prices_ = false;
    DetectionSink sink_;
    FaultGuard guard_{ChannelType::Tick};
    std::vector<SessionStats> stats_;                                // by SymbolId
    std::vector<std::pair<SymbolId, StatusReason>> resume_reasons_;  // announced, not traded yet
    std::vector<std::int64_t> newest_feed_seconds_;                  // by SymbolId; s since 1970
    std::vector<SecondBars::ClosedBar> closed_bars_;
    StageCounts counts_;
    std::uint64_t feed_samples_ = 0;
};

}  // namespace tickstock

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "detectors/detection_sink.hpp"
#include "detectors/high_low.hpp"
#include "detectors/sample.hpp"
#include "detectors/second_bars.hpp"
#include "detectors/session_stats.hpp"
#include "model/accounting.hpp"
#include "model/clock_index.hpp"
#include "model/intake_note.hpp"

namespace tickstock {

/// The tick lane's detectors and their state: session statistics, high/low, second bars and what
/// works on them. Takes the tick channel's records in sequence order and fires every deadline
/// before the first record at or after it: at one instant second bars, then highs, then lows.
class TickLane {
public:
    explicit TickLane(const PipelineSettings& settings);

    /// `clocks` is the run that the items are of.
    void work(std::span<const IntakeItem> items, const ClockIndex& clocks);

    /// Fires what is due up to clocks.through(); at the end of input everything that is open.
    void advance(const ClockIndex& clocks);

    /// Found since the last clear, in the order of work (not yet in key order).
    std::vector<Detection>& detections() { return sink_.detections(); }

    /// Records: in = out + corrections without effect.
    const StageCounts& counts() const { return counts_; }
    std::uint64_t second_bars() const { return second_bars_.bars_closed() + feed_samples_; }
    std::uint64_t late_second_trades() const { return second_bars_.late_trades(); }
    void add_rule_activity(std::span<RuleActivity> by_rule) const {
        for (const auto& detector : sample_detectors_) {
            detector->add_rule_activity(by_rule);
        }
    }
    /// The earliest open deadline; time_never when there is none.
    UnixNanos next_deadline() const {
        return std::min(second_bars_.next_deadline(), sink_.next_deadline());
    }
    std::uint64_t open_deadlines() const {
        return sink_.open_deadlines() + second_bars_.open_seconds();
    }

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

    const bool high_low_enabled_;
    const bool second_bars_from_feed_;
    HighLowDetector high_low_;
    SecondBars second_bars_;
    std::vector<std::unique_ptr<SampleDetector>> sample_detectors_;
    const bool needs_session_prices_;
    DetectionSink sink_;
    std::vector<SessionStats> stats_;                                // by SymbolId
    std::vector<std::pair<SymbolId, StatusReason>> resume_reasons_;  // announced, not traded yet
    std::vector<std::int64_t> newest_feed_seconds_;                  // by SymbolId; s since 1970
    std::vector<SecondBars::ClosedBar> closed_bars_;
    StageCounts counts_;
    std::uint64_t feed_samples_ = 0;
};

}  // namespace tickstock

#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/decimal.hpp"
#include "base/state_archive.hpp"
#include "config/config.hpp"
#include "detectors/detection_sink.hpp"
#include "detectors/session_stats.hpp"
#include "model/decision.hpp"
#include "model/event.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

/// Whether the limits that hold in the period differ from the built-in ones.
bool has_own_limits(const HighLowSettings& settings, MarketPeriod period);

/// New session highs and lows (SPEC 7.1).
///
/// The first eligible trade of a trading session sets open, high and low without an event. After
/// that a trade strictly beyond an extreme always moves it; it is emitted when it lies far enough
/// from the last *emitted* extreme (Δ$ and Δ%, exact). Within the cooldown after an emission a
/// qualifying extreme waits: it is emitted at the cooldown's or the session's end, whichever comes
/// first, as it then stands. A correction of the very trade behind the current, emitted extreme
/// takes it back. O(1) per trade; one thread; never reads a clock.
class HighLowDetector {
public:
    explicit HighLowDetector(const HighLowSettings& settings) { reconfigure(settings); }

    /// Between two records. The reversal window acts with a symbol's next session.
    void reconfigure(const HighLowSettings& settings);

    /// A new trading session of the symbol begins; pending extremes of the old one are gone
    /// (flush_pending() first).
    void reset(SymbolId symbol);

    /// A trade eligible for high/low. `stats` has its volume in already; `mean_size_before` is
    /// SessionStats::mean_size() as it was before.
    void on_trade(const Trade& trade, const IntakeNote& note, const SessionStats& stats,
                  double mean_size_before, const Moment& moment, DetectionSink& sink);

    /// A correction record. True when it took an emitted extreme back.
    bool on_correction(const Trade& correction, const Moment& moment, DetectionSink& sink);

    /// A deadline opened by on_trade() has come.
    void on_deadline(const Deadline& deadline, const SessionStats& stats, const Moment& moment,
                     DetectionSink& sink);

    /// Emits what is pending with deadlines before `before`, in their order (at one instant high
    /// before low): the symbol's session is over.
    void flush_pending(SymbolId symbol, UnixNanos before, const SessionStats& stats,
                       const Moment& moment, DetectionSink& sink);

    /// Open and extremes of the session so far; 0 before its first eligible trade.
    struct SessionPrices {
        Price open;
        Price high;
        Price low;
    };
    SessionPrices session_of(SymbolId symbol) const;

    /// What an earlier process told of the session that has just been entered: its prices, and how
    /// many highs and lows it emitted. A trade inside them is no news. REQUIRES: reset().
    void restore(const SessionRestore& session);

    /// Halted: what is pending is not emitted any more.
    void mute(SymbolId symbol);

    // State to bytes and back. There are no totals.
    void save_symbol(SymbolId symbol, StateWriter& out) const;
    /// Opens the deadlines of what is pending again, in `sink`. Nothing changes when `in` fails.
    /// REQUIRES: the symbol is unknown, or forgotten.
    void load_symbol(SymbolId symbol, StateReader& in, DetectionSink& sink);
    /// As if it had never been seen; its deadlines are the sink's to forget.
    void forget_symbol(SymbolId symbol);

private:
    /// One kind of extreme of one symbol in one session; what every trade may look at.
    struct Side {
        Price extreme;
        Price last_emitted;        // at first the open
        UnixNanos emission_clock;  // of the last emission
        std::uint32_t count = 0;
        std::uint32_t coalesced = 0;
        UnixNanos pending_until = time_never;  // time_never = nothing pending
        bool emitted_before = false;           // this session
        bool extreme_emitted = false;          // the current extreme went out
        bool prior_known = false;

        template <class Archive>
        void archive(Archive& a) {
            a(extreme, last_emitted, emission_clock, count, coalesced, pending_until,
              emitted_before, extreme_emitted, prior_known);
        }
    };
    /// What only emissions need.
    struct Background {
        Trade trade;  // that set the extreme
        double rel_volume = 0;
        MarketPeriod period = MarketPeriod::Base;
        LuldBand luld_band = LuldBand::None;
        UnixNanos extreme_ts;
        Price prior;
        UnixNanos prior_ts;
        Detection last_emission;

        template <class Archive>
        void archive(Archive& a) {  // last_emission is kept only while it may be taken back
            a(trade, rel_volume, period, luld_band, extreme_ts, prior, prior_ts);
        }
    };
    struct Emission {
        EventType type = EventType::High;
        UnixNanos clock;

        template <class Archive>
        void archive(Archive& a) {
            a(type, clock);
        }
    };
    struct SymbolState {
        Nanos reversal_window{-1};  // of this session; -1 = it has not begun
        bool started = false;
        std::uint8_t emissions = 0;    // how many of `last` are set
        std::array<Emission, 2> last;  // newest first
        Price open;
        std::array<Side, 2> sides;  // high, low
    };
    /// All of one symbol, either way.
    template <class Archive>
    static void archive(Archive& a, SymbolState& state, std::array<Background, 2>& backgrounds);

    struct Thresholds {  // multiplier applied, × 1e12
        int128 price_change = 0;
        int128 percent_change = 0;
    };

    void set_extreme(SymbolState& state, int side, const Trade& trade, const IntakeNote& note,
                     double mean_size_before);
    bool qualifies(const Side& side, MarketPeriod period) const;
    void emit(SymbolId symbol, int side, const SessionStats& stats, const Moment& moment,
              DetectionSink& sink);
    Reversal reversal_of(const SymbolState& state, int side, UnixNanos clock) const;
    SymbolState& state_of(SymbolId symbol);

    HighLowSettings settings_;
    std::array<Thresholds, market_period_count> thresholds_;
    std::vector<SymbolState> states_;
    std::vector<std::array<Background, 2>> backgrounds_;
};

}  // namespace tickstock

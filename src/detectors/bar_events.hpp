#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/decimal.hpp"
#include "base/state_archive.hpp"
#include "config/config.hpp"
#include "detectors/bar_history.hpp"
#include "detectors/detection_sink.hpp"
#include "model/accounting.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

/// What bars of a minute and longer tell (SPEC 7.5): `surge`, `high`, `low`, `trend`, in this
/// order, each about the bar's end.
///
/// State is kept per symbol and timeframe, from the first bar of that timeframe on. Bars of a
/// minute to an hour start anew with the trading session of their start; daily ones run on. A bar
/// without an average volume to compare with tells nothing, but counts. A bar with a known start
/// revises: it tells only what no earlier version told. Highs and lows of the session are compared
/// with all its other bars, later ones too; a trend is told by the newest bar only. O(1) per bar;
/// one thread; called by the bar lane in sequence order; never reads a clock.
class BarEventDetector {
public:
    /// `high_low` gives the least changes of highs and lows.
    BarEventDetector(const BarEventSettings& settings, const HighLowSettings& high_low) {
        reconfigure(settings, high_low);
    }

    /// Between two records. How many bars make the average acts with a symbol's next session, and
    /// for daily bars with the next one.
    void reconfigure(const BarEventSettings& settings, const HighLowSettings& high_low);

    /// Takes a bar. A reason when it has no effect at all.
    /// REQUIRES: a timeframe of a minute or longer.
    std::optional<Reason> on_bar(const Bar& bar, const IntakeNote& note, const Moment& moment,
                                 DetectionSink& sink);

    // State to bytes and back. There are no totals.
    void save_symbol(SymbolId symbol, StateWriter& out) const;
    /// Nothing changes when `in` fails. REQUIRES: the symbol is unknown, or forgotten.
    void load_symbol(SymbolId symbol, StateReader& in);
    /// As if it had never been seen.
    void forget_symbol(SymbolId symbol);

private:
    using Side = BarHistory::Side;

    /// One symbol and timeframe.
    struct State {
        BarHistory history;
        std::int64_t session_key = 0;
        UnixNanos open_start;  // of the session's first bar, which gave open and extremes
        std::array<Price, 2> last_emitted;       // high, low; at first the open
        std::array<bool, 2> emitted_before{};    // this session
        Direction last_trend = Direction::None;  // last emitted
        std::uint8_t average_bars = 0;           // settings of this session
        std::uint8_t min_average_bars = 0;

        template <class Archive>
        void archive(Archive& a) {
            a(history, session_key, open_start, last_emitted, emitted_before, last_trend,
              average_bars, min_average_bars);
        }
    };
    struct SymbolState {
        std::array<std::unique_ptr<State>, bar_timeframe_count> by_timeframe;
    };
    /// The volume to compare with is sum / bars; none while bars or sum is 0.
    using Average = BarHistory::VolumeSum;

    /// One bar at work.
    struct Work {
        const Bar& bar;
        const IntakeNote& note;
        const Moment& moment;
        State& state;
        DetectionSink& sink;
        std::size_t index;  // in the history
        Average average;
        bool tells;  // not muted, and the average is known
        bool daily;
    };

    State& state_of(SymbolId symbol, std::size_t timeframe);
    static Average average_of(const Bar& bar, const State& state, std::size_t index);
    void take_open(const Work& work, bool first) const;
    void look_for_surge(const Work& work) const;
    void look_for_session_extreme(const Work& work, Side side) const;
    void look_for_daily_extreme(const Work& work, Side side) const;
    void look_for_trend(const Work& work) const;
    bool may_tell(const Work& work, EventType type) const;
    bool far_enough(Price price, Price base, Side side, MarketPeriod period) const;
    void emit_extreme(const Work& work, Side side, const BarHistory::Extreme& prior) const;
    Detection detection_of(const Work& work, EventType type, Direction direction) const;
    void emit(const Work& work, Detection detection) const;

    struct ExtremeThresholds {  // multiplier applied, × 1e12
        int128 price_change = 0;
        int128 percent_change = 0;
    };

    BarEventSettings settings_;
    // Settings that decide differ from the defaults.
    std::array<bool, bar_timeframe_count> timeframe_configured_{};
    std::array<bool, market_period_count> extremes_configured_{};
    std::array<ExtremeThresholds, market_period_count> extreme_thresholds_;
    std::vector<SymbolState> states_;
};

}  // namespace tickstock

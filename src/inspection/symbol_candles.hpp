#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "config/config.hpp"
#include "inspection/candle_series.hpp"
#include "intake/intake.hpp"
#include "model/calendar.hpp"
#include "model/record.hpp"
#include "rules/source_specific_rules_engine.hpp"

namespace tickstock {

/// What of the settings candles need. Shared by all symbols.
struct CandleRules {
    PipelineSettings settings;
    TradingCalendar calendar;
    ConditionTable conditions;
    bool validates = false;  ///< people have validate rules

    /// An error names the condition table's file and line.
    static Result<std::shared_ptr<const CandleRules>> make(const PipelineSettings& settings);
};

/// A symbol's figures of the trading session at hand.
struct SessionCandle {
    std::int64_t session_key = 0;
    TradingSession session = TradingSession::Closed;
    UnixNanos begin;
    Candle figures;
};

/// One symbol's candles of every length and its session, from its trades by the pipeline's own
/// rules: an intake of its own says what each may update, with conditions, late prints, guard and
/// sessions. Corrections change no candle. Where a symbol has bars only, candles are made of these.
/// One thread.
class SymbolCandles {
public:
    static constexpr std::array<std::int64_t, 6> intervals{1, 5, 15, 60, 300, 3600};
    static constexpr std::size_t candles_kept = 1000;  ///< of each length
    static constexpr std::size_t bars_kept = 10'000;   ///< of each timeframe

    explicit SymbolCandles(std::shared_ptr<const CandleRules> rules);

    /// In the one order; only trades and bars count.
    void take(const Record& record);
    /// Everything before is of another epoch.
    void clear();
    /// From the next record on. The calendar stays.
    void reconfigure(std::shared_ptr<const CandleRules> rules);

    /// At most `limit`, the newest, oldest first, from the second `since` on. A stretch in which
    /// nothing updated the price has the close before it. REQUIRES: one of `intervals`.
    std::vector<Candle> candles(std::int64_t interval, std::size_t limit, std::int64_t since) const;
    /// Older candles of this length have been let go.
    bool is_cut(std::int64_t interval) const;
    /// Of the newest trade; of the newest bar where there is no trade.
    std::optional<SessionCandle> session() const;

private:
    void take_trade(const Trade& trade, Eligibility may);
    void take_bar(const Bar& bar);
    std::vector<Candle> of_bars(std::int64_t interval) const;
    Candle& session_of(const IntakeNote& note, UnixNanos ts);
    const CandleSeries* finest_bars() const;

    const std::shared_ptr<const CandleRules> made_with_;  // has the calendar
    std::shared_ptr<const CandleRules> rules_;
    std::unique_ptr<Intake> intake_;
    std::unique_ptr<SourceSpecificRulesEngine> validators_;  // null: no rule validates
    SessionLookup sessions_;
    std::vector<CandleSeries> series_;      // by `intervals`
    std::vector<CandleSeries> bars_;        // by timeframe, 1 s to 1 h
    std::optional<SessionCandle> session_;  // of trades
};

}  // namespace tickstock

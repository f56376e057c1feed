#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "config/config.hpp"
#include "intake/condition_table.hpp"
#include "intake/sanity_guard.hpp"
#include "model/accounting.hpp"
#include "model/calendar.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

/// A trade that the sanity guard held back, kept for people to see.
struct QuarantinedTrade {
    SymbolId symbol;
    UnixNanos ts;
    Price price;
    Size size;
    TradeId id;
    Price level;  ///< that it was compared with
    TradingSession session = TradingSession::Closed;
};

/// The first stage of a shard: takes every record in sequence order and decides what it may do —
/// session, sale conditions, late prints, sanity guard, halts, last price and best quote. Pure; one
/// thread; O(1) per record and symbol.
class Intake {
public:
    /// `calendar` must outlive this.
    Intake(const IntakeSettings& settings, const TradingCalendar& calendar, ConditionTable table);

    /// True: `note` is filled and the record goes on to its lane. False: counted as dropped.
    bool accept(const Record& record, IntakeNote& note);

    /// Market price for a fair value that accept() has just let pass.
    FairValueReference reference_for(const FairValue& value) const;

    const StageCounts& counts() const { return counts_; }
    std::uint64_t unknown_conditions() const { return unknown_conditions_; }
    std::uint64_t late_prints() const { return late_prints_; }
    /// The newest quarantined trades, oldest first; bounded by the setting quarantine_list.
    const std::deque<QuarantinedTrade>& quarantine() const { return quarantine_; }

private:
    enum class HaltState : std::uint8_t { Trading, Halted, ResumeAnnounced };
    struct SymbolState {
        std::int64_t session_key = 0;
        std::int64_t bar_session_key = 0;
        SanityGuard guard;
        HaltState halt = HaltState::Trading;
        Price last;
        UnixNanos last_ts;
        Price bid;
        Price ask;
        UnixNanos quote_ts;
    };

    bool accept_trade(const Trade& trade, SymbolState& state, IntakeNote& note);
    bool accept_bar(const Bar& bar, SymbolState& state, IntakeNote& note);
    void accept_status(const TradingStatus& status, SymbolState& state, IntakeNote& note);
    std::optional<Reason> enter_session(const SessionSpan& span, SymbolState& state);
    void quarantine(const Trade& trade, const SymbolState& state, const IntakeNote& note);
    bool drop(Reason reason);
    SymbolState& state_of(SymbolId symbol);

    const IntakeSettings settings_;
    const ConditionTable table_;
    SessionLookup sessions_;
    std::vector<SymbolState> states_;
    std::deque<QuarantinedTrade> quarantine_;
    StageCounts counts_;
    std::uint64_t unknown_conditions_ = 0;
    std::uint64_t late_prints_ = 0;
};

}  // namespace tickstock

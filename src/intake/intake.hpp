#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/state_archive.hpp"
#include "config/config.hpp"
#include "intake/condition_table.hpp"
#include "intake/quarantine.hpp"
#include "intake/sanity_guard.hpp"
#include "intake/unknown_conditions.hpp"
#include "model/accounting.hpp"
#include "model/calendar.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

/// The first stage of a shard: takes every record in sequence order and decides what it may do —
/// session, sale conditions, late prints, sanity guard, halts, price bands, last price and best
/// quote. Pure; one thread; O(1) per record and symbol.
///
/// A symbol's trading session is that of the newest trade or correction, whatever becomes of it:
/// one that is quarantined or may update nothing still tells that a session has begun. Quotes,
/// statuses, fair values and bars of a minute and more do not. Bars have a session of their own
/// per timeframe, because a bar comes when it ends, long after its start.
class Intake {
public:
    /// `calendar` must outlive this.
    Intake(const IntakeSettings& settings, const TradingCalendar& calendar, ConditionTable table);

    /// Between two records: the values of live settings.
    void reconfigure(const IntakeSettings& settings) { settings_ = settings; }

    /// True: `note` is filled and the record goes on to its lane. False: counted as dropped; when
    /// note.session_only is set the lane must enter the record's session all the same.
    bool accept(const Record& record, IntakeNote& note);

    /// A status that is no record: a person halts the symbol or lets it go on (decision
    /// ManualHalt). As accept() of a TradingStatus, but counted nowhere. The symbol may be new and
    /// the market closed; `note` may then be of session Closed.
    void announce(const TradingStatus& status, IntakeNote& note) {
        note = IntakeNote{};
        accept_status(status, state_of(status.header.symbol), note);
    }

    /// Counts a record to which a validate rule of its source says no: it has no effect at all.
    void refuse_by_rule() {
        ++counts_.in;
        counts_.drop(Reason::RuleRejected);
    }

    /// Market price for a fair value that accept() has just let pass.
    FairValueReference reference_for(const FairValue& value) const;

    const StageCounts& counts() const { return counts_; }
    const UnknownConditions& unknown_conditions() const { return unknown_conditions_; }
    std::uint64_t late_prints() const { return late_prints_; }
    /// Symbols that are muted now, because no resumption has been seen.
    std::uint64_t halted_symbols() const { return halted_symbols_; }
    /// Bounded by the setting quarantine_list.
    const Quarantine& quarantine() const { return quarantine_; }

    // Snapshots and moves between shards (SPEC 4, 5). halted_symbols() and the quarantined trades
    // go with their symbols. What a failed reader gives leaves no trace.

    void save_symbol(SymbolId symbol, StateWriter& out) const;
    /// REQUIRES: nothing is known of the symbol.
    void load_symbol(SymbolId symbol, StateReader& in);
    /// As if it had never been seen.
    void forget_symbol(SymbolId symbol);
    void save_totals(StateWriter& out) const;
    /// Adds them to what is there.
    void add_totals(StateReader& in);

private:
    enum class HaltState : std::uint8_t { Trading, Halted, ResumeAnnounced };
    static constexpr int bar_timeframes = 4;  // 1m 5m 15m 1h

    /// What trades have reached in a session: accepted ones of kind tick or websocket that are
    /// eligible for high/low. A cancel does not take it back.
    struct Reached {
        std::int64_t session_key = 0;
        Price high;
        Price low = Price::from_raw(Price::limit_raw);  // above every price: nothing yet

        template <class Archive>
        void archive(Archive& a) {
            a(session_key, high, low);
        }
    };
    struct Bands {
        std::int64_t session_key = 0;  // 0 = never told; of another session they do not count
        Price upper = Price::from_raw(Price::limit_raw);
        Price lower;

        template <class Archive>
        void archive(Archive& a) {
            a(session_key, upper, lower);
        }
    };
    struct SymbolState {
        std::int64_t session_key = 0;
        SanityGuard guard;
        HaltState halt = HaltState::Trading;
        Price last;
        UnixNanos last_ts;
        Reached reached;
        Bands bands;
        Reached reached_before;  // the session before: its last bars come after it
        std::array<std::int64_t, bar_timeframes> bar_session_keys{};
        Price bid;
        Price ask;
        UnixNanos quote_ts;

        template <class Archive>
        void archive(Archive& a) {
            a(session_key, guard, halt, last, last_ts, reached, bands, reached_before,
              bar_session_keys, bid, ask, quote_ts);
        }
    };

    bool accept_trade(const Trade& trade, SymbolState& state, IntakeNote& note);
    bool accept_bar(const Bar& bar, SymbolState& state, IntakeNote& note);
    void accept_status(const TradingStatus& status, SymbolState& state, IntakeNote& note);
    std::optional<Reason> enter_session(const SessionSpan& span, SymbolState& state,
                                        IntakeNote& note);
    /// False: the guard holds the trade back.
    bool accept_price(const Trade& trade, SymbolState& state, IntakeNote& note);
    void note_unknown(const Trade& trade, TradingSession session);
    void quarantine(const Trade& trade, const SymbolState& state, IntakeNote& note);
    bool drop(Reason reason);
    SymbolState& state_of(SymbolId symbol);

    IntakeSettings settings_;
    const ConditionTable table_;
    SessionLookup sessions_;
    std::vector<SymbolState> states_;
    Quarantine quarantine_;
    UnknownConditions unknown_conditions_;
    StageCounts counts_;
    std::uint64_t late_prints_ = 0;
    std::uint64_t halted_symbols_ = 0;
};

}  // namespace tickstock

#include "intake/intake.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {
namespace {

void fill_session(const SessionSpan& span, IntakeNote& note) {
    note.session_key = span.session_key;
    note.session_end = span.session_end;
    note.session = span.session;
    note.period = span.period;
}

bool is_reopening_print(const Trade& trade) {
    const auto codes = trade.conditions.codes();
    return std::any_of(codes.begin(), codes.end(),
                       [](std::uint8_t code) { return code == 18 || code == 28; });
}

}  // namespace

Intake::Intake(const IntakeSettings& settings, const TradingCalendar& calendar,
               ConditionTable table)
    : settings_(settings),
      table_(std::move(table)),
      sessions_(calendar),
      quarantine_(settings.quarantine_list) {}

Intake::SymbolState& Intake::state_of(SymbolId symbol) {
    if (symbol.value() >= states_.size()) {
        states_.resize(std::max<std::size_t>(symbol.value() + 1, states_.size() * 2));
    }
    return states_[symbol.value()];
}

bool Intake::drop(Reason reason) {
    counts_.drop(reason);
    return false;
}

bool Intake::accept(const Record& record, IntakeNote& note) {
    ++counts_.in;
    SymbolState& state = state_of(record.header().symbol);
    note = IntakeNote{};
    bool accepted = true;
    switch (record.kind()) {
        case RecordKind::Trade: accepted = accept_trade(record.trade(), state, note); break;
        case RecordKind::Bar: accepted = accept_bar(record.bar(), state, note); break;
        case RecordKind::Quote: {
            const Quote& quote = record.quote();
            state.bid = quote.bid;
            state.ask = quote.ask;
            state.quote_ts = quote.header.ts_event;
            break;
        }
        case RecordKind::FairValue:
            fill_session(sessions_.at(record.header().ts_event), note);
            note.muted = state.halt != HaltState::Trading;
            break;
        case RecordKind::TradingStatus: accept_status(record.status(), state, note); break;
        case RecordKind::ClockTick: TS_ASSERT(false);  // has no symbol; never comes here
    }
    counts_.out += accepted ? 1 : 0;
    return accepted;
}

std::optional<Reason> Intake::enter_session(const SessionSpan& span, SymbolState& state,
                                            IntakeNote& note) {
    if (span.session == TradingSession::Closed) {
        return Reason::Closed;
    }
    if (span.session_key < state.session_key) {
        return Reason::LateSession;
    }
    if (span.session_key > state.session_key) {
        state.session_key = span.session_key;
        state.guard.session_change();
        if (state.reached.high.raw() != 0) {
            state.reached_before = state.reached;
        }
        state.reached = Reached{};
        state.reached.session_key = span.session_key;
        note.enters_session = true;
    }
    return std::nullopt;
}

bool Intake::accept_trade(const Trade& trade, SymbolState& state, IntakeNote& note) {
    const SessionSpan& span = sessions_.at(trade.header.ts_event);
    if (const auto reason = enter_session(span, state, note)) {
        return drop(*reason);
    }
    fill_session(span, note);
    if (trade.correction != 0) {
        return true;  // no trade: the detectors look for the print that it voids
    }

    const ConditionTable::Verdict verdict = table_.judge(trade.conditions.codes(), span.session);
    if (verdict.unknown_codes != 0) {
        note_unknown(trade, span.session);
    }
    note.eligibility = verdict.eligibility;
    const bool late = trade.ts_execution != time_unknown &&
                      trade.header.ts_event - trade.ts_execution > settings_.late_print_after;
    if (late) {
        ++late_prints_;
        note.eligibility = note.eligibility & Eligibility(Eligibility::volume_bit);
    }
    if (!note.eligibility.high_low() && !note.eligibility.last()) {
        return true;
    }
    return accept_price(trade, state, note) || drop(Reason::Quarantined);
}

bool Intake::accept_price(const Trade& trade, SymbolState& state, IntakeNote& note) {
    const auto verdict = state.guard.check(trade.price, note.session, settings_);
    if (verdict == SanityGuard::Verdict::Quarantine) {
        quarantine(trade, state, note);
        return false;
    }
    if (verdict == SanityGuard::Verdict::AcceptAsLevel) {
        quarantine_.third_accepted(trade.header.symbol, settings_.guard_agreement_count - 1);
    }
    if (note.eligibility.last()) {
        state.guard.accepted_last(trade.price);
        state.last = trade.price;
        state.last_ts = trade.header.ts_event;
    }
    if (note.eligibility.high_low()) {
        const bool is_of_trades = trade.header.source_kind == SourceKind::Tick ||
                                  trade.header.source_kind == SourceKind::WebSocket;
        if (is_of_trades) {
            state.reached.high = std::max(state.reached.high, trade.price);
            state.reached.low = std::min(state.reached.low, trade.price);
        }
        if (state.bands.session_key == note.session_key) {
            note.luld_band = trade.price >= state.bands.upper   ? LuldBand::Upper
                             : trade.price <= state.bands.lower ? LuldBand::Lower
                                                                : LuldBand::None;
        }
    }
    if (state.halt != HaltState::Trading) {
        const bool resumes = state.halt == HaltState::ResumeAnnounced || is_reopening_print(trade);
        if (resumes) {
            state.halt = HaltState::Trading;
            --halted_symbols_;
            note.halt = HaltChange::Resumed;
        }
    }
    return true;
}

void Intake::note_unknown(const Trade& trade, TradingSession session) {
    for (const std::uint8_t code : trade.conditions.codes()) {
        if (!table_.knows(code, session)) {
            unknown_conditions_.add(code, trade.header);
        }
    }
}

bool Intake::accept_bar(const Bar& bar, SymbolState& state, IntakeNote& note) {
    const SessionSpan& span = sessions_.at(bar.header.ts_event);
    fill_session(span, note);
    note.muted = state.halt != HaltState::Trading;
    if (bar.timeframe == Timeframe::Second1) {
        if (!settings_.second_bars_from_feed) {
            return true;  // its channel drops it; it must not move the session
        }
        if (const auto reason = enter_session(span, state, note)) {
            return drop(*reason);
        }
        return true;
    }
    const int index = static_cast<int>(bar.timeframe) - static_cast<int>(Timeframe::Minute1);
    if (index < 0 || index >= bar_timeframes) {
        return true;  // a day counts as regular and is no part of an intraday session
    }
    if (span.session == TradingSession::Closed) {
        return drop(Reason::Closed);
    }
    std::int64_t& newest = state.bar_session_keys[static_cast<std::size_t>(index)];
    if (span.session_key < newest) {
        return drop(Reason::LateSession);
    }
    newest = span.session_key;
    for (const Reached& reached : {state.reached, state.reached_before}) {
        if (reached.session_key == span.session_key) {
            note.high_known = reached.high >= bar.high;
            note.low_known = reached.low <= bar.low;
        }
    }
    return true;
}

void Intake::accept_status(const TradingStatus& status, SymbolState& state, IntakeNote& note) {
    fill_session(sessions_.at(status.header.ts_event), note);
    const bool has_bands = status.band_upper.raw() > 0 || status.band_lower.raw() > 0;
    if (has_bands && note.session_key >= state.bands.session_key) {
        state.bands = Bands{};
        state.bands.session_key = note.session_key;
        if (status.band_upper.raw() > 0) {
            state.bands.upper = status.band_upper;
        }
        state.bands.lower = status.band_lower;
    }
    switch (status.action) {
        case TradingStatus::Action::None: break;
        case TradingStatus::Action::Halt:
        case TradingStatus::Action::Pause:
            // Muted already, announced resume or not: that has been said. The announcement is void.
            if (state.halt == HaltState::Trading) {
                note.halt = HaltChange::Halted;
                ++halted_symbols_;
            }
            state.halt = HaltState::Halted;
            break;
        case TradingStatus::Action::Resume:
            if (state.halt == HaltState::Halted) {
                state.halt = HaltState::ResumeAnnounced;
            }
            break;
    }
}

void Intake::quarantine(const Trade& trade, const SymbolState& state, IntakeNote& note) {
    QuarantinedTrade held_back;
    held_back.symbol = trade.header.symbol;
    held_back.sequence = trade.header.sequence;
    held_back.ts = trade.header.ts_event;
    held_back.price = trade.price;
    held_back.size = trade.size;
    held_back.level = state.guard.compared_with();
    held_back.limit_percent = state.guard.limit(note.session, settings_);
    held_back.conditions = trade.conditions;
    held_back.id = trade.id;
    held_back.exchange = trade.exchange;
    held_back.session = note.session;
    quarantine_.add(held_back);
    note.eligibility = Eligibility();
    note.session_only = note.enters_session;
}

FairValueReference Intake::reference_for(const FairValue& value) const {
    TS_ASSERT(value.header.symbol.value() < states_.size());
    const SymbolState& state = states_[value.header.symbol.value()];
    FairValueReference reference;
    if (value.market_price.raw() > 0) {
        reference.price = value.market_price;
        reference.ts = value.header.ts_event;
        return reference;
    }
    // A crossed quote is no market: its middle means nothing, and its spread would be negative.
    const bool quoted = state.bid.raw() > 0 && state.ask >= state.bid;
    const Price mid = Price::from_raw(state.bid.raw() + (state.ask.raw() - state.bid.raw()) / 2);
    if (quoted) {
        reference.spread_percent = 100 * (state.ask - state.bid).to_double() / mid.to_double();
    }
    if (quoted && (state.last.raw() == 0 || state.quote_ts > state.last_ts)) {
        reference.price = mid;
        reference.ts = state.quote_ts;
    } else if (state.last.raw() != 0) {
        reference.price = state.last;
        reference.ts = state.last_ts;
    }
    return reference;
}

}  // namespace tickstock

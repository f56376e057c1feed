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
    : settings_(settings), table_(std::move(table)), sessions_(calendar) {}

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
            break;
        case RecordKind::TradingStatus: accept_status(record.status(), state, note); break;
        case RecordKind::ClockTick: TS_ASSERT(false);  // has no symbol; never comes here
    }
    counts_.out += accepted ? 1 : 0;
    return accepted;
}

std::optional<Reason> Intake::enter_session(const SessionSpan& span, SymbolState& state) {
    if (span.session == TradingSession::Closed) {
        return Reason::Closed;
    }
    if (span.session_key < state.session_key) {
        return Reason::LateSession;
    }
    if (span.session_key > state.session_key) {
        state.session_key = span.session_key;
        state.guard.session_change();
    }
    return std::nullopt;
}

bool Intake::accept_trade(const Trade& trade, SymbolState& state, IntakeNote& note) {
    const SessionSpan& span = sessions_.at(trade.header.ts_event);
    if (const auto reason = enter_session(span, state)) {
        return drop(*reason);
    }
    fill_session(span, note);
    if (trade.correction != 0) {
        return true;  // no trade: the detectors look for the print that it voids
    }

    const ConditionTable::Verdict verdict = table_.judge(trade.conditions.codes(), span.session);
    unknown_conditions_ += verdict.unknown_codes;
    note.eligibility = verdict.eligibility;
    const bool late = trade.ts_execution != time_unknown &&
                      trade.header.ts_event - trade.ts_execution > settings_.late_print_after;
    if (late) {
        ++late_prints_;
        note.eligibility = note.eligibility & Eligibility(Eligibility::volume_bit);
    }
    if (note.eligibility.high_low() || note.eligibility.last()) {
        if (state.guard.check(trade.price, span.session, settings_) ==
            SanityGuard::Verdict::Quarantine) {
            quarantine(trade, state, note);
            return drop(Reason::Quarantined);
        }
        if (note.eligibility.last()) {
            state.guard.accepted_last(trade.price);
            state.last = trade.price;
            state.last_ts = trade.header.ts_event;
        }
        const bool resumes = state.halt == HaltState::ResumeAnnounced ||
                             (state.halt == HaltState::Halted && is_reopening_print(trade));
        if (resumes) {
            state.halt = HaltState::Trading;
            note.halt = HaltChange::Resumed;
        }
    }
    return true;
}

bool Intake::accept_bar(const Bar& bar, SymbolState& state, IntakeNote& note) {
    const SessionSpan& span = sessions_.at(bar.header.ts_event);
    fill_session(span, note);
    if (bar.timeframe == Timeframe::Second1) {
        if (!settings_.second_bars_from_feed) {
            return true;  // its channel drops it; it must not move the session
        }
        if (const auto reason = enter_session(span, state)) {
            return drop(*reason);
        }
        return true;
    }
    if (bar.timeframe == Timeframe::Day1) {
        return true;  // counts as regular and is no part of an intraday session
    }
    if (span.session == TradingSession::Closed) {
        return drop(Reason::Closed);
    }
    if (span.session_key < state.bar_session_key) {
        return drop(Reason::LateSession);
    }
    state.bar_session_key = span.session_key;
    return true;
}

void Intake::accept_status(const TradingStatus& status, SymbolState& state, IntakeNote& note) {
    fill_session(sessions_.at(status.header.ts_event), note);
    switch (status.action) {
        case TradingStatus::Action::None: break;
        case TradingStatus::Action::Halt:
        case TradingStatus::Action::Pause:
            note.halt = state.halt == HaltState::Halted ? HaltChange::None : HaltChange::Halted;
            state.halt = HaltState::Halted;
            break;
        case TradingStatus::Action::Resume:
            if (state.halt == HaltState::Halted) {
                state.halt = HaltState::ResumeAnnounced;
            }
            break;
    }
}

void Intake::quarantine(const Trade& trade, const SymbolState& state, const IntakeNote& note) {
    if (settings_.quarantine_list == 0) {
        return;
    }
    if (quarantine_.size() == settings_.quarantine_list) {
        quarantine_.pop_front();
    }
    quarantine_.push_back({trade.header.symbol, trade.header.ts_event, trade.price, trade.size,
                           trade.id, state.guard.compared_with(), note.session});
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
    const bool quoted = state.bid.raw() > 0 && state.ask.raw() > 0;
    const Price mid = Price::from_raw(state.bid.raw() / 2 + state.ask.raw() / 2);
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

// SymbolTracer: to which record a change of the ledgers belongs.

#include <fmt/format.h>

#include <algorithm>

#include "inspection/ledger_delta.hpp"
#include "inspection/symbol_tracer.hpp"
#include "inspection/trace_text.hpp"
#include "publishing/encode.hpp"
#include "router/data_channel_router.hpp"

namespace tickstock {
namespace {

std::string winner_note(const Loser& loser) {
    std::string text(to_string(loser.type));
    if (loser.winner != 0) {
        text += fmt::format(", won by event {:016x}", loser.winner);
    }
    return text;
}

}  // namespace

FateStep& SymbolTracer::tell(TracedRecord& record, Stage stage, FateStep::Outcome outcome,
                             Sequence at, std::uint64_t count, std::optional<Reason> reason) {
    FateStep step;
    step.stage = stage;
    step.outcome = outcome;
    step.reason = reason;
    step.count = static_cast<std::uint32_t>(count);
    step.at = at;
    record.fate.push_back(std::move(step));
    return record.fate.back();
}

/// Of the range and still kept; else the place for all others.
TracedRecord& SymbolTracer::record_of(Sequence sequence) {
    const auto found = std::lower_bound(
        records_.begin(), records_.end(), sequence,
        [](const TracedRecord& record, Sequence wanted) { return record.sequence() < wanted; });
    return found != records_.end() && found->sequence() == sequence ? *found : earlier_;
}

void SymbolTracer::attribute(Sequence at, UnixNanos clock, TracedRecord* self) {
    const Ledgers now = ledgers();
    Delta delta(last_, now);
    last_ = now;
    TracedRecord& mine = self != nullptr ? *self : records_.empty() ? earlier_ : records_.back();
    run_losers_.clear();
    pipeline_->losers().drain(run_losers_);
    for (const Event& event : run_events_) {
        tell_event(event, at, mine, delta);
    }
    for (const Loser& loser : run_losers_) {
        tell_loser(loser, at, delta);
    }
    tell_released(at, mine, delta);
    tell_rest(at, clock, mine, delta);
}

void SymbolTracer::tell_event(const Event& event, Sequence at, TracedRecord& self, Delta& delta) {
    using Outcome = FateStep::Outcome;
    const Sequence of = event.detection.context.sequence;
    // Held before, if not everything of this moment passed at once.
    const bool any_released =
        delta.at(Stage::Coordination).held < 0 ||
        delta.at(Stage::Coordination).out > delta.at(Stage::Coordination).in ||
        std::any_of(held_.begin(), held_.end(), [&](const HeldOne& one) {
            return one.record == of && of != Sequence{} && of != self.sequence();
        });
    TracedRecord* owner = any_released ? take_held(of, event.detection.ts) : nullptr;
    const bool was_held = owner != nullptr;
    if (owner == nullptr) {
        const bool is_known = of != Sequence{} && of != self.sequence() && of != at;
        owner = is_known ? &record_of(of) : &self;
    }
    if (was_held) {
        tell(*owner, Stage::Coordination, Outcome::Out, at).released = true;
        delta.released(Stage::Coordination);
    } else {
        tell(*owner, Stage::Rules, Outcome::Out, at).note = to_string(event.detection.type);
        tell(*owner, Stage::Coordination, Outcome::Out, at);
        delta.took_out(Stage::Rules);
        delta.took_out(Stage::Coordination);
    }
    tell(*owner, Stage::Priority, Outcome::Out, at).note = fmt::format("class {}", event.priority);
    delta.took_out(Stage::Priority);
    ++(unheard_ ? untold_ : published_);
    if (unheard_) {
        tell(*owner, Stage::Publishing, Outcome::Dropped, at, 1, Reason::ToldBefore).note =
            "the epoch ended before it was told";
        return;
    }
    tell(*owner, Stage::Publishing, Outcome::Out, at).note = fmt::format("{:016x}", event.id);
    TracedEvent told;
    told.id = event.id;
    told.revision = event.revision;
    told.type = event.detection.type;
    told.at = at;
    told.text = describe(event);
    encode_body(event, options_.symbol.view(), told.body);
    owner->events.push_back(std::move(told));
}

void SymbolTracer::tell_loser(const Loser& loser, Sequence at, Delta& delta) {
    Delta::One& coordination = delta.at(Stage::Coordination);
    std::int64_t& lost = coordination.dropped[static_cast<std::size_t>(loser.reason)];
    if (lost == 0 || coordination.held >= 0) {
        return;  // it came now: told with the rest
    }
    // Its record is the held one of its time.
    auto best = held_.end();
    for (auto one = held_.begin(); one != held_.end(); ++one) {
        const TracedRecord& record = record_of(one->record);
        if (record.record.header().ts_event == loser.ts || one->since >= loser.ts) {
            best = one;
            break;
        }
    }
    TracedRecord* owner = best == held_.end() ? nullptr : take_held(best->record, loser.ts);
    if (owner == nullptr) {
        return;
    }
    FateStep& step =
        tell(*owner, Stage::Coordination, FateStep::Outcome::Dropped, at, 1, loser.reason);
    step.released = true;
    step.note = winner_note(loser);
    ++coordination.held;
    --lost;
}

/// All that is left came with this entry.
void SymbolTracer::tell_rest(Sequence at, UnixNanos clock, TracedRecord& self, Delta& delta) {
    for (std::size_t place = 0; place < ledger_count; ++place) {
        const Stage stage = static_cast<Stage>(place + static_cast<std::size_t>(Stage::Intake));
        const Delta::One& one = delta.stages[place];
        if (one.out > 0) {
            tell(self, stage, FateStep::Outcome::Out, at, static_cast<std::uint64_t>(one.out));
        }
        if (one.held > 0) {
            FateStep& step = tell(self, stage, FateStep::Outcome::Held, at,
                                  static_cast<std::uint64_t>(one.held));
            if (stage == Stage::Channel) {
                step.note = "its channel is paused";
                const auto type = DataChannelRouter::channel_of(self.record);
                parked_[static_cast<std::size_t>(type.value_or(ChannelType::Tick))].push_back(
                    self.sequence());
            } else {
                step.note = "another source may tell it better until the window's end";
                held_.insert(held_.end(), static_cast<std::size_t>(one.held),
                             {self.sequence(), clock, at});
            }
        }
        for (std::size_t i = 0; i < reason_count; ++i) {
            if (one.dropped[i] > 0) {
                tell(self, stage, FateStep::Outcome::Dropped, at,
                     static_cast<std::uint64_t>(one.dropped[i]), static_cast<Reason>(i));
            }
        }
    }
    for (const Loser& loser : run_losers_) {  // those that came now: who won
        for (FateStep& step : self.fate) {
            if (step.at == at && step.reason == loser.reason && step.note.empty()) {
                step.note = winner_note(loser);
                break;
            }
        }
    }
    std::stable_sort(self.fate.begin(), self.fate.end(), [](const FateStep& a, const FateStep& b) {
        return a.at != b.at ? a.at < b.at : a.stage < b.stage;
    });
}

}  // namespace tickstock

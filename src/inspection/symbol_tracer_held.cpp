// SymbolTracer: what was held, and is decided with a later entry.

#include <algorithm>

#include "inspection/ledger_delta.hpp"
#include "inspection/symbol_tracer.hpp"

namespace tickstock {

/// The record of which coordination held the detection that was decided now; null = it came now.
/// `record`: the one behind the detection, as far as it says.
TracedRecord* SymbolTracer::take_held(Sequence record, UnixNanos ts) {
    const auto of_record = [&](Sequence wanted) {
        return std::find_if(held_.begin(), held_.end(),
                            [&](const HeldOne& one) { return one.record == wanted; });
    };
    const bool is_named = record != Sequence{} && record != sequence_end;
    auto found = is_named ? of_record(record) : held_.end();
    if (found == held_.end()) {  // of a deadline: held when that was due, with the newest record
        for (auto one = held_.begin(); one != held_.end(); ++one) {
            if (one->since >= ts && (found == held_.end() || one->since < found->since)) {
                found = one;
            }
        }
    }
    found = found == held_.end() ? of_record(Sequence{}) : found;  // held before the range
    found = found == held_.end() ? held_.begin() : found;
    if (found == held_.end()) {
        return nullptr;
    }
    const HeldOne one = *found;
    held_.erase(found);
    TracedRecord& holder = record_of(one.record);
    TracedRecord& named = is_named ? record_of(record) : holder;
    const bool is_ours =
        &named != &earlier_ || records_.empty() || record < records_.front().sequence();
    if (&named == &holder || !is_ours) {
        return &holder;
    }
    hand_over(holder, named, Stage::Rules, one.at);
    hand_over(holder, named, Stage::Coordination, one.at);
    return &named;
}

/// One detection's step at a stage turns out to be another record's.
void SymbolTracer::hand_over(TracedRecord& from, TracedRecord& to, Stage stage, Sequence at) {
    const auto step = std::find_if(from.fate.begin(), from.fate.end(), [&](const FateStep& one) {
        return one.stage == stage && one.at == at && !one.released &&
               one.outcome ==
                   (stage == Stage::Rules ? FateStep::Outcome::Out : FateStep::Outcome::Held);
    });
    if (step == from.fate.end()) {
        return;
    }
    FateStep one = *step;
    one.count = 1;
    to.fate.push_back(one);
    if (--step->count == 0) {
        from.fate.erase(step);
    }
}

/// What was held before and is decided now without an event: records of a channel that returns, or
/// whose records are skipped; and detections whose event was shed.
void SymbolTracer::tell_released(Sequence at, TracedRecord& self, Delta& delta) {
    using Outcome = FateStep::Outcome;
    Delta::One& channel = delta.at(Stage::Channel);
    Delta::One& detectors = delta.at(Stage::Detectors);
    std::int64_t& skipped = channel.dropped[static_cast<std::size_t>(Reason::Skipped)];
    for (std::deque<Sequence>& parked : parked_) {
        while (channel.held < 0 && !parked.empty()) {
            TracedRecord& owner = record_of(parked.front());
            parked.pop_front();
            ++channel.held;
            if (channel.out <= 0 && skipped > 0) {
                --skipped;
                tell(owner, Stage::Channel, Outcome::Dropped, at, 1, Reason::Skipped).released =
                    true;
                continue;
            }
            --channel.out;
            tell(owner, Stage::Channel, Outcome::Out, at).released = true;
            if (detectors.in <= 0) {
                continue;
            }
            --detectors.in;
            const bool is_correction =
                owner.record.kind() == RecordKind::Trade && owner.record.trade().correction != 0;
            std::optional<Reason> why;
            for (std::size_t i = 0; i < reason_count && !why; ++i) {
                const auto reason = static_cast<Reason>(i);
                if (detectors.dropped[i] > 0 &&
                    (reason == Reason::CorrectionWithoutEffect) == is_correction) {
                    --detectors.dropped[i];
                    why = reason;
                }
            }
            if (!why) {
                --detectors.out;
            }
            tell(owner, Stage::Detectors, why ? Outcome::Dropped : Outcome::Out, at, 1, why);
        }
    }
    Delta::One& coordination = delta.at(Stage::Coordination);
    while (coordination.held < 0 && !held_.empty()) {
        TracedRecord& owner = record_of(held_.front().record);
        held_.pop_front();
        Delta::One& priority = delta.at(Stage::Priority);
        const bool went_on = coordination.out > 0;
        ++coordination.held;
        if (!went_on) {
            for (std::size_t i = 0; i < reason_count; ++i) {
                if (coordination.dropped[i] > 0) {
                    --coordination.dropped[i];
                    tell(owner, Stage::Coordination, Outcome::Dropped, at, 1,
                         static_cast<Reason>(i))
                        .released = true;
                    break;
                }
            }
            continue;
        }
        --coordination.out;
        tell(owner, Stage::Coordination, Outcome::Out, at).released = true;
        for (std::size_t i = 0; i < reason_count && &owner != &self; ++i) {
            if (priority.dropped[i] > 0) {
                --priority.dropped[i];
                --priority.in;
                tell(owner, Stage::Priority, Outcome::Dropped, at, 1, static_cast<Reason>(i));
                break;
            }
        }
    }
}

}  // namespace tickstock

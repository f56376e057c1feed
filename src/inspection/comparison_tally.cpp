#include "inspection/comparison_tally.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "model/calendar.hpp"
#include "publishing/encode.hpp"

namespace tickstock {
namespace {

using Kind = ComparisonOutcome::Kind;

std::size_t hour_of(UnixNanos t) {
    const auto local = new_york_time(t);
    const auto in_day = local - std::chrono::floor<std::chrono::days>(local);
    return static_cast<std::size_t>(std::chrono::floor<std::chrono::hours>(in_day).count());
}

ListedDifference::Side side_of(const ComparedEvent* event) {
    ListedDifference::Side side;
    if (event != nullptr) {
        encode_body(event->event, event->symbol.view(), side.body);
        side.offset = event->number;
        const Sequence sequence = event->event.detection.context.sequence;
        side.sequence = sequence == sequence_end ? 0 : sequence.value();
    }
    return side;
}

}  // namespace

void EventTally::add(Kind kind) {
    a += kind != Kind::OnlyB ? 1 : 0;
    b += kind != Kind::OnlyA ? 1 : 0;
    both += kind == Kind::Both || kind == Kind::Changed ? 1 : 0;
    changed += kind == Kind::Changed ? 1 : 0;
    near += kind == Kind::Near ? 1 : 0;
    only_a += kind == Kind::OnlyA ? 1 : 0;
    only_b += kind == Kind::OnlyB ? 1 : 0;
}

void ComparisonTally::add(const ComparisonOutcome& outcome) {
    const ComparedEvent& event = outcome.a != nullptr ? *outcome.a : *outcome.b;
    const Detection& detection = event.event.detection;
    total_.add(outcome.kind);
    by_type_[static_cast<std::size_t>(detection.type)].add(outcome.kind);
    by_hour_[hour_of(detection.ts)].add(outcome.kind);
    by_symbol_[event.symbol].add(outcome.kind);
    if (outcome.kind != Kind::Both) {
        list(outcome);
    }
}

/// What is at both sides with other details is the least to see, so it gives way.
void ComparisonTally::list(const ComparisonOutcome& outcome) {
    if (limit_ == 0) {
        return;
    }
    if (differences_.size() == limit_) {
        if (keep_ == Keep::Newest) {
            differences_.pop_front();
        } else {
            const auto weakest =
                std::find_if(differences_.rbegin(), differences_.rend(),
                             [](const auto& one) { return one.kind == Kind::Changed; });
            if (outcome.kind == Kind::Changed || weakest == differences_.rend()) {
                return;
            }
            differences_.erase(std::next(weakest).base());
        }
    }
    const ComparedEvent& event = outcome.a != nullptr ? *outcome.a : *outcome.b;
    differences_.push_back({outcome.kind, event.symbol, event.event.detection.type,
                            event.event.detection.key.fire, side_of(outcome.a),
                            side_of(outcome.b)});
}

std::vector<ComparisonTally::Symbol> ComparisonTally::top_symbols(std::size_t count) const {
    std::vector<Symbol> all;
    for (const auto& [symbol, tally] : by_symbol_) {
        if (tally.differences() > 0) {
            all.push_back({symbol, tally});
        }
    }
    std::ranges::stable_sort(all, [](const Symbol& one, const Symbol& other) {
        return one.tally.differences() > other.tally.differences();
    });
    all.resize(std::min(all.size(), count));
    return all;
}

}  // namespace tickstock

#include "engine/state_copy.hpp"

#include <algorithm>
#include <variant>

#include "base/assert.hpp"
#include "base/mutant.hpp"

namespace tickstock {
namespace {

constexpr std::size_t slice_bytes = std::size_t{1} << 20;

template <class... Action>
bool is_any_of(const DecisionAction& action) {
    return (std::holds_alternative<Action>(action) || ...);
}

}  // namespace

StateCopy::StateCopy(const Pipeline& pipeline, std::vector<SymbolId> symbols, bool of_feed)
    : pipeline_(pipeline), symbols_(std::move(symbols)) {
    for (const SymbolId symbol : symbols_) {
        if (symbol.value() >= not_yet_.size()) {
            not_yet_.resize(symbol.value() + std::size_t{1});
        }
        not_yet_[symbol.value()] = true;
    }
    if (of_feed) {
        pipeline_.save_symbol(symbol_none, one_);
        slice_(symbol_none, one_.text());
    }
    const auto add = [&](const char* section, auto save) {
        StateWriter part;
        (pipeline_.*save)(part);
        parts_.emplace_back(section, part.take());
    };
    add("totals", &Pipeline::save_totals);
    add("parked", &Pipeline::save_parked);
    add("control", &Pipeline::save_control);
}

void StateCopy::before(const Run& run, unsigned shard) {
    if (run.decision) {
        before(*run.decision);
    }
    for (std::size_t i = 0; i < run.records.size(); ++i) {
        if (run.shard_of[i] == shard) {
            copy(run.records[i].header().symbol);
        }
    }
    if (!TICKSTOCK_MUTANT(34)) {
        pipeline_.for_each_due(run.through(), [this](SymbolId symbol) { copy(symbol); });
    }
}

void StateCopy::before(const Decision& decision) {
    for_each_symbol(decision, [this](SymbolId symbol) { copy(symbol); });
    const bool for_all_symbols =
        is_any_of<BeginEpoch, ChannelChange, RuleSwitch, ConfigurationChange, RolloutChange>(
            decision.action);
    if (for_all_symbols) {
        step(symbols_.size());
    }
}

bool StateCopy::step(std::size_t count) {
    for (; count > 0 && next_ < symbols_.size(); --count) {
        copy(symbols_[next_++]);
    }
    return next_ == symbols_.size();
}

void StateCopy::copy(SymbolId symbol) {
    if (symbol.value() >= not_yet_.size() || !not_yet_[symbol.value()]) {
        return;
    }
    not_yet_[symbol.value()] = false;
    if (TICKSTOCK_MUTANT(13) && symbol.value() % 5 == 3) {
        return;
    }
    one_.clear();
    pipeline_.save_symbol(symbol, one_);
    slice_(symbol, one_.text());
    if (slice_.size() >= slice_bytes) {
        end_slice();
    }
}

void StateCopy::end_slice() {
    parts_.emplace_back("symbols", slice_.take());
    slice_ = StateWriter();
}

StateCopy::Parts StateCopy::take() {
    TS_ASSERT(next_ == symbols_.size());
    end_slice();
    return std::move(parts_);
}

}  // namespace tickstock

#include "intake/quarantine.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {

std::string_view to_string(QuarantineOutcome outcome) {
    switch (outcome) {
        case QuarantineOutcome::HeldBack: return "held_back";
        case QuarantineOutcome::ThirdAccepted: return "third_accepted";
    }
    TS_ASSERT(false);
}

void Quarantine::add(const QuarantinedTrade& trade) {
    ++version_;
    if (limit_ == 0) {
        return;
    }
    if (trades_.size() == limit_) {
        --count_of(trades_.front().symbol);
        trades_.pop_front();
    }
    trades_.push_back(trade);
    ++count_of(trade.symbol);
}

std::uint32_t& Quarantine::count_of(SymbolId symbol) {
    if (symbol.value() >= counts_.size()) {
        counts_.resize(std::max<std::size_t>(symbol.value() + 1, counts_.size() * 2));
    }
    return counts_[symbol.value()];
}

void Quarantine::third_accepted(SymbolId symbol, unsigned count) {
    ++version_;
    for (auto trade = trades_.rbegin(); trade != trades_.rend() && count > 0; ++trade) {
        if (trade->symbol == symbol) {
            trade->outcome = QuarantineOutcome::ThirdAccepted;
            --count;
        }
    }
}

void Quarantine::save_symbol(SymbolId symbol, StateWriter& out) const {
    out(std::uint64_t{has(symbol) ? counts_[symbol.value()] : 0});
    if (!has(symbol)) {
        return;
    }
    for (const QuarantinedTrade& trade : trades_) {
        if (trade.symbol == symbol) {
            out(trade);
        }
    }
}

void Quarantine::load_symbol(SymbolId symbol, StateReader& in) {
    TS_ASSERT(!has(symbol));
    std::vector<QuarantinedTrade> loaded;
    in(loaded);
    if (!in.ok() || loaded.empty()) {
        return;
    }
    for (QuarantinedTrade& trade : loaded) {
        trade.symbol = symbol;  // a reader may know it by another id
    }
    ++version_;
    const auto middle = trades_.insert(trades_.end(), loaded.begin(), loaded.end());
    std::inplace_merge(trades_.begin(), middle, trades_.end(),
                       [](const QuarantinedTrade& a, const QuarantinedTrade& b) {
                           return a.sequence < b.sequence;
                       });
    count_of(symbol) = static_cast<std::uint32_t>(loaded.size());
    while (trades_.size() > limit_) {
        --count_of(trades_.front().symbol);
        trades_.pop_front();
    }
}

void Quarantine::forget_symbol(SymbolId symbol) {
    if (!has(symbol)) {
        return;
    }
    ++version_;
    std::erase_if(trades_, [&](const QuarantinedTrade& trade) { return trade.symbol == symbol; });
    count_of(symbol) = 0;
}

}  // namespace tickstock

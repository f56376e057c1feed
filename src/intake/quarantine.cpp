#include "intake/quarantine.hpp"

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
        trades_.pop_front();
    }
    trades_.push_back(trade);
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

}  // namespace tickstock

#include "sources/dbn/dbn_status.hpp"

namespace tickstock::dbn {

std::optional<TradingStatus::Action> status_action(std::uint16_t action, char is_trading) {
    switch (action) {
        case 7:  // trading
            return is_trading == 'N' ? std::nullopt : std::optional(TradingStatus::Action::Resume);
        case 8:   // halted
        case 10:  // suspended
            return TradingStatus::Action::Halt;
        case 9:  // paused
            return TradingStatus::Action::Pause;
        default: return std::nullopt;
    }
}

std::string_view status_word(std::uint16_t reason) {
    switch (reason) {
        case 1: return "scheduled";
        case 2: return "surveillance";
        case 3: return "market event";
        case 10: return "regulatory";
        case 11: return "administrative";
        case 12: return "non-compliance";
        case 13: return "filings";
        case 14: return "sec suspension";
        case 15: return "new issue";
        case 30: return "news pending";
        case 31: return "news released";
        case 32: return "news and times";
        case 40: return "imbalance";
        case 50: return "luld pause";
        case 60: return "operational";
        case 70: return "information";
        case 80: return "merger";
        case 90: return "etf components";
        case 100: return "corporate";
        case 110: return "new offering";
        case 120:
        case 121:
        case 122:
        case 123:
        case 124: return "market wide";
        default: return {};
    }
}

}  // namespace tickstock::dbn

#include "history/trade_windows.hpp"

namespace tickstock {

void TradeWindows::add(const std::vector<CountedTrades>& counted) {
    for (const CountedTrades& one : counted) {
        if (one.number > last_) {
            last_ = one.number;
            added_[one.at] += one.trades;
        }
    }
}

std::pair<std::int64_t, std::int64_t> TradeWindows::needed() const {
    std::pair<std::int64_t, std::int64_t> range{1, 0};
    for (const auto& [at, trades] : added_) {
        if (!base_.contains(at)) {
            range = {range.first > range.second ? at : range.first, at};
        }
    }
    return range;
}

std::vector<WindowTrades> TradeWindows::due(const std::vector<WindowTrades>& stored) {
    for (const WindowTrades& window : stored) {
        base_.try_emplace(window.at, window.trades);
    }
    std::vector<WindowTrades> due;
    for (const auto& [at, trades] : added_) {
        due.push_back({at, base_.try_emplace(at, 0).first->second + trades});
    }
    return due;
}

void TradeWindows::stored() {
    for (const auto& [at, trades] : added_) {
        base_[at] += trades;
    }
    added_.clear();
    while (base_.size() > 2) {  // only the newest windows gain more
        base_.erase(base_.begin());
    }
}

}  // namespace tickstock

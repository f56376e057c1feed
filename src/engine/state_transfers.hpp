#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/strong.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// Symbols on their way from one shard to another: the giver puts the state at the decision's
/// sequence, the taker waits for it there. Shards' threads; a lock a symbol.
class StateTransfers {
public:
    void put(Sequence decision, SymbolId symbol, std::string state) {
        const std::lock_guard lock(mutex_);
        states_.emplace(std::pair(decision, symbol), std::move(state));
    }
    std::optional<std::string> take(Sequence decision, SymbolId symbol) {
        const std::lock_guard lock(mutex_);
        const auto found = states_.find({decision, symbol});
        if (found == states_.end()) {
            return std::nullopt;
        }
        std::string state = std::move(found->second);
        states_.erase(found);
        return state;
    }

private:
    std::mutex mutex_;
    std::map<std::pair<Sequence, SymbolId>, std::string> states_;
};

}  // namespace tickstock

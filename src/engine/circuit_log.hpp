#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/channel_summary.hpp"
#include "model/decision.hpp"

namespace tickstock {

/// The newest changes of circuits among the decisions, for people: of the router, and of each
/// channel over all shards. Sequencer's thread.
class CircuitLog {
public:
    static constexpr std::size_t limit = 20;  ///< of each

    /// Any decision; only changes of circuits are kept.
    void add(const Decision& decision) {
        const auto* change = std::get_if<CircuitChange>(&decision.action);
        if (change == nullptr) {
            return;
        }
        std::vector<CircuitEntry>& of_owner =
            by_owner_[change->circuit.substr(0, change->circuit.find('/'))];
        if (of_owner.size() == limit) {
            of_owner.erase(of_owner.begin());
        }
        of_owner.push_back(
            {decision.sequence, decision.clock, change->circuit, change->to, change->reason});
    }

    /// "router", or a channel's name; newest last.
    std::vector<CircuitEntry> of(std::string_view owner) const {
        const auto known = by_owner_.find(owner);
        return known == by_owner_.end() ? std::vector<CircuitEntry>() : known->second;
    }

private:
    std::map<std::string, std::vector<CircuitEntry>, std::less<>> by_owner_;
};

}  // namespace tickstock

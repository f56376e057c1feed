#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tickstock {

/// Where some symbols are to live, before any strategy is asked. Placement only: a rule never
/// refuses a record and never changes what comes out (refusing is the rules engine's job).
struct RoutingRule {
    std::string name;
    int priority = 100;  ///< lower is asked first; equal ones in the order of their adding
    /// Symbols by name: `*` = any characters, `?` = one. Any of them is enough.
    std::vector<std::string> symbols;
    /// Asked as well where it is given; both must agree when both are given.
    std::function<bool(std::string_view symbol)> predicate;
    /// The healthy one of these that has the highest hash of (symbol, shard); one shard = a pin.
    /// The rule is passed over while none of them is healthy.
    std::vector<unsigned> shards;
};

/// `*` = any characters, also none; `?` = exactly one. The whole text must match.
bool matches_pattern(std::string_view pattern, std::string_view text);

/// The custom rules in the order in which they are asked. Few; asked once a symbol, not a record.
class RoutingRules {
public:
    explicit RoutingRules(unsigned shards) : shards_(shards) {}

    /// The error says what is wrong with it: name empty or taken, nothing that selects a symbol,
    /// no shard, or one that does not exist.
    std::optional<Error> add(RoutingRule rule);
    /// False when there is none of that name.
    bool remove(std::string_view name);

    /// In the order in which they are asked.
    const std::vector<RoutingRule>& all() const { return rules_; }
    bool empty() const { return rules_.empty(); }

    /// The shard that the first rule with a healthy one names; nothing when no rule holds.
    std::optional<unsigned> shard_for(std::string_view symbol,
                                      const std::function<bool(unsigned)>& healthy) const;

private:
    unsigned shards_;
    std::vector<RoutingRule> rules_;
};

/// The one of `shards` that `eligible` lets through with the highest hash of (symbol, shard).
std::optional<unsigned> rendezvous_among(std::string_view symbol, unsigned shards,
                                         const std::function<bool(unsigned)>& eligible);

}  // namespace tickstock

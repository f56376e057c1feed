#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock {

/// "SYMBOL … -> SHARD …" of the setting router.rules, e.g. "SPY QQQ BRK.* -> 0 1".
struct RoutingRuleText {
    std::vector<std::string> symbols;  ///< `*` = any characters, `?` = one
    std::vector<unsigned> shards;      ///< from 0
};

/// Nothing when it is not of that form: words separated by blanks, at least one on each side.
std::optional<RoutingRuleText> parse_routing_rule(std::string_view text);

}  // namespace tickstock

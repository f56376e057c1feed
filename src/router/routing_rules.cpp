#include "router/routing_rules.hpp"

#include <algorithm>

#include "base/hash.hpp"

namespace tickstock {
namespace {

bool holds(const RoutingRule& rule, std::string_view symbol) {
    const auto matches = [&](const std::string& pattern) {
        return matches_pattern(pattern, symbol);
    };
    if (!rule.symbols.empty() && std::none_of(rule.symbols.begin(), rule.symbols.end(), matches)) {
        return false;
    }
    return !rule.predicate || rule.predicate(symbol);
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;  // the last one, where to go on from …
    std::size_t taken = 0;                      // … with one character more for it
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            taken = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++taken;
        } else {
            return false;
        }
    }
    return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(),
                       [](char c) { return c == '*'; });
}

std::optional<Error> RoutingRules::add(RoutingRule rule) {
    const auto wrong = [&](const std::string& why) {
        return Error{"router rule \"" + rule.name + "\": " + why};
    };
    if (rule.name.empty()) {
        return wrong("it needs a name");
    }
    if (std::any_of(rules_.begin(), rules_.end(),
                    [&](const RoutingRule& other) { return other.name == rule.name; })) {
        return wrong("there is one of this name already");
    }
    if (rule.symbols.empty() && !rule.predicate) {
        return wrong("it needs symbols or a predicate");
    }
    if (rule.shards.empty()) {
        return wrong("it needs a shard");
    }
    for (const unsigned shard : rule.shards) {
        if (shard >= shards_) {
            return wrong("shard " + std::to_string(shard) + " does not exist: accepted is 0 to " +
                         std::to_string(shards_ - 1));
        }
    }
    const auto place = std::upper_bound(
        rules_.begin(), rules_.end(), rule.priority,
        [](int priority, const RoutingRule& other) { return priority < other.priority; });
    rules_.insert(place, std::move(rule));
    return std::nullopt;
}

bool RoutingRules::remove(std::string_view name) {
    return std::erase_if(rules_, [&](const RoutingRule& rule) { return rule.name == name; }) != 0;
}

std::optional<unsigned> RoutingRules::shard_for(
    std::string_view symbol, const std::function<bool(unsigned)>& healthy) const {
    for (const RoutingRule& rule : rules_) {
        if (!holds(rule, symbol)) {
            continue;
        }
        const auto wanted = rendezvous_among(symbol, shards_, [&](unsigned shard) {
            return healthy(shard) &&
                   std::find(rule.shards.begin(), rule.shards.end(), shard) != rule.shards.end();
        });
        if (wanted) {
            return wanted;
        }
    }
    return std::nullopt;
}

std::optional<unsigned> rendezvous_among(std::string_view symbol, unsigned shards,
                                         const std::function<bool(unsigned)>& eligible) {
    std::optional<unsigned> best;
    std::uint64_t best_hash = 0;
    std::string key(symbol);
    key.push_back('|');
    const std::size_t prefix = key.size();
    for (unsigned shard = 0; shard < shards; ++shard) {
        if (!eligible(shard)) {
            continue;
        }
        key.resize(prefix);
        key += std::to_string(shard);
        const std::uint64_t hash = xxh64(key);
        if (!best || hash > best_hash) {
            best_hash = hash;
            best = shard;
        }
    }
    return best;
}

}  // namespace tickstock

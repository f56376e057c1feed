#include "config/routing_rule_text.hpp"

#include <algorithm>
#include <charconv>

namespace tickstock {
namespace {

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t begin = text.find_first_not_of(' ');
        if (begin == std::string_view::npos) {
            return words;
        }
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        words.push_back(text.substr(begin, end - begin));
        text.remove_prefix(end);
    }
}

}  // namespace

std::optional<RoutingRuleText> parse_routing_rule(std::string_view text) {
    constexpr std::string_view arrow = "->";
    const std::size_t at = text.find(arrow);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    RoutingRuleText rule;
    for (const std::string_view symbol : words_of(text.substr(0, at))) {
        rule.symbols.emplace_back(symbol);
    }
    for (const std::string_view word : words_of(text.substr(at + arrow.size()))) {
        unsigned shard = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), shard);
        if (error != std::errc{} || end != word.data() + word.size()) {
            return std::nullopt;
        }
        rule.shards.push_back(shard);
    }
    if (rule.symbols.empty() || rule.shards.empty()) {
        return std::nullopt;
    }
    return rule;
}

}  // namespace tickstock

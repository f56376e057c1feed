#include "engine/rule_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "metrics/log.hpp"

namespace tickstock {

void add_rules(const std::vector<RuleSummary>& from, std::vector<RuleSummary>& to) {
    if (to.empty()) {
        to = from;
        return;
    }
    for (std::size_t i = 0; i < std::min(from.size(), to.size()); ++i) {
        to[i].activity += from[i].activity;
    }
}

void add_source_contexts(const std::vector<SourceContextSummary>& from,
                         std::vector<SourceContextSummary>& to) {
    const auto place = [](const SourceContextSummary& summary) {
        return std::tuple(summary.source, summary.kind);
    };
    for (const SourceContextSummary& summary : from) {
        const auto at = std::ranges::lower_bound(to, place(summary), {}, place);
        if (at != to.end() && place(*at) == place(summary)) {
            at->counts += summary.counts;
        } else {
            to.insert(at, summary);
        }
    }
}

std::string describe_disabled(const RuleSummary& rule) {
    const std::uint64_t symbols = rule.activity.disabled_symbols;
    return fmt::format("rule {} is switched off for {} symbol{}: it failed ten times in a row",
                       rule.name, symbols, symbols == 1 ? "" : "s");
}

void DisabledRuleLog::tell(const std::vector<RuleSummary>& rules) {
    told_.resize(std::max(told_.size(), rules.size()));
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const std::uint64_t disabled = rules[i].activity.disabled_symbols;
        if (disabled > told_[i]) {
            log_warn("rules", "{}", describe_disabled(rules[i]));
        }
        told_[i] = disabled;  // fewer when a person has switched the rule off and on
    }
}

}  // namespace tickstock

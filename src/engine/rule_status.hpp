#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/status.hpp"

namespace tickstock {

// Rules and sources in the status: what adds up over loops, and what people are told.

/// Adds the counts of `from` to `to`; both are of the same configuration.
void add_rules(const std::vector<RuleSummary>& from, std::vector<RuleSummary>& to);

/// Adds the counts of `from` to `to`, by source and kind; the order stays.
void add_source_contexts(const std::vector<SourceContextSummary>& from,
                         std::vector<SourceContextSummary>& to);

/// "rule X is switched off for 3 symbols: its evaluation failed ten times in a row".
std::string describe_disabled(const RuleSummary& rule);

/// Logs each rule when the number of symbols grows for which it is switched off. One thread.
class DisabledRuleLog {
public:
    void tell(const std::vector<RuleSummary>& rules);

private:
    std::vector<std::uint64_t> told_;  // by rule: symbols
};

}  // namespace tickstock

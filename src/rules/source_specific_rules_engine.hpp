#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/state_archive.hpp"
#include "config/config.hpp"
#include "expression/guarded_expression.hpp"
#include "model/accounting.hpp"
#include "model/event.hpp"
#include "model/record.hpp"
#include "model/rule_activity.hpp"
#include "rules/detection_values.hpp"
#include "rules/record_values.hpp"

namespace tickstock {

/// The rules of each source (SPEC 8), of people and built in, by priority: validate rules on
/// records before intake, filter, transform and enrich rules on detections before coordination.
/// (Event rules are a detector.) A rule whose evaluation fails does nothing that time, and after
/// ten failures in a row nothing more for that symbol. What rules do to one symbol never depends on
/// the others. One instance a shard; its thread only. Costs nothing per record while there is no
/// validate rule.
class SourceSpecificRulesEngine {
public:
    explicit SourceSpecificRulesEngine(const PipelineSettings& settings);

    /// Between two runs: the limits of bars; rules of people stay.
    void reconfigure(const PipelineSettings& settings) {
        bar_scope_ = settings.rules.ohlcv_scope;
        bars_ = settings.bars;
    }

    /// Whether there is a validate rule at all that is on.
    bool validates() const { return validates_; }

    /// False: a validate rule of the record's source says no. Quotes, statuses and corrections are
    /// never asked about.
    bool accepts(const Record& record);

    /// Drops what a filter says no to and lets the others act. Control events pass untouched.
    void apply(std::vector<Detection>& detections);

    /// Detections: in = out + RuleFiltered.
    const StageCounts& counts() const { return counts_; }

    /// Adds what the user rules did here; `by_rule` is by place in RuleSettings::user.
    void add_rule_activity(std::span<RuleActivity> by_rule) const;

    /// A rule that is off acts as if it were absent. One that goes on again is tried for every
    /// symbol, however often it failed before. False: none of this name is here (event rules are
    /// the detector's). Between two runs.
    bool switch_rule(std::string_view name, bool on);

    // Snapshots and moves between shards (SPEC 4, 5): a symbol has its failures in a row, the
    // totals have counts and what is off. By the rules' names: a rule that is gone is passed over,
    // a new one begins afresh.

    void save_symbol(SymbolId symbol, StateWriter& out) const;
    /// REQUIRES: nothing is known of the symbol.
    void load_symbol(SymbolId symbol, StateReader& in);
    void forget_symbol(SymbolId symbol);
    void save_totals(StateWriter& out) const;
    /// Adds the counts to what is there. A rule that is off in one of several is off.
    void add_totals(StateReader& in);

private:
    struct Rule {
        std::size_t place = 0;  // in settings.rules.user
        RuleKind kind = RuleKind::Filter;
        RuleName name;
        RuleName field;
        std::uint8_t sources = 0;  // bits of SourceKind
        std::uint8_t types = 0;    // bits of EventType
        GuardedExpression condition;
        std::optional<GuardedExpression> value;
        std::uint64_t acted = 0;
        bool on = true;
    };
    struct SymbolFailures;
    struct RuleTotals;

    void list_validators();
    Rule* find_rule(std::string_view name);
    /// Calls `use(rule)` for each of both lists, by priority.
    template <class Use>
    void for_each_rule(Use use) const;

    static Rule compile(const UserRule& user, std::size_t place);
    bool passes_bar_minima(const Detection& detection) const;
    static bool passes(Rule& rule, Detection& detection, const DetectionValues& values);
    static void change(Rule& rule, Detection& detection, DetectionValues& values);
    bool keep(Detection& detection);

    RuleSettings::OhlcvScope bar_scope_;
    BarEventSettings bars_;
    std::vector<Rule> validate_rules_;   // by priority
    std::vector<Rule> detection_rules_;  // by priority
    // By trades, bars, fair values: places in validate_rules_ of those that are on.
    std::array<std::vector<std::size_t>, 3> validators_;
    bool validates_ = false;
    RecordValues record_values_{};
    StageCounts counts_;
};

}  // namespace tickstock

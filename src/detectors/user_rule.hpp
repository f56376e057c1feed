#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/rule_fields.hpp"
#include "detectors/sample.hpp"
#include "expression/guarded_expression.hpp"
#include "model/calendar.hpp"

namespace tickstock {

/// Events of user rules on second bars (SPEC 8): one when a rule's condition comes true, at most
/// one per cooldown and symbol. A trading session begins with no condition true, no cooldown and
/// count 0. A condition whose evaluation fails counts as not true. O(rules) a sample.
class UserRuleDetector final : public SampleDetector {
public:
    /// Takes the event rules of `settings.rules.user`.
    explicit UserRuleDetector(const PipelineSettings& settings);
    UserRuleDetector(const UserRuleDetector&) = delete;  // the look-up points at the calendar
    UserRuleDetector& operator=(const UserRuleDetector&) = delete;

    bool empty() const { return rules_.empty(); }

    void reset(SymbolId symbol) override;
    void on_sample(const Sample& sample, SessionStats& stats, const Moment& moment,
                   DetectionSink& sink) override;
    bool needs_session_prices() const override { return true; }
    void add_rule_activity(std::span<RuleActivity> by_rule) const override;
    /// On again, no condition is true and every symbol is tried; counts and cooldowns stay.
    bool switch_rule(std::string_view name, bool on) override;

    const char* name() const override { return "rules"; }
    // State is kept by the rules' names: another set of rules takes what it knows.
    void save_symbol(SymbolId symbol, StateWriter& out) const override;
    void load_symbol(SymbolId symbol, StateReader& in) override;
    void forget_symbol(SymbolId symbol) override;
    void save_totals(StateWriter& out) const override;
    void add_totals(StateReader& in) override;

private:
    struct Rule {
        std::size_t place = 0;  // in settings.rules.user
        RuleName name;
        std::uint8_t sources = 0;  // bits of SourceKind
        Nanos cooldown{};
        GuardedExpression condition;
        std::uint64_t fired = 0;
        bool on = true;
    };
    /// Of one rule and symbol in one session.
    struct State {
        UnixNanos quiet_until;
        std::uint32_t count = 0;
        bool was_true = false;

        bool is_fresh() const { return quiet_until == UnixNanos{} && count == 0 && !was_true; }
        template <class Archive>
        void archive(Archive& a) {
            a(quiet_until, count, was_true);
        }
    };

    std::span<State> states_of(SymbolId symbol);
    /// The rule's place in rules_; nothing when there is none of the name.
    std::optional<std::size_t> place_of(const RuleName& name) const;
    void fill_values(const Sample& sample, const SessionStats& stats, const Moment& moment);
    void emit(Rule& rule, State& state, const Sample& sample, const SessionStats& stats,
              const Moment& moment, DetectionSink& sink);

    const TradingCalendar calendar_;
    SessionLookup sessions_;
    std::vector<Rule> rules_;
    std::vector<State> states_;  // by (SymbolId, rule)
    std::array<double, event_rule_fields.size()> values_{};
};

}  // namespace tickstock

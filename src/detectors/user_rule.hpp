#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
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

private:
    struct Rule {
        std::size_t place = 0;  // in settings.rules.user
        RuleName name;
        std::uint8_t sources = 0;  // bits of SourceKind
        Nanos cooldown{};
        GuardedExpression condition;
        std::uint64_t fired = 0;
    };
    /// Of one rule and symbol in one session.
    struct State {
        UnixNanos quiet_until;
        std::uint32_t count = 0;
        bool was_true = false;
    };

    std::span<State> states_of(SymbolId symbol);
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

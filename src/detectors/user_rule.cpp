#include "detectors/user_rule.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace tickstock {
namespace {

constexpr std::uint8_t every_source = 0xff;

std::uint8_t source_bits(const std::vector<SourceKind>& sources) {
    std::uint8_t bits = sources.empty() ? every_source : 0;
    for (const SourceKind source : sources) {
        bits = static_cast<std::uint8_t>(bits | 1U << static_cast<unsigned>(source));
    }
    return bits;
}

/// Place of a field of event rules.
consteval std::size_t at(std::string_view name) {
    return field_index(event_rule_fields, name);
}

/// 0 without a base. The difference is exact, so that 1.00 to 1.01 is one percent and no more.
double percent(Price value, Price base) {
    const auto change = static_cast<double>((value - base).raw());
    return base.raw() > 0 ? 100 * change / static_cast<double>(base.raw()) : 0;
}

double sign_of(Direction direction) {
    return direction == Direction::Up ? 1 : direction == Direction::Down ? -1 : 0;
}

double seconds(Nanos duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

UserRuleDetector::UserRuleDetector(const PipelineSettings& settings)
    : calendar_(settings.calendar), sessions_(calendar_) {
    const std::vector<UserRule>& user = settings.rules.user;
    for (std::size_t place = 0; place < user.size(); ++place) {
        if (user[place].kind == RuleKind::Event) {
            rules_.push_back({place, RuleName(user[place].name), source_bits(user[place].sources),
                              user[place].cooldown,
                              GuardedExpression(compile_condition(user[place]).value()), 0, true});
        }
    }
    std::stable_sort(rules_.begin(), rules_.end(), [&](const Rule& a, const Rule& b) {
        return user[a.place].priority < user[b.place].priority;
    });
}

std::span<UserRuleDetector::State> UserRuleDetector::states_of(SymbolId symbol) {
    const std::size_t begin = std::size_t{symbol.value()} * rules_.size();
    if (begin + rules_.size() > states_.size()) {
        states_.resize(std::max(begin + rules_.size(), states_.size() * 2));
    }
    return {states_.data() + begin, rules_.size()};
}

void UserRuleDetector::reset(SymbolId symbol) {
    std::ranges::fill(states_of(symbol), State{});
}

void UserRuleDetector::on_sample(const Sample& sample, SessionStats& stats, const Moment& moment,
                                 DetectionSink& sink) {
    fill_values(sample, stats, moment);
    const std::span<State> states = states_of(sample.symbol);
    const auto source = 1U << static_cast<unsigned>(sample.source);
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        Rule& rule = rules_[i];
        State& state = states[i];
        if (!rule.on || (rule.sources & source) == 0) {
            continue;
        }
        const auto value = rule.condition.evaluate(sample.symbol.value(), values_);
        const bool is_true = value && *value != 0;
        const bool comes_true = is_true && !state.was_true;
        state.was_true = is_true;
        if (comes_true && !stats.muted && sample.t >= state.quiet_until) {
            emit(rule, state, sample, stats, moment, sink);
        }
    }
}

void UserRuleDetector::fill_values(const Sample& sample, const SessionStats& stats,
                                   const Moment& moment) {
    const double price = sample.price.to_double();
    // The sample's session and period are those of the second's start.
    const SessionSpan& span = sessions_.at(sample.t - std::chrono::seconds(1));
    values_[at("price")] = price;
    values_[at("volume")] = sample.volume.to_double();
    values_[at("vwap")] = sample.vwap;
    values_[at("vwap_divergence")] = 100 * (price - sample.vwap) / sample.vwap;
    values_[at("percent_change")] = percent(sample.price, sample.session_open);
    values_[at("session_open")] = sample.session_open.to_double();
    values_[at("session_high")] = sample.session_high.to_double();
    values_[at("session_low")] = sample.session_low.to_double();
    values_[at("percent_from_high")] = percent(sample.price, sample.session_high);
    values_[at("percent_from_low")] = percent(sample.price, sample.session_low);
    values_[at("session_volume")] = Size::from_raw(stats.volume_raw).to_double();
    values_[at("session_trades")] = static_cast<double>(stats.volume_trades);
    values_[at("mean_size")] = stats.mean_size();
    values_[at("trend")] = sign_of(stats.trend_flag);
    values_[at("surge")] = sign_of(stats.surge_flag(moment.fire));
    values_[at("seconds_of_session")] = seconds(sample.t - span.session_begin);
    values_[at("seconds_left")] = seconds(span.session_end - sample.t);
    values_[at("premarket")] = sample.session == TradingSession::Pre;
    values_[at("regular")] = sample.session == TradingSession::Regular;
    values_[at("afterhours")] = sample.session == TradingSession::After;
    values_[at("opening")] = sample.period == MarketPeriod::Opening;
    values_[at("midday")] = sample.period == MarketPeriod::Midday;
    values_[at("closing")] = sample.period == MarketPeriod::Closing;
}

void UserRuleDetector::emit(Rule& rule, State& state, const Sample& sample,
                            const SessionStats& stats, const Moment& moment, DetectionSink& sink) {
    ++rule.fired;
    ++state.count;
    state.quiet_until = sample.t + rule.cooldown;
    Detection detection;
    detection.symbol = sample.symbol;
    detection.type = EventType::Rule;
    detection.source = SourceKind::Channel;
    detection.session = sample.session;
    detection.session_key = stats.session_key;
    detection.price = sample.price;
    detection.ts = sample.t;
    detection.volume = sample.volume;
    detection.data = RuleData{rule.name, state.count};
    detection.evidence.period = sample.period;
    detection.evidence.configured = true;
    detection.evidence.rule_version = "rule/1";
    detection.context.sequence = moment.sequence;
    sink.emit(moment, std::move(detection));
}

void UserRuleDetector::add_rule_activity(std::span<RuleActivity> by_rule) const {
    for (const Rule& rule : rules_) {
        const GuardedExpression::Counts& counts = rule.condition.counts();
        by_rule[rule.place] +=
            RuleActivity{counts.evaluated, rule.fired, counts.failed, counts.disabled_keys};
    }
}

bool UserRuleDetector::switch_rule(std::string_view name, bool on) {
    const auto rule = std::ranges::find_if(
        rules_, [&](const Rule& candidate) { return candidate.name.view() == name; });
    if (rule == rules_.end()) {
        return false;
    }
    if (on && !rule->on) {
        rule->condition.forget_failures();
        const auto place = static_cast<std::size_t>(rule - rules_.begin());
        for (std::size_t i = place; i < states_.size(); i += rules_.size()) {
            states_[i].was_true = false;
        }
    }
    rule->on = on;
    return true;
}

void UserRuleDetector::save_symbol(SymbolId symbol, StateWriter& out) const {
    // Rules are quiet for nearly every symbol: only those with something to keep are written.
    const std::size_t begin = std::size_t{symbol.value()} * rules_.size();
    const auto state_at = [&](std::size_t i) {
        return begin + i < states_.size() ? states_[begin + i] : State{};
    };
    const auto is_worth_keeping = [&](std::size_t i) {
        return !state_at(i).is_fresh() || rules_[i].condition.failures_in_a_row(symbol.value()) > 0;
    };
    std::uint32_t kept = 0;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        kept += is_worth_keeping(i) ? 1U : 0U;
    }
    out(kept);
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        if (is_worth_keeping(i)) {
            out(rules_[i].name, state_at(i), rules_[i].condition.failures_in_a_row(symbol.value()));
        }
    }
}

void UserRuleDetector::load_symbol(SymbolId symbol, StateReader& in) {
    struct Kept {
        RuleName name;
        State state;
        std::uint8_t failures = 0;
    };
    std::uint32_t count = 0;
    in(count);
    std::vector<Kept> kept;
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        Kept& one = kept.emplace_back();
        in(one.name, one.state, one.failures);
    }
    if (!in.ok()) {
        return;
    }
    const std::span<State> states = states_of(symbol);
    for (const Kept& one : kept) {
        if (const auto place = place_of(one.name)) {
            states[*place] = one.state;
            rules_[*place].condition.set_failures_in_a_row(
                symbol.value(), std::min(one.failures, GuardedExpression::failure_limit));
        }
    }
}

void UserRuleDetector::forget_symbol(SymbolId symbol) {
    reset(symbol);
    for (Rule& rule : rules_) {
        rule.condition.set_failures_in_a_row(symbol.value(), 0);
    }
}

void UserRuleDetector::save_totals(StateWriter& out) const {
    out(static_cast<std::uint32_t>(rules_.size()));
    for (const Rule& rule : rules_) {
        // How many symbols it is off for comes with the symbols.
        out(rule.name, rule.condition.counts().evaluated, rule.condition.counts().failed,
            rule.fired, rule.on);
    }
}

void UserRuleDetector::add_totals(StateReader& in) {
    std::uint32_t count = 0;
    in(count);
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        RuleName name;
        std::uint64_t evaluated = 0;
        std::uint64_t failed = 0;
        std::uint64_t fired = 0;
        bool on = true;
        in(name, evaluated, failed, fired, on);
        if (const auto place = place_of(name); place && in.ok()) {
            rules_[*place].condition.add_counts(evaluated, failed);
            rules_[*place].fired += fired;
            rules_[*place].on = rules_[*place].on && on;
        }
    }
}

std::optional<std::size_t> UserRuleDetector::place_of(const RuleName& name) const {
    const auto rule = std::ranges::find(rules_, name, &Rule::name);
    return rule == rules_.end() ? std::nullopt
                                : std::optional(static_cast<std::size_t>(rule - rules_.begin()));
}

}  // namespace tickstock

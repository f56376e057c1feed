#include "rules/source_specific_rules_engine.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "config/rule_fields.hpp"

namespace tickstock {
namespace {

/// Bits of the named values; all of them where none is named.
template <class Enum>
std::uint8_t bits_of(const std::vector<Enum>& named) {
    std::uint8_t bits = named.empty() ? 0xff : 0;
    for (const Enum value : named) {
        bits = static_cast<std::uint8_t>(bits | 1U << static_cast<unsigned>(value));
    }
    return bits;
}

template <class Enum>
bool has(std::uint8_t bits, Enum value) {
    return (unsigned{bits} >> static_cast<unsigned>(value) & 1U) != 0;
}

/// A published number beyond it would be a line of digits.
constexpr double enrich_limit = 1e15;

/// In millionths, rounded as it is published.
std::int64_t published(double value) {
    constexpr double limit = 9e12;
    return std::llrint(std::clamp(value, -limit, limit) * 1e6);
}

/// Largest score that a rule may set.
constexpr double score_limit = 1e6;
constexpr std::size_t confidence_field = field_index(detection_rule_fields, "confidence");
constexpr std::size_t score_field = field_index(detection_rule_fields, "score");

}  // namespace

SourceSpecificRulesEngine::SourceSpecificRulesEngine(const PipelineSettings& settings)
    : bar_scope_(settings.rules.ohlcv_scope), bars_(settings.bars) {
    const std::vector<UserRule>& user = settings.rules.user;
    for (std::size_t place = 0; place < user.size(); ++place) {
        if (user[place].kind == RuleKind::Validate) {
            validate_rules_.push_back(compile(user[place], place));
        } else if (user[place].kind != RuleKind::Event) {
            detection_rules_.push_back(compile(user[place], place));
        }
    }
    const auto by_priority = [&](const Rule& a, const Rule& b) {
        return user[a.place].priority < user[b.place].priority;
    };
    std::stable_sort(validate_rules_.begin(), validate_rules_.end(), by_priority);
    std::stable_sort(detection_rules_.begin(), detection_rules_.end(), by_priority);
    list_validators();
}

void SourceSpecificRulesEngine::list_validators() {
    validates_ = false;
    for (std::vector<std::size_t>& places : validators_) {
        places.clear();
    }
    for (std::size_t i = 0; i < validate_rules_.size(); ++i) {
        if (!validate_rules_[i].on) {
            continue;
        }
        validates_ = true;
        const RecordKinds kinds = record_kinds_of(validate_rules_[i].condition.expression());
        const std::array wanted{kinds.trades, kinds.bars, kinds.fair_values};
        for (std::size_t kind = 0; kind < wanted.size(); ++kind) {
            if (wanted[kind]) {
                validators_[kind].push_back(i);
            }
        }
    }
}

SourceSpecificRulesEngine::Rule SourceSpecificRulesEngine::compile(const UserRule& user,
                                                                   std::size_t place) {
    Rule rule{place,
              user.kind,
              RuleName(user.name),
              RuleName(user.field),
              bits_of(user.sources),
              bits_of(user.types),
              GuardedExpression(compile_condition(user).value()),
              std::nullopt,
              0,
              true};
    if (user.kind == RuleKind::Transform || user.kind == RuleKind::Enrich) {
        rule.value.emplace(compile_value(user).value());
    }
    return rule;
}

bool SourceSpecificRulesEngine::accepts(const Record& record) {
    const std::vector<std::size_t>* rules = nullptr;
    switch (record.kind()) {
        case RecordKind::Trade:
            rules = record.trade().correction == 0 ? &validators_[0] : nullptr;
            break;
        case RecordKind::Bar: rules = &validators_[1]; break;
        case RecordKind::FairValue: rules = &validators_[2]; break;
        default: break;
    }
    if (rules == nullptr || rules->empty()) {
        return true;
    }
    fill_record_values(record, record_values_);
    const RecordHeader& header = record.header();
    for (const std::size_t place : *rules) {
        Rule& rule = validate_rules_[place];
        if (!has(rule.sources, header.source_kind)) {
            continue;
        }
        const auto value = rule.condition.evaluate(header.symbol.value(), record_values_);
        if (value && *value == 0) {
            ++rule.acted;
            return false;
        }
    }
    return true;
}

void SourceSpecificRulesEngine::apply(std::vector<Detection>& detections) {
    counts_.in += detections.size();
    const auto gone = std::remove_if(detections.begin(), detections.end(),
                                     [&](Detection& detection) { return !keep(detection); });
    for (auto dropped = gone; dropped != detections.end(); ++dropped) {
        counts_.drop(Reason::RuleFiltered);
    }
    detections.erase(gone, detections.end());
    counts_.out += detections.size();
}

bool SourceSpecificRulesEngine::keep(Detection& detection) {
    if (detection.type == EventType::Control) {
        return true;
    }
    if (!passes_bar_minima(detection)) {
        return false;
    }
    if (detection_rules_.empty()) {
        return true;
    }
    DetectionValues values = detection_values(detection);
    for (Rule& rule : detection_rules_) {
        const bool meant =
            rule.on && has(rule.sources, detection.source) && has(rule.types, detection.type);
        if (!meant) {
            continue;
        }
        if (rule.kind == RuleKind::Filter) {
            if (!passes(rule, detection, values)) {
                return false;
            }
        } else {
            change(rule, detection, values);
        }
    }
    return true;
}

/// S3's rule of bars. Surges met it exactly in their detector; here it stands for every event of a
/// bar where the scope says so, on the figures as they are published.
bool SourceSpecificRulesEngine::passes_bar_minima(const Detection& detection) const {
    const auto* data = std::get_if<BarData>(&detection.data);
    const bool applies = data != nullptr && detection.timeframe >= Timeframe::Minute1 &&
                         bar_scope_ == RuleSettings::OhlcvScope::All;
    if (!applies) {
        return true;
    }
    const auto timeframe = static_cast<std::size_t>(detection.timeframe) -
                           static_cast<std::size_t>(Timeframe::Minute1);
    return std::abs(published(data->percent_change)) >= bars_.min_percent_change[timeframe] &&
           published(data->volume_multiplier) >= bars_.required_volume_multiple;
}

bool SourceSpecificRulesEngine::passes(Rule& rule, Detection& detection,
                                       const DetectionValues& values) {
    const auto value = rule.condition.evaluate(detection.symbol.value(), values);
    if (!value) {
        return true;
    }
    if (*value == 0) {
        ++rule.acted;
        return false;
    }
    detection.evidence.rules.push_back({rule.name, RuleMark::Action::Passed, {}, 0});
    return true;
}

void SourceSpecificRulesEngine::change(Rule& rule, Detection& detection, DetectionValues& values) {
    const std::uint32_t symbol = detection.symbol.value();
    const auto condition = rule.condition.evaluate(symbol, values);
    if (!condition || *condition == 0) {
        return;
    }
    auto value = rule.value->evaluate(symbol, values);
    if (!value) {
        return;
    }
    ++rule.acted;
    if (rule.kind == RuleKind::Enrich) {
        *value = std::clamp(*value, -enrich_limit, enrich_limit);
        detection.evidence.rules.push_back(
            {rule.name, RuleMark::Action::Enriched, rule.field, *value});
        return;
    }
    if (rule.field.view() == "confidence") {
        detection.confidence = std::clamp(*value, 0.0, 1.0);
        values[confidence_field] = *value = detection.confidence;
    } else {
        detection.score = std::clamp(*value, 0.0, score_limit);
        values[score_field] = *value = detection.score;
    }
    detection.evidence.rules.push_back(
        {rule.name, RuleMark::Action::Transformed, rule.field, *value});
}

void SourceSpecificRulesEngine::add_rule_activity(std::span<RuleActivity> by_rule) const {
    const auto add = [&](const Rule& rule) {
        GuardedExpression::Counts counts = rule.condition.counts();
        if (rule.value) {
            counts.failed += rule.value->counts().failed;
            counts.disabled_keys += rule.value->counts().disabled_keys;
        }
        by_rule[rule.place] +=
            RuleActivity{counts.evaluated, rule.acted, counts.failed, counts.disabled_keys};
    };
    std::for_each(validate_rules_.begin(), validate_rules_.end(), add);
    std::for_each(detection_rules_.begin(), detection_rules_.end(), add);
}

}  // namespace tickstock

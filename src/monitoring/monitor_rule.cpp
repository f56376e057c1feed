#include "monitoring/monitor_rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <unordered_map>

#include "base/decimal.hpp"
#include "config/alert_files.hpp"
#include "config/alert_metrics.hpp"
#include "monitoring/built_in_rules.hpp"

namespace tickstock {
namespace {

bool meets(double value, AlertComparison comparison, double threshold) {
    switch (comparison) {
        case AlertComparison::Above: return value > threshold;
        case AlertComparison::AtLeast: return value >= threshold;
        case AlertComparison::Below: return value < threshold;
        case AlertComparison::AtMost: return value <= threshold;
        case AlertComparison::Equal: return value == threshold;
        case AlertComparison::NotEqual: break;
    }
    return value < threshold || value > threshold;  // not of what is no number
}

/// "12.5 ms"; at most three decimals.
std::string text_of(double value, std::string_view unit) {
    // Four digits that count; whole ones from a thousand on.
    const std::string text =
        std::abs(value) < 1000 ? fmt::format("{:.4g}", value) : fmt::format("{:.0f}", value);
    return unit.empty() ? text : text + " " + std::string(unit);
}

/// "OHLCV lags: channel.latency_p99_ms of ohlcv is 61 ms, accepted is not > 50 ms".
std::string message_of(const MonitorRule& rule, const MonitorRule::Level& level,
                       const Reading& reading) {
    if (rule.built_in && !reading.detail.empty()) {
        return reading.detail;
    }
    const AlertMetric* metric = find_alert_metric(rule.metric);
    const std::string_view unit = metric == nullptr ? "" : metric->unit;
    std::string text = rule.description.empty() ? "" : rule.description + ": ";
    text += rule.metric;
    text += reading.channel.empty() ? "" : " of " + reading.channel;
    text += " is " + text_of(reading.value, unit) + ", the alert is at ";
    text += to_string(rule.comparison);
    return text + " " + text_of(level.threshold, unit);
}

MonitorRule rule_of(const AlertRule& person) {
    MonitorRule rule;
    rule.type = person.name;
    rule.metric = person.metric;
    rule.comparison = person.comparison;
    rule.levels = {{person.severity, person.threshold}};
    rule.hold = person.hold;
    rule.description = person.description;
    rule.built_in = false;
    return rule;
}

}  // namespace

const Reading* find_reading(const Readings& readings, std::string_view name,
                            std::string_view channel) {
    const auto found = std::ranges::find_if(readings, [&](const Reading& reading) {
        return reading.name == name && reading.channel == channel;
    });
    return found == readings.end() ? nullptr : &*found;
}

std::vector<MonitorRule> monitor_rules(const MonitoringSettings& settings,
                                       const std::vector<AlertRule>& people) {
    std::vector<MonitorRule> rules = built_in_rules(settings);
    std::erase_if(rules, [&](const MonitorRule& rule) {
        return std::ranges::find(people, rule.type, &AlertRule::name) != people.end();
    });
    for (const AlertRule& person : people) {
        if (person.enabled) {
            rules.push_back(rule_of(person));
        }
    }
    return rules;
}

std::string runbook_of(std::string_view type) {
    static const std::vector<MonitorRule> known = built_in_rules({});
    if (std::ranges::find(known, type, &MonitorRule::type) == known.end()) {
        return "";
    }
    std::string name(type);
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
}

std::vector<Finding> find_alerts(const std::vector<MonitorRule>& rules, const Readings& readings) {
    std::unordered_multimap<std::string_view, const MonitorRule*> by_metric;
    for (const MonitorRule& rule : rules) {
        by_metric.emplace(rule.metric, &rule);
    }
    std::vector<Finding> findings;
    for (const Reading& reading : readings) {
        const auto [first, last] = by_metric.equal_range(reading.name);
        for (auto at = first; at != last; ++at) {
            const MonitorRule& rule = *at->second;
            for (const MonitorRule::Level& level : rule.levels) {
                if (meets(reading.value, rule.comparison, level.threshold)) {
                    findings.push_back({rule.type, reading.channel, level.severity,
                                        message_of(rule, level, reading), reading.value,
                                        level.threshold, rule.hold, reading.since});
                }
            }
        }
    }
    return findings;
}

}  // namespace tickstock

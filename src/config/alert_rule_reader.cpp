#include "config/alert_rule_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "base/decimal.hpp"
#include "config/alert_metrics.hpp"
#include "config/nearest_key.hpp"

namespace tickstock {
namespace {

using Kind = RawValue::Kind;

constexpr std::string_view keys = "name, condition, severity, description, for, enabled";
constexpr std::string_view accepted_condition =
    "accepted is METRIC OP NUMBER, with one of > >= < <= == != between";
constexpr std::size_t name_limit = 64;
constexpr std::size_t description_limit = 500;
constexpr std::int64_t hold_limit_seconds = 86'400;
constexpr std::array severities{AlertSeverity::Info, AlertSeverity::Warning, AlertSeverity::Error,
                                AlertSeverity::Critical};
constexpr std::array comparisons{AlertComparison::Above, AlertComparison::AtLeast,
                                 AlertComparison::Below, AlertComparison::AtMost,
                                 AlertComparison::Equal, AlertComparison::NotEqual};

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= name_limit && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
        if (text.empty()) {
            return words;
        }
        const auto end = std::min(text.find_first_of(" \t"), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

std::optional<double> number_of(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// "90s", "5m", "1h", or a number of seconds.
std::optional<Nanos> hold_of(const RawValue& value) {
    std::string_view text = value.text;
    std::int64_t seconds_each = 1;
    if (value.kind == Kind::String) {
        const char unit = text.empty() ? '\0' : text.back();
        seconds_each = unit == 's' ? 1 : unit == 'm' ? 60 : unit == 'h' ? 3600 : 0;
        text.remove_suffix(text.empty() ? 0 : 1);
    }
    std::int64_t milliseconds = 0;
    const bool good = (value.kind == Kind::String || value.kind == Kind::Number) &&
                      seconds_each > 0 &&
                      parse_decimal(text, 3, milliseconds) == DecimalStatus::Ok &&
                      milliseconds >= 0 && milliseconds <= hold_limit_seconds * 1000 &&
                      milliseconds * seconds_each <= hold_limit_seconds * 1000;
    return good ? std::optional<Nanos>(std::chrono::milliseconds(milliseconds * seconds_each))
                : std::nullopt;
}

}  // namespace

void AlertRuleReader::fail(std::string_view key, std::string_view what) {
    good_ = false;
    const auto member = given_.find(key);
    into_.errors.push_back(member == given_.end()
                               ? fmt::format("{}:{}: {}: {}", path_, line_, key, what)
                               : fmt::format("{}:{}: {} = {}: {}", path_, member->second.line, key,
                                             member->second.text, what));
}

void AlertRuleReader::set(std::string_view key, const RawValue& value, int line) {
    key_ = key;
    given_[key_] = {line, raw_text(value)};
    if (key == "name") {
        set_name(value);
    } else if (key == "condition") {
        set_condition(value);
    } else if (key == "severity") {
        set_severity(value);
    } else if (key == "description") {
        set_description(value);
    } else if (key == "for") {
        set_hold(value);
    } else if (key == "enabled") {
        set_enabled(value);
    } else {
        fail(key, unknown_key_text(nearest_key(key, {"name", "condition", "severity", "description",
                                                     "for", "enabled"}),
                                   keys));
    }
}

void AlertRuleReader::set_name(const RawValue& value) {
    if (value.kind != Kind::String || !is_name(value.text)) {
        return fail(key_, fmt::format("accepted is 1 to {} of a-z, A-Z, 0-9, _ and -", name_limit));
    }
    rule_.name = value.text;
    if (std::ranges::find(into_.rules, rule_.name, &AlertRule::name) != into_.rules.end()) {
        fail(key_, "given twice; accepted is a name once in all files");
    }
}

void AlertRuleReader::set_condition(const RawValue& value) {
    const auto words = words_of(value.text);
    if (value.kind != Kind::String || words.size() != 3) {
        return fail(key_, accepted_condition);
    }
    const auto* const comparison = std::ranges::find_if(
        comparisons, [&](AlertComparison one) { return to_string(one) == words[1]; });
    const auto threshold = number_of(words[2]);
    if (comparison == comparisons.end() || !threshold) {
        return fail(key_, accepted_condition);
    }
    if (find_alert_metric(words[0]) == nullptr) {
        return fail(key_, fmt::format("no metric is called {}; the nearest are {}", words[0],
                                      nearest_alert_metrics(words[0])));
    }
    rule_.metric = words[0];
    rule_.comparison = *comparison;
    rule_.threshold = *threshold;
}

void AlertRuleReader::set_severity(const RawValue& value) {
    const auto* const severity = std::ranges::find_if(severities, [&](AlertSeverity one) {
        return value.kind == Kind::String && to_string(one) == value.text;
    });
    if (severity == severities.end()) {
        return fail(key_, "accepted is info, warning, error, critical");
    }
    rule_.severity = *severity;
}

void AlertRuleReader::set_description(const RawValue& value) {
    if (value.kind != Kind::String || value.text.size() > description_limit) {
        return fail(key_, fmt::format("accepted is text of at most {} bytes", description_limit));
    }
    rule_.description = value.text;
}

void AlertRuleReader::set_hold(const RawValue& value) {
    const auto hold = hold_of(value);
    if (!hold) {
        return fail(key_, "accepted is a number of seconds, or text as 90s, 5m, 1h; at most 24h");
    }
    rule_.hold = *hold;
}

void AlertRuleReader::set_enabled(const RawValue& value) {
    if (value.kind != Kind::Boolean) {
        return fail(key_, "accepted is true, false");
    }
    rule_.enabled = value.text == "true";
}

void AlertRuleReader::finish() {
    if (!given_.contains("name")) {
        fail("name", "is missing; every alert rule needs it");
    }
    if (rule_.enabled && !given_.contains("condition")) {
        fail("condition", "is missing; every alert rule that is enabled needs it");
    }
    if (good_ && into_.rules.size() == AlertFiles::rule_limit) {
        fail("name", fmt::format("too many alert rules: accepted are {}", AlertFiles::rule_limit));
    }
    if (good_) {
        into_.rules.push_back(std::move(rule_));
    }
}

}  // namespace tickstock

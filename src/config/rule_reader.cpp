#include "config/rule_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include "base/decimal.hpp"
#include "config/nearest_key.hpp"
#include "config/rule_fields.hpp"
#include "model/event.hpp"

namespace tickstock {
namespace {

using Kind = RawValue::Kind;

constexpr std::array<std::string_view, 11> keys{
    "name",  "kind",     "sources",          "types",   "when",       "field",
    "value", "priority", "cooldown_seconds", "enabled", "description"};
constexpr std::array kinds{RuleKind::Filter, RuleKind::Validate, RuleKind::Transform,
                           RuleKind::Enrich, RuleKind::Event};
constexpr std::array sources{SourceKind::Tick, SourceKind::WebSocket, SourceKind::Ohlcv,
                             SourceKind::Fmv, SourceKind::Channel};
/// Control events are no rule's business.
constexpr std::array types{EventType::Trend, EventType::Surge,     EventType::High,
                           EventType::Low,   EventType::Valuation, EventType::Rule};
constexpr std::int64_t priority_limit = 10'000;
constexpr std::int64_t cooldown_limit = 86'400;
constexpr std::size_t description_limit = 500;

/// "filter, validate, …"
template <class Words>
std::string words_text(const Words& words) {
    std::string text;
    for (const auto& word : words) {
        text += text.empty() ? "" : ", ";
        if constexpr (std::is_enum_v<std::decay_t<decltype(word)>>) {
            text += to_string(word);
        } else {
            text += word;
        }
    }
    return text;
}

/// False when an item is none of the words.
template <class Enum, std::size_t N>
bool read_words(const RawValue& value, const std::array<Enum, N>& words, std::vector<Enum>& out) {
    if (value.kind != Kind::List || value.items.empty()) {
        return false;
    }
    for (const RawValue& item : value.items) {
        const auto word = std::find_if(words.begin(), words.end(), [&](Enum one) {
            return item.kind == Kind::String && to_string(one) == item.text;
        });
        if (word == words.end()) {
            return false;
        }
        out.push_back(*word);
    }
    return true;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= RuleName::capacity &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
           });
}

bool changes_detections(RuleKind kind) {
    return kind == RuleKind::Transform || kind == RuleKind::Enrich;
}

}  // namespace

RuleReader::RuleReader(std::string path, const std::string& origin, int line, RuleFiles& into)
    : path_(std::move(path)), line_(line), into_(into) {
    entry_.rule.origin = fmt::format("{}:{}", origin, line);
}

void RuleReader::fail(std::string_view key, std::string_view what) {
    good_ = false;
    const auto member = given_.find(std::string(key));
    into_.errors.push_back(member == given_.end()
                               ? fmt::format("{}:{}: {}: {}", path_, line_, key, what)
                               : fmt::format("{}:{}: {} = {}: {}", path_, member->second.line, key,
                                             member->second.text, what));
}

void RuleReader::refuse(std::string_view accepted) {
    fail(key_, fmt::format("accepted is {}", accepted));
}

void RuleReader::set(std::string_view key, const RawValue& value, int line) {
    key_ = key;
    given_[key_] = {line, raw_text(value)};
    if (key == "name") {
        set_name(value);
    } else if (key == "kind") {
        set_kind(value);
    } else if (key == "sources") {
        if (!read_words(value, sources, entry_.rule.sources)) {
            refuse("a list of " + words_text(sources));
        }
    } else if (key == "types") {
        if (!read_words(value, types, entry_.rule.types)) {
            refuse("a list of " + words_text(types));
        }
    } else if (key == "when") {
        set_text(value, Expression::text_limit, entry_.rule.when);
    } else if (key == "field") {
        set_text(value, RuleName::capacity, entry_.rule.field);
    } else if (key == "value") {
        set_value(value);
    } else if (key == "priority") {
        set_priority(value);
    } else if (key == "cooldown_seconds") {
        set_cooldown(value);
    } else if (key == "enabled") {
        set_enabled(value);
    } else if (key == "description") {
        set_text(value, description_limit, entry_.description);
    } else {
        fail(key, unknown_key_text(nearest_key(key, {keys.begin(), keys.end()}), words_text(keys)));
    }
}

void RuleReader::set_name(const RawValue& value) {
    if (value.kind != Kind::String || !is_name(value.text)) {
        refuse("1 to 40 of a-z, 0-9, _ and -");
        return;
    }
    entry_.rule.name = value.text;
    const auto same =
        std::find_if(into_.rules.begin(), into_.rules.end(),
                     [&](const RuleEntry& other) { return other.rule.name == value.text; });
    if (same != into_.rules.end()) {
        fail(key_, "given twice, first in " + same->rule.origin);
    }
}

void RuleReader::set_kind(const RawValue& value) {
    const auto* kind = std::find_if(kinds.begin(), kinds.end(), [&](RuleKind one) {
        return value.kind == Kind::String && to_string(one) == value.text;
    });
    if (kind == kinds.end()) {
        refuse(words_text(kinds));
    } else {
        entry_.rule.kind = *kind;
    }
}

void RuleReader::set_text(const RawValue& value, std::size_t limit, std::string& text) {
    if (value.kind != Kind::String || value.text.empty() || value.text.size() > limit) {
        refuse(fmt::format("text of 1 to {} bytes", limit));
    } else {
        text = value.text;
    }
}

void RuleReader::set_value(const RawValue& value) {
    if (value.kind == Kind::Number) {
        entry_.rule.value = value.text;
    } else {
        set_text(value, Expression::text_limit, entry_.rule.value);
    }
}

void RuleReader::set_priority(const RawValue& value) {
    std::int64_t priority = 0;
    const bool good = value.kind == Kind::Number && value.text.find('.') == std::string::npos &&
                      parse_decimal(value.text, 0, priority) == DecimalStatus::Ok &&
                      priority >= 0 && priority <= priority_limit;
    if (!good) {
        refuse(fmt::format("integer, 0 to {}, smaller first", priority_limit));
    } else {
        entry_.rule.priority = static_cast<int>(priority);
    }
}

void RuleReader::set_cooldown(const RawValue& value) {
    std::int64_t nanos = 0;
    const bool good = value.kind == Kind::Number &&
                      parse_decimal(value.text, 9, nanos) == DecimalStatus::Ok && nanos >= 0 &&
                      nanos <= cooldown_limit * 1'000'000'000;
    if (!good) {
        refuse(fmt::format("decimal, 0 to {} s", cooldown_limit));
    } else {
        entry_.rule.cooldown = Nanos{nanos};
    }
}

void RuleReader::set_enabled(const RawValue& value) {
    if (value.kind != Kind::Boolean) {
        refuse("true, false");
    } else {
        entry_.enabled = value.text == "true";
    }
}

/// Which members a kind needs and has.
void RuleReader::check_members() {
    const RuleKind kind = entry_.rule.kind;
    const auto needs = [&](const char* key, bool needed) {
        if (needed && !given(key)) {
            fail(key, fmt::format("is missing; a rule of kind {} needs it", to_string(kind)));
        }
    };
    const auto belongs_to = [&](const char* key, bool belongs, std::string_view kinds_text) {
        if (!belongs && given(key)) {
            fail(key, fmt::format("accepted in rules of kind {} only", kinds_text));
        }
    };
    const bool changes = changes_detections(kind);
    needs("when", !changes);
    needs("field", changes);
    needs("value", changes);
    belongs_to("field", changes, "transform, enrich");
    belongs_to("value", changes, "transform, enrich");
    belongs_to("types", changes || kind == RuleKind::Filter, "filter, transform, enrich");
    belongs_to("cooldown_seconds", kind == RuleKind::Event, "event");
}

void RuleReader::check_field() {
    const std::string& field = entry_.rule.field;
    const bool known = std::find(transform_targets.begin(), transform_targets.end(), field) !=
                       transform_targets.end();
    if (entry_.rule.kind == RuleKind::Transform && given("field") && !known) {
        fail("field", "accepted is " + words_text(transform_targets));
    }
    if (entry_.rule.kind == RuleKind::Enrich && given("field") && !is_name(field)) {
        fail("field", "accepted is 1 to 40 of a-z, 0-9, _ and -");
    }
}

void RuleReader::check_expressions() {
    const auto report = [&](const char* key, const ExpressionError& error) {
        fail(key, fmt::format("column {}: {}", error.column, error.message));
    };
    if (given("when")) {
        const auto condition = compile_condition(entry_.rule);
        if (!condition) {
            report("when", condition.error());
        } else if (entry_.rule.kind == RuleKind::Validate && !record_kinds_of(*condition).any()) {
            fail("when",
                 "no kind of record has all these fields; accepted are those of trades, "
                 "of bars or of fair values");
        }
    }
    if (given("value")) {
        if (const auto value = compile_value(entry_.rule); !value) {
            report("value", value.error());
        }
    }
}

void RuleReader::finish() {
    for (const char* key : {"name", "kind"}) {
        if (!given(key)) {
            fail(key, "is missing; every rule needs it");
        }
    }
    if (good_) {  // the rest follows from the kind and from texts that are good by themselves
        check_members();
        check_field();
        check_expressions();
    }
    if (good_ && into_.rules.size() == RuleFiles::rule_limit) {
        fail("name", fmt::format("too many rules: accepted are {}", RuleFiles::rule_limit));
    }
    if (good_) {
        into_.rules.push_back(std::move(entry_));
    }
}

}  // namespace tickstock

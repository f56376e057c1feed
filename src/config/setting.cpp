#include "config/setting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/decimal.hpp"
#include "base/json_writer.hpp"
#include "config/json_entries.hpp"

namespace tickstock {
namespace {

using Kind = RawValue::Kind;
using Parsed = Result<SettingValue, Refusal>;

constexpr std::size_t text_limit = 4096;

bool is_number(SettingType type) {
    return type == SettingType::Integer || type == SettingType::Decimal ||
           type == SettingType::Seconds || type == SettingType::Milliseconds;
}

Parsed parse_boolean(const RawValue& raw) {
    if (raw.kind != Kind::Boolean && raw.kind != Kind::Untyped) {
        return Refusal::WrongType;
    }
    for (const auto* word : {"true", "1", "yes", "on"}) {
        if (raw.text == word) {
            return SettingValue{true};
        }
    }
    for (const auto* word : {"false", "0", "no", "off"}) {
        if (raw.text == word) {
            return SettingValue{false};
        }
    }
    return Refusal::WrongType;
}

Parsed parse_number(const Setting& setting, const RawValue& raw) {
    if (raw.kind != Kind::Number && raw.kind != Kind::Untyped) {
        return Refusal::WrongType;
    }
    const bool whole = setting.type == SettingType::Integer;
    if (whole && raw.text.find_first_of(".eE") != std::string::npos) {
        return Refusal::WrongType;
    }
    std::int64_t value = 0;
    switch (parse_decimal(raw.text, setting.scale, value)) {
        case DecimalStatus::Malformed: return Refusal::WrongType;
        case DecimalStatus::OutOfRange: return Refusal::NotAccepted;
        case DecimalStatus::Ok: break;
    }
    if (value < setting.minimum || value > setting.maximum) {
        return Refusal::NotAccepted;
    }
    return SettingValue{value};
}

bool accepts_text(const Setting& setting, std::string_view text) {
    const bool printable = std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
    const bool known =
        setting.words.empty() ||
        std::find(setting.words.begin(), setting.words.end(), text) != setting.words.end();
    return printable && known && text.size() <= text_limit &&
           (!setting.valid_text || setting.valid_text(text));
}

Parsed parse_text(const Setting& setting, const RawValue& raw) {
    if (raw.kind != Kind::String && raw.kind != Kind::Untyped) {
        return Refusal::WrongType;
    }
    return accepts_text(setting, raw.text) ? Parsed(SettingValue{raw.text})
                                           : Parsed(Refusal::NotAccepted);
}

/// A list in the environment or a flag: "a,b", or a JSON array where an item holds a comma.
std::vector<RawValue> untyped_items(std::string_view text) {
    std::vector<RawValue> items;
    if (text.starts_with('[')) {
        const auto entries = read_json_entries(fmt::format("{{\"list\": {}}}", text));
        if (entries && entries->size() == 1) {
            return entries->front().value.items;
        }
    }
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        items.push_back({Kind::String, std::string(text.substr(0, comma)), {}});
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return items;
}

Parsed parse_list(const Setting& setting, const RawValue& raw) {
    if (raw.kind != Kind::List && raw.kind != Kind::Untyped) {
        return Refusal::WrongType;
    }
    std::vector<std::string> list;
    for (const auto& item : raw.kind == Kind::List ? raw.items : untyped_items(raw.text)) {
        if (item.kind != Kind::String) {
            return Refusal::WrongType;
        }
        const bool twice = std::find(list.begin(), list.end(), item.text) != list.end();
        if (item.text.empty() || twice || !accepts_text(setting, item.text)) {
            return Refusal::NotAccepted;
        }
        list.push_back(item.text);
    }
    if (list.empty() && !setting.may_be_empty) {
        return Refusal::NotAccepted;
    }
    return SettingValue{std::move(list)};
}

}  // namespace

Parsed parse_setting(const Setting& setting, const RawValue& raw) {
    if (setting.type == SettingType::Boolean) {
        return parse_boolean(raw);
    }
    if (is_number(setting.type)) {
        return parse_number(setting, raw);
    }
    return setting.type == SettingType::List ? parse_list(setting, raw) : parse_text(setting, raw);
}

std::string type_text(const Setting& setting) {
    switch (setting.type) {
        case SettingType::Boolean: return "boolean";
        case SettingType::Integer: return "integer";
        case SettingType::Decimal: return "decimal";
        case SettingType::Seconds: return "seconds";
        case SettingType::Milliseconds: return "milliseconds";
        case SettingType::Text: return "text";
        case SettingType::Word: return fmt::format("one of {}", fmt::join(setting.words, ", "));
        case SettingType::List: return "list";
    }
    TS_ASSERT(false);
}

std::string_view change_text(SettingChange change) {
    switch (change) {
        case SettingChange::Live: return "live";
        case SettingChange::Session: return "session";
        case SettingChange::Restart: return "restart";
    }
    TS_ASSERT(false);
}

std::string value_text(const Setting& setting, const SettingValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) {
        return *flag ? "true" : "false";
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        std::string text;
        append_decimal(text, *number, setting.scale);
        return text;
    }
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
        return fmt::format("{}", fmt::join(*list, ","));
    }
    return std::get<std::string>(value);
}

std::string value_json(const Setting& setting, const SettingValue& value) {
    std::string json;
    JsonWriter writer(json);
    if (const auto* text = std::get_if<std::string>(&value)) {
        writer.string(*text);
    } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
        writer.begin_array();
        for (const auto& item : *list) {
            writer.string(item);
        }
        writer.end_array();
    } else {
        writer.raw(value_text(setting, value));
    }
    return json;
}

std::string raw_text(const RawValue& raw) {
    constexpr std::size_t limit = 80;
    const auto quoted = [](std::string_view text) {
        std::string json;
        JsonWriter(json).string(text);
        return json;
    };
    switch (raw.kind) {
        case Kind::Null: return "null";
        case Kind::Section: return "{}";
        case Kind::String: {
            const bool cut = raw.text.size() > limit;
            return quoted(raw.text.substr(0, limit)) + (cut ? "…" : "");
        }
        case Kind::List: {
            std::string text = "[";
            for (const auto& item : raw.items) {
                text += text.size() > 1 ? ", " : "";
                text += raw_text(item);
                if (text.size() > limit) {
                    return text + ", …]";
                }
            }
            return text + "]";
        }
        case Kind::Boolean:
        case Kind::Number:
        case Kind::Untyped: break;
    }
    auto text = quoted(raw.text.substr(0, limit));
    text = text.substr(1, text.size() - 2);
    return raw.text.size() > limit ? text + "…" : text.empty() ? "(empty)" : text;
}

}  // namespace tickstock

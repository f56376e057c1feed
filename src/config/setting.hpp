#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"

namespace tickstock {

/// What a setting holds and how it is written down.
enum class SettingType : std::uint8_t {
    Boolean,
    Integer,
    Decimal,
    Seconds,
    Milliseconds,
    Text,
    Word,  ///< one of `words`
    List,  ///< of texts, or of `words`
};

/// When a new value acts on a running server.
enum class SettingChange : std::uint8_t {
    Live,     ///< with the next record, state kept
    Session,  ///< per symbol, at its next session reset
    Restart,  ///< with the next start
};

/// A setting's value between text and struct. Numbers are value × 10^scale.
using SettingValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

/// A value as someone wrote it, before its setting is known.
struct RawValue {
    enum class Kind : std::uint8_t {
        Null,
        Boolean,
        Number,
        String,
        List,
        Section,  ///< an object without members
        Untyped,  ///< environment and flags: text of any type
    };
    Kind kind = Kind::Untyped;
    std::string text;             ///< Boolean, Number (digit for digit), String, Untyped
    std::vector<RawValue> items;  ///< List
};

/// One row of the settings table: everything that is known about a setting.
struct Setting {
    std::string name;  ///< dotted
    SettingType type = SettingType::Text;
    std::string accepted;  ///< range or words, for people
    std::string unit;
    std::string sentence;
    SettingChange change = SettingChange::Restart;

    int scale = 0;  ///< numbers
    std::int64_t minimum = 0;
    std::int64_t maximum = 0;
    std::vector<std::string> words;
    std::function<bool(std::string_view)> valid_text;  ///< Text and List items; empty = any
    bool may_hold_secret = false;                      ///< a refused value is not shown
    bool may_be_empty = true;                          ///< List

    std::function<SettingValue(const Config&)> read;
    std::function<void(Config&, const SettingValue&)> write;
};

/// Why a value was refused.
enum class Refusal : std::uint8_t { WrongType, NotAccepted };

/// `raw` as a value of `setting`.
Result<SettingValue, Refusal> parse_setting(const Setting& setting, const RawValue& raw);

/// "integer", "one of immediate, hybrid" …
std::string type_text(const Setting& setting);

/// "live", "session", "restart".
std::string_view change_text(SettingChange change);

/// The value for people: numbers exact, lists with commas.
std::string value_text(const Setting& setting, const SettingValue& value);

/// The value as JSON.
std::string value_json(const Setting& setting, const SettingValue& value);

/// What was written, for an error message: quoted where it was, at most 80 bytes, control
/// characters escaped.
std::string raw_text(const RawValue& raw);

}  // namespace tickstock

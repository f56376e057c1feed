#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/setting.hpp"

namespace tickstock {

/// Rows of the settings table, one function a type. `field` maps a Config (const or not) to a
/// reference to the member; text ranges are in the row's unit.
namespace setting_rows {

/// "0…100", from raw numbers of the row's scale.
std::string range_text(const Setting& row);

/// What one row's functions have in common.
Setting describe(std::string name, SettingType type, std::string unit, SettingChange change,
                 std::string sentence);

template <class Field>
using FieldValue = std::remove_reference_t<std::invoke_result_t<Field, Config&>>;

/// A member as a raw number of the row: integers as they are, durations in ns, doubles × 1e6.
template <class T>
std::int64_t to_raw(const T& value) {
    if constexpr (std::is_same_v<T, Nanos>) {
        return value.count();
    } else if constexpr (std::is_floating_point_v<T>) {
        return std::llround(value * 1e6);
    } else {
        return static_cast<std::int64_t>(value);
    }
}

template <class T>
T from_raw(std::int64_t raw) {
    if constexpr (std::is_same_v<T, Nanos>) {
        return Nanos{raw};
    } else if constexpr (std::is_floating_point_v<T>) {
        return static_cast<T>(raw) / T{1e6};
    } else {
        return static_cast<T>(raw);
    }
}

template <class Field>
void bind_number(Setting& row, Field field) {
    row.read = [field](const Config& config) { return SettingValue{to_raw(field(config))}; };
    row.write = [field](Config& config, const SettingValue& value) {
        field(config) = from_raw<FieldValue<Field>>(std::get<std::int64_t>(value));
    };
}

template <class Field>
Setting number(std::string name, SettingType type, int scale, std::int64_t minimum,
               std::int64_t maximum, std::string unit, SettingChange change, Field field,
               std::string sentence) {
    Setting row = describe(std::move(name), type, std::move(unit), change, std::move(sentence));
    row.scale = scale;
    row.minimum = minimum;
    row.maximum = maximum;
    row.accepted = range_text(row);
    bind_number(row, field);
    return row;
}

template <class Field>
Setting integer(std::string name, std::int64_t minimum, std::int64_t maximum, std::string unit,
                SettingChange change, Field field, std::string sentence) {
    return number(std::move(name), SettingType::Integer, 0, minimum, maximum, std::move(unit),
                  change, field, std::move(sentence));
}

/// Six decimals. `minimum`, `maximum` × 1e6.
template <class Field>
Setting decimal(std::string name, Micro minimum, Micro maximum, std::string unit,
                SettingChange change, Field field, std::string sentence) {
    return number(std::move(name), SettingType::Decimal, 6, minimum, maximum, std::move(unit),
                  change, field, std::move(sentence));
}

template <class Field>
Setting seconds(std::string name, Nanos minimum, Nanos maximum, SettingChange change, Field field,
                std::string sentence) {
    return number(std::move(name), SettingType::Seconds, 9, minimum.count(), maximum.count(), "s",
                  change, field, std::move(sentence));
}

template <class Field>
Setting milliseconds(std::string name, Nanos minimum, Nanos maximum, SettingChange change,
                     Field field, std::string sentence) {
    return number(std::move(name), SettingType::Milliseconds, 6, minimum.count(), maximum.count(),
                  "ms", change, field, std::move(sentence));
}

/// A Nanos member in whole hours.
template <class Field>
Setting hours(std::string name, std::chrono::hours minimum, std::chrono::hours maximum,
              SettingChange change, Field field, std::string sentence) {
    Setting row = integer(std::move(name), minimum.count(), maximum.count(), "h", change, field,
                          std::move(sentence));
    row.read = [field](const Config& config) {
        return SettingValue{
            std::int64_t{std::chrono::duration_cast<std::chrono::hours>(field(config)).count()}};
    };
    row.write = [field](Config& config, const SettingValue& value) {
        field(config) = std::chrono::hours(std::get<std::int64_t>(value));
    };
    return row;
}

template <class Field>
Setting boolean(std::string name, SettingChange change, Field field, std::string sentence) {
    Setting row = describe(std::move(name), SettingType::Boolean, "", change, std::move(sentence));
    row.accepted = "true or false";
    row.read = [field](const Config& config) { return SettingValue{bool{field(config)}}; };
    row.write = [field](Config& config, const SettingValue& value) {
        field(config) = std::get<bool>(value);
    };
    return row;
}

/// An enumeration whose enumerators, from 0, are `words`.
template <class Field>
Setting word(std::string name, std::vector<std::string> words, SettingChange change, Field field,
             std::string sentence) {
    Setting row = describe(std::move(name), SettingType::Word, "", change, std::move(sentence));
    row.words = words;
    row.read = [field, words](const Config& config) {
        return SettingValue{words[static_cast<std::size_t>(field(config))]};
    };
    row.write = [field, words](Config& config, const SettingValue& value) {
        std::size_t index = 0;
        while (words[index] != std::get<std::string>(value)) {
            ++index;
        }
        field(config) = static_cast<FieldValue<Field>>(index);
    };
    return row;
}

/// A text or list member, `accepted` told in words. `valid` may be empty: any printable text.
template <class Field>
Setting text(std::string name, std::string accepted, std::function<bool(std::string_view)> valid,
             SettingChange change, Field field, std::string sentence) {
    using Value = std::remove_const_t<FieldValue<Field>>;
    constexpr bool list = !std::is_same_v<Value, std::string>;
    Setting row = describe(std::move(name), list ? SettingType::List : SettingType::Text, "",
                           change, std::move(sentence));
    row.accepted = std::move(accepted);
    row.valid_text = std::move(valid);
    row.read = [field](const Config& config) { return SettingValue{field(config)}; };
    row.write = [field](Config& config, const SettingValue& value) {
        field(config) = std::get<Value>(value);
    };
    return row;
}

}  // namespace setting_rows
}  // namespace tickstock

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tickstock {

/// What a part of an expression yields.
enum class ValueType : std::uint8_t { Number, Boolean };

/// A name that expressions may use. Its place in the catalogue is its index at evaluation.
struct Field {
    std::string_view name;  ///< [a-zA-Z_][a-zA-Z0-9_.]*, not a word of the language
    ValueType type = ValueType::Number;
    std::string_view meaning;  ///< one line with the unit, for people
};

/// The fields of one use of the language, at most 4,096. The texts live for ever.
using FieldCatalogue = std::span<const Field>;

}  // namespace tickstock

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock {

/// A small JSON document from a client. Numbers keep their text, so that prices are read exactly.
struct JsonValue {
    enum class Kind { Null, Boolean, Number, String, Array, Object };

    Kind kind = Kind::Null;
    bool boolean = false;
    std::string text;                ///< of a number as written (exact), or a string's content
    std::vector<JsonValue> items;    ///< of an array, or the members of an object
    std::vector<std::string> names;  ///< of an object's members, each beside its item

    /// The member of an object, nothing when absent.
    const JsonValue* find(std::string_view name) const;
};

/// Parses the whole of `text`. Nothing when it is no JSON, nests deeper than `max_depth`, repeats a
/// key or has an object of more than 64 members.
std::optional<JsonValue> parse_json(std::string_view text, std::size_t max_depth = 8);

}  // namespace tickstock

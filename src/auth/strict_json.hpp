#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace tickstock {

/// A JSON object as RFC 8259 has it. Nothing when it is anything else, holds the same name twice in
/// one object, or nests deeper than `max_depth` (the object itself is 1): the same name read
/// differently by two readers is how forged tokens get in. No byte order mark, no comments.
std::optional<nlohmann::json> parse_strict_object(std::string_view text, std::size_t max_depth);

}  // namespace tickstock

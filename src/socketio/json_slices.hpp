#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock {

// JSON text cut into its parts without turning numbers into binary: what is sent on is sent on as
// it was written.

/// True for JSON whose arrays and objects nest at most `depth` deep.
bool is_json(std::string_view text, std::size_t depth);

/// Without the blanks that JSON allows around a value.
std::string_view trim_json(std::string_view text);

/// The items of an array. REQUIRES: valid JSON, an array.
std::vector<std::string_view> json_items(std::string_view array);

/// Calls with each member's name (between its quotes, still escaped) and value.
/// REQUIRES: valid JSON, an object.
void for_each_json_member(std::string_view object,
                          const std::function<void(std::string_view, std::string_view)>& call);

/// The value of an object's member, empty when absent. REQUIRES: valid JSON, an object.
std::string_view json_member(std::string_view object, std::string_view name);

/// What a JSON string says. REQUIRES: valid JSON, a string.
std::string json_text(std::string_view string);

}  // namespace tickstock

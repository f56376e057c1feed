#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tickstock {

// REQUIRES: read_json_entries() takes `json`. `path` is keys from the root, dots between.

/// `json` with `value` (JSON) at `path`; all else stays byte for byte: comments, order, blank
/// lines. A path that is not there is added at the end of the deepest object that is, with the
/// objects that it needs. An error, which names the key, when a value that is no object stands on
/// the way.
Result<std::string> set_json_value(std::string_view json, std::string_view path,
                                   std::string_view value);

/// The value's text as it is written there; nothing when there is none.
std::optional<std::string_view> find_json_value(std::string_view json, std::string_view path);

}  // namespace tickstock

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/setting.hpp"

namespace tickstock {

/// One value of a configuration file with its place.
struct JsonEntry {
    std::string path;  ///< keys from the root, joined by dots: "server.port"
    RawValue value;
    int line = 0;  ///< of its key
};

/// All values of a JSON text with comments, in the order written: scalars, lists of scalars and
/// empty objects. Refuses what is not JSON, a root that is no object, the same path twice, nesting
/// deeper than 16, lists in lists, and unless `objects_in_lists` objects in lists; the error begins
/// with "LINE: ". An object in a list has its place as key, and an entry of its own (a Section, in
/// the line of its brace) before its members: "rules.0", "rules.0.name".
Result<std::vector<JsonEntry>> read_json_entries(std::string_view json,
                                                 bool objects_in_lists = false);

/// Of a file that is a list of objects under `list`: "rules.7.when" -> "when"; empty for what is no
/// key of one of them.
std::string_view key_in_list(std::string_view path, std::string_view list);

/// Whether the entry is the begin of such an object: "rules.7".
bool is_list_object(const JsonEntry& entry, std::string_view list);

}  // namespace tickstock

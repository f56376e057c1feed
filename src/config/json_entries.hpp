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
/// deeper than 16, objects or lists in lists; the error begins with "LINE: ".
Result<std::vector<JsonEntry>> read_json_entries(std::string_view json);

}  // namespace tickstock

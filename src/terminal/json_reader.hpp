#pragma once

// Shows nlohmann-json: for the parsing .cpp files of this folder only.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "terminal/figures.hpp"
#include "terminal/text.hpp"

namespace tickstock::json_reader {

using Json = nlohmann::json;

/// A body as JSON; none when it is none.
inline std::optional<Json> parse(const std::string& body) {
    Json json = Json::parse(body, nullptr, false);
    return json.is_discarded() ? std::nullopt : std::optional(std::move(json));
}

/// A member; null when there is none of that name, or no object.
inline const Json& member(const Json& json, std::string_view name) {
    static const Json none;
    if (!json.is_object()) {
        return none;
    }
    const auto found = json.find(name);
    return found == json.end() ? none : *found;
}

/// The members of an array; nothing of anything else.
inline const Json& items(const Json& json, std::string_view name) {
    static const Json empty = Json::array();
    const Json& found = member(json, name);
    return found.is_array() ? found : empty;
}

inline Figure figure(const Json& json, std::string_view name) {
    const Json& found = member(json, name);
    return found.is_number() ? Figure(found.get<double>()) : std::nullopt;
}

inline std::string text(const Json& json, std::string_view name) {
    const Json& found = member(json, name);
    return found.is_string() ? clean_text(found.get_ref<const std::string&>()) : std::string();
}

inline bool flag(const Json& json, std::string_view name) {
    const Json& found = member(json, name);
    return found.is_boolean() && found.get<bool>();
}

/// Of ns since 1970; time_unknown when there is none or a time of no sense.
inline UnixNanos time(const Json& json, std::string_view name) {
    const Json& found = member(json, name);
    if (!found.is_number_integer() || found.get<double>() < 0 || found.get<double>() > 9e18) {
        return time_unknown;
    }
    return unix_nanos(found.get<std::int64_t>());
}

/// `to` takes `from` when that is known.
inline void take(Figure& to, Figure from) {
    if (from) {
        to = from;
    }
}

}  // namespace tickstock::json_reader

#pragma once

#include <simdjson.h>

#include <string_view>

namespace tickstock {

// Small helpers over simdjson's On-Demand interface, for the two JSON decoders' .cpp files only.

/// A scalar's token without the blanks behind it.
inline std::string_view trim_token(std::string_view token) {
    const std::size_t last = token.find_last_not_of(" \t\r\n");
    return token.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// A value as text: numbers and words as they stand, strings without quotes (unescaped where they
/// have escapes), arrays and objects as their JSON, null as nothing. Valid until the parser's next
/// document. SUCCESS or the structural error that makes the rest of the document unreadable.
inline simdjson::error_code value_text(simdjson::ondemand::value& value, std::string_view& out) {
    std::string_view token = value.raw_json_token();
    switch (token.empty() ? '\0' : token.front()) {
        case '"': {
            token = trim_token(token);
            if (token.size() >= 2 && token.back() == '"' &&
                token.find('\\') == std::string_view::npos) {
                out = token.substr(1, token.size() - 2);
                return simdjson::SUCCESS;
            }
            return value.get_string().get(out);
        }
        case '[': {
            simdjson::ondemand::array array;
            if (const auto error = value.get_array().get(array)) {
                return error;
            }
            const auto error = array.raw_json().get(out);
            out = trim_token(out);
            return error;
        }
        case '{': {
            simdjson::ondemand::object object;
            if (const auto error = value.get_object().get(object)) {
                return error;
            }
            return object.raw_json().get(out);
        }
        default: break;
    }
    out = trim_token(token);
    if (out == "null") {
        out = {};
    }
    return simdjson::SUCCESS;
}

/// Nothing follows the value that has been read (simdjson tells it as an error).
inline bool at_end(simdjson::ondemand::document& document) {
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace tickstock

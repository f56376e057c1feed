#include "socketio/json_slices.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tickstock {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Behind the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        at += text[at] == '\\' ? 1U : 0U;
    }
    return std::min(at + 1, text.size());
}

/// Behind the value that begins at or after `at`: at the comma or bracket that ends it.
std::size_t end_of_value(std::string_view text, std::size_t at) {
    std::size_t depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = end_of_string(text, at);
            continue;
        }
        if (depth == 0 && (c == ',' || c == ']' || c == '}')) {
            return at;
        }
        depth += c == '[' || c == '{' ? 1U : 0U;
        depth -= c == ']' || c == '}' ? 1U : 0U;
        ++at;
    }
    return at;
}

/// The library takes a NUL for the end of the text and passes over a byte order mark.
bool has_foreign_bytes(std::string_view text) {
    return text.starts_with("\xEF\xBB\xBF") || std::ranges::any_of(text, [](char c) {
               return static_cast<unsigned char>(c) < 0x20 && !is_blank(c);
           });
}

/// No parser is let near text that nests deeper than this allows.
bool nests_within(std::string_view text, std::size_t limit) {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '"') {
            at = end_of_string(text, at);
            continue;
        }
        if ((c == '[' || c == '{') && ++depth > limit) {
            return false;
        }
        depth -= (c == ']' || c == '}') && depth > 0 ? 1U : 0U;
        ++at;
    }
    return true;
}

}  // namespace

bool is_json(std::string_view text, std::size_t depth) {
    return !has_foreign_bytes(text) && nests_within(text, depth) && nlohmann::json::accept(text);
}

std::string_view trim_json(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::vector<std::string_view> json_items(std::string_view array) {
    array = trim_json(array);
    std::vector<std::string_view> items;
    std::size_t at = 1;
    while (at < array.size()) {
        const std::size_t end = end_of_value(array, at);
        const std::string_view item = trim_json(array.substr(at, end - at));
        if (!item.empty()) {  // else the array is empty
            items.push_back(item);
        }
        at = end + 1;
    }
    return items;
}

void for_each_json_member(std::string_view object,
                          const std::function<void(std::string_view, std::string_view)>& call) {
    object = trim_json(object);
    std::size_t at = 1;
    while (at < object.size()) {
        const std::size_t name_begin = object.find('"', at);
        if (name_begin == std::string_view::npos) {
            return;
        }
        const std::size_t name_end = end_of_string(object, name_begin);
        const std::size_t value_begin = object.find(':', name_end);
        if (value_begin == std::string_view::npos) {
            return;
        }
        const std::size_t end = end_of_value(object, value_begin + 1);
        call(object.substr(name_begin + 1, name_end - name_begin - 2),
             trim_json(object.substr(value_begin + 1, end - value_begin - 1)));
        at = end + 1;
    }
}

std::string_view json_member(std::string_view object, std::string_view name) {
    std::string_view found;
    for_each_json_member(object, [&](std::string_view member, std::string_view value) {
        found = member == name ? value : found;
    });
    return found;
}

std::string json_text(std::string_view string) {
    return nlohmann::json::parse(string).get<std::string>();
}

}  // namespace tickstock

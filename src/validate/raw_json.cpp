#include "validate/raw_json.hpp"

#include <charconv>

namespace tickstock::validate {
namespace {

/// Behind the text that begins with the quote at `at`.
std::size_t end_of_text(std::string_view text, std::size_t at) {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == '"') {
            return at + 1;
        }
    }
    return text.size();
}

/// Behind the value that begins at `at`.
std::size_t end_of_value(std::string_view text, std::size_t at) {
    int depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = end_of_text(text, at);
            if (depth == 0) {
                return at;
            }
            continue;
        }
        if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            if (depth == 0) {
                return at;
            }
            if (--depth == 0) {
                return at + 1;
            }
        } else if (depth == 0 && (c == ',' || c == ' ' || c == '\n')) {
            return at;
        }
        ++at;
    }
    return text.size();
}

std::size_t skip(std::string_view text, std::size_t at) {
    while (at < text.size() && (text[at] == ',' || text[at] == ':' || text[at] == ' ' ||
                                text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
        ++at;
    }
    return at;
}

}  // namespace

std::vector<RawMember> raw_members(std::string_view text) {
    std::vector<RawMember> members;
    if (!text.starts_with('{')) {
        return members;
    }
    std::size_t at = skip(text, 1);
    while (at < text.size() && text[at] == '"') {
        const std::size_t name_end = end_of_text(text, at);
        const std::size_t value = skip(text, name_end);
        const std::size_t value_end = end_of_value(text, value);
        if (value >= text.size() || value_end == value) {
            break;
        }
        members.push_back(
            {raw_text(text.substr(at, name_end - at)), text.substr(value, value_end - value)});
        at = skip(text, value_end);
    }
    return members;
}

std::vector<std::string_view> raw_elements(std::string_view text) {
    std::vector<std::string_view> elements;
    if (!text.starts_with('[')) {
        return elements;
    }
    std::size_t at = skip(text, 1);
    while (at < text.size() && text[at] != ']') {
        const std::size_t end = end_of_value(text, at);
        if (end == at) {
            break;
        }
        elements.push_back(text.substr(at, end - at));
        at = skip(text, end);
    }
    return elements;
}

std::string_view raw_value(std::string_view object, std::string_view name) {
    for (const RawMember& member : raw_members(object)) {
        if (member.name == name) {
            return member.value;
        }
    }
    return {};
}

std::string_view raw_text(std::string_view value) {
    return value.size() >= 2 && value.front() == '"' && value.back() == '"'
               ? value.substr(1, value.size() - 2)
               : std::string_view();
}

std::optional<std::uint64_t> raw_number(std::string_view value) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    return error == std::errc() && end == value.data() + value.size() ? std::optional(number)
                                                                      : std::nullopt;
}

}  // namespace tickstock::validate

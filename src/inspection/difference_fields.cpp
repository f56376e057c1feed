#include "inspection/difference_fields.hpp"

#include <algorithm>

namespace tickstock {
namespace {

/// Where the JSON value that begins at `at` ends. The text is a body of ours: compact and valid.
std::size_t end_of_value(std::string_view json, std::size_t at) {
    int depth = 0;
    bool in_string = false;
    for (; at < json.size(); ++at) {
        const char c = json[at];
        if (in_string) {
            at += c == '\\' ? 1 : 0;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            if (--depth < 0) {
                return at;
            }
        } else if (c == ',' && depth == 0) {
            return at;
        }
    }
    return at;
}

void collect(std::string_view object, const std::string& prefix, std::vector<BodyField>& into) {
    std::size_t at = 1;  // behind '{'
    while (at < object.size() && object[at] == '"') {
        const std::size_t name_end = object.find("\":", at + 1);
        if (name_end == std::string_view::npos) {
            return;
        }
        const std::string name = prefix + std::string(object.substr(at + 1, name_end - at - 1));
        const std::size_t begin = name_end + 2;
        const std::size_t end = end_of_value(object, begin);
        const std::string_view value = object.substr(begin, end - begin);
        if (value.starts_with('{')) {
            collect(value, name + ".", into);
        } else if (value.size() >= 2 && value.front() == '"') {
            into.push_back({name, std::string(value.substr(1, value.size() - 2))});
        } else {
            into.push_back({name, std::string(value)});
        }
        at = end + 1;
    }
}

bool is_shown_anyway(std::string_view name) {
    return name == "id" || name == "symbol" || name == "type";
}

}  // namespace

std::vector<BodyField> body_fields(std::string_view body) {
    std::vector<BodyField> fields;
    collect(body, "", fields);
    return fields;
}

std::string body_field(std::string_view body, std::string_view name) {
    for (BodyField& field : body_fields(body)) {
        if (field.name == name) {
            return std::move(field.value);
        }
    }
    return {};
}

std::vector<FieldPair> field_pairs(const ListedDifference& difference) {
    std::vector<FieldPair> pairs;
    for (BodyField& field : body_fields(difference.a.body)) {
        pairs.push_back({std::move(field.name), std::move(field.value), {}});
    }
    for (BodyField& field : body_fields(difference.b.body)) {
        const auto found = std::ranges::find(pairs, field.name, &FieldPair::name);
        if (found != pairs.end()) {
            found->b = std::move(field.value);
        } else {
            pairs.push_back({std::move(field.name), {}, std::move(field.value)});
        }
    }
    std::erase_if(pairs, [](const FieldPair& pair) { return is_shown_anyway(pair.name); });
    return pairs;
}

}  // namespace tickstock

#include "config/json_edit.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr std::string_view spaces = " \t\r\n";
/// Of a // comment, as the reader of the entries has it.
constexpr std::string_view comment_ends("\n\r\0", 3);
constexpr std::size_t indent_step = 2;

/// A value in the text; `end` is behind it.
struct Place {
    std::size_t key = 0;  // of the key's quote; 0 for the root
    std::size_t begin = 0;
    std::size_t end = 0;
    bool is_object = false;
    std::size_t last_member_end = 0;  // objects; 0 = none
    std::size_t last_member = 0;
};
using Places = std::map<std::string, Place>;  // by path; the root's is ""

/// Walks a text that is known to be JSON with comments, and notes where values stand.
class PlaceFinder {
public:
    explicit PlaceFinder(std::string_view json) : json_(json) {}

    Places find() {
        skip();
        value("", 0);
        return std::move(places_);
    }

private:
    char here() const {
        TS_ASSERT(at_ < json_.size());
        return json_[at_];
    }

    /// White space and comments.
    void skip() {
        for (;;) {
            at_ = std::min(json_.find_first_not_of(spaces, at_), json_.size());
            const std::string_view rest = json_.substr(at_);
            if (rest.starts_with("//")) {
                at_ = std::min(json_.find_first_of(comment_ends, at_), json_.size());
                at_ += at_ < json_.size() ? 1U : 0U;
            } else if (rest.starts_with("/*")) {
                at_ = json_.find("*/", at_ + 2) + 2;
            } else if (rest.starts_with("\xEF\xBB\xBF")) {
                at_ += 3;
            } else {
                return;
            }
        }
    }

    /// With its quotes.
    std::string_view string() {
        const std::size_t begin = at_++;
        while (here() != '"') {
            at_ += here() == '\\' ? 2U : 1U;
        }
        return json_.substr(begin, ++at_ - begin);
    }

    void value(const std::string& path, std::size_t key) {
        Place place{key, at_, 0, here() == '{', 0, 0};
        if (place.is_object) {
            object(path, place);
        } else if (here() == '[') {
            list();
        } else if (here() == '"') {
            string();
        } else {
            at_ = std::min(json_.find_first_of(",]}/ \t\r\n", at_), json_.size());
        }
        place.end = at_;
        places_[path] = place;
    }

    void object(const std::string& path, Place& place) {
        ++at_;
        for (skip(); here() != '}'; skip()) {
            if (here() == ',') {
                ++at_;
                continue;
            }
            const std::size_t key = at_;
            const auto name = nlohmann::json::parse(string()).get<std::string>();
            skip();
            TS_ASSERT(here() == ':');
            ++at_;
            skip();
            value(path.empty() ? name : path + "." + name, key);
            place.last_member = key;
            place.last_member_end = at_;
        }
        ++at_;
    }

    void list() {
        ++at_;
        for (skip(); here() != ']'; skip()) {
            if (here() == ',') {
                ++at_;
            } else {
                value("[", 0);  // overwritten by each; nobody asks for it
            }
        }
        ++at_;
    }

    std::string_view json_;
    std::size_t at_ = 0;
    Places places_;
};

/// White space at the begin of the line in which `at` stands.
std::string indent_at(std::string_view json, std::size_t at) {
    const std::size_t line = at == 0 ? 0 : json.rfind('\n', at - 1) + 1;  // npos + 1 = 0
    const std::size_t end = std::min(json.find_first_not_of(" \t", line), at);
    return std::string(json.substr(line, end - line));
}

/// `"a": {"b": VALUE}` for the path a.b, a line a key where `is_wide`.
std::string new_member(std::string_view path, std::string_view value, const std::string& indent,
                       bool is_wide) {
    const auto dot = path.find('.');
    if (dot == std::string_view::npos) {
        return fmt::format("\"{}\": {}", path, value);
    }
    const std::string inner = indent + std::string(indent_step, ' ');
    const std::string member = new_member(path.substr(dot + 1), value, inner, is_wide);
    return is_wide
               ? fmt::format("\"{}\": {{\n{}{}\n{}}}", path.substr(0, dot), inner, member, indent)
               : fmt::format("\"{}\": {{{}}}", path.substr(0, dot), member);
}

/// The text with a member more at the end of `object`.
std::string add_member(std::string_view json, const Place& object, std::string_view path,
                       std::string_view value) {
    const std::size_t close = object.end - 1;
    const bool is_wide =
        json.substr(object.begin, close - object.begin).find('\n') != std::string_view::npos ||
        object.key == 0;
    const std::string outer = indent_at(json, object.begin);
    const std::string beside = indent_at(json, object.last_member);
    const std::string indent =
        beside.size() > outer.size() ? beside : outer + std::string(indent_step, ' ');
    // Behind comments that follow the last member; the comma before them.
    const std::size_t end = json.find_last_not_of(spaces, close - 1) + 1;
    const std::size_t comma = object.last_member_end == 0 ? end : object.last_member_end;
    std::string text(json.substr(0, comma));
    text += object.last_member_end == 0 ? "" : ",";
    text += json.substr(comma, end - comma);
    text += is_wide ? "\n" + indent : object.last_member_end == 0 ? "" : " ";
    text += new_member(path, value, indent, is_wide);
    const std::string_view rest = json.substr(end);
    text += is_wide && rest.find('\n') >= close - end ? "\n" + outer : "";
    return text.append(rest);
}

}  // namespace

Result<std::string> set_json_value(std::string_view json, std::string_view path,
                                   std::string_view value) {
    const Places places = PlaceFinder(json).find();
    if (const auto found = places.find(std::string(path)); found != places.end()) {
        std::string text(json.substr(0, found->second.begin));
        return text.append(value).append(json.substr(found->second.end));
    }
    std::size_t split = path.size();
    for (;;) {
        const auto dot = split == 0 ? std::string_view::npos : path.rfind('.', split - 1);
        split = dot == std::string_view::npos ? 0 : dot;
        const std::string above(path.substr(0, split));
        const auto found = places.find(above);
        if (found != places.end() && !found->second.is_object) {
            return Error{fmt::format("{}: accepted is a section: {{ … }}", above)};
        }
        if (found != places.end()) {
            return add_member(json, found->second, path.substr(split == 0 ? 0 : split + 1), value);
        }
        TS_ASSERT(split > 0);
    }
}

std::optional<std::string_view> find_json_value(std::string_view json, std::string_view path) {
    const Places places = PlaceFinder(json).find();
    const auto found = places.find(std::string(path));
    if (found == places.end()) {
        return std::nullopt;
    }
    return json.substr(found->second.begin, found->second.end - found->second.begin);
}

}  // namespace tickstock

#include "history/body_fields.hpp"

#include <charconv>

#include "base/decimal.hpp"
#include "base/price.hpp"
#include "base/utf8.hpp"

namespace tickstock {
namespace {

/// Walks the members of one object, as the encoder writes them: no blanks.
class Members {
public:
    /// `object` begins with its brace; what follows the object is not looked at.
    explicit Members(std::string_view object) : rest_(object) {
        broken_ = rest_.empty() || rest_.front() != '{';
        if (!broken_) {
            rest_.remove_prefix(1);
        }
    }

    /// False: the end, or is_broken(). Strings come without quotes, with their escapes.
    bool next(std::string_view& name, std::string_view& value) {
        if (broken_) {
            return false;
        }
        if (take('}')) {
            return false;
        }
        if (!is_first_ && !take(',')) {
            return fail();
        }
        is_first_ = false;
        const auto key = string();
        if (!key || !take(':')) {
            return fail();
        }
        name = *key;
        const auto found = any();
        if (!found) {
            return fail();
        }
        value = *found;
        return true;
    }
    bool is_broken() const { return broken_; }

private:
    bool fail() {
        broken_ = true;
        return false;
    }
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    std::optional<std::string_view> string() {
        if (!take('"')) {
            return std::nullopt;
        }
        std::size_t end = 0;
        while (end < rest_.size() && rest_[end] != '"') {
            end += rest_[end] == '\\' ? 2U : 1U;
        }
        if (end >= rest_.size()) {
            return std::nullopt;
        }
        const auto text = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return text;
    }
    std::optional<std::string_view> any() {
        if (rest_.empty()) {
            return std::nullopt;
        }
        if (rest_.front() == '"') {
            return string();
        }
        const std::string_view begin = rest_;
        std::size_t depth = 0;
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (c == '"') {
                if (!string()) {
                    return std::nullopt;
                }
                continue;
            }
            if (depth == 0 && (c == ',' || c == '}')) {
                break;
            }
            if (c == '{' || c == '[') {
                ++depth;
            } else if (c == '}' || c == ']') {
                --depth;
            }
            rest_.remove_prefix(1);
        }
        const auto text = begin.substr(0, begin.size() - rest_.size());
        return text.empty() || depth != 0 ? std::nullopt : std::optional(text);
    }

    std::string_view rest_;
    bool is_first_ = true;
    bool broken_ = false;
};

std::optional<std::int64_t> integer(std::string_view text) {
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
    return is_whole ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> price(std::string_view text) {
    std::int64_t raw = 0;
    const bool is_one = parse_decimal(text, Price::decimals, raw) == DecimalStatus::Ok;
    return is_one ? std::optional(raw) : std::nullopt;
}

bool read_data(std::string_view data, SessionFacts& facts) {
    Members members(data);
    for (std::string_view name, value; members.next(name, value);) {
        if (name == "session_high") {
            facts.session_high = price(value);
        } else if (name == "session_low") {
            facts.session_low = price(value);
        } else if (name == "count_up") {
            facts.count_up = integer(value);
        } else if (name == "count_down") {
            facts.count_down = integer(value);
        }
    }
    return !members.is_broken();
}

}  // namespace

std::optional<BodyFields> read_body(std::string_view body) {
    BodyFields fields;
    std::optional<std::int64_t> rev;
    Members members(body);
    for (std::string_view name, value; members.next(name, value);) {
        if (name == "id") {
            fields.id = value;
        } else if (name == "rev") {
            rev = integer(value);
        } else if (name == "session") {
            fields.session = value;
        } else if (name == "data" && !read_data(value, fields.facts)) {
            return std::nullopt;
        }
    }
    if (members.is_broken() || fields.id.empty() || fields.session.empty() || !rev) {
        return std::nullopt;
    }
    fields.rev = *rev;
    return fields;
}

bool is_storable_text(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length =
            static_cast<unsigned char>(text.front()) < 0x80 ? 1 : utf8_sequence(text);
        if (length == 0 || text.front() == '\0') {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace tickstock

#include "message.hpp"

#include <charconv>
#include <cstring>

namespace tickstock::fanout {
namespace {

constexpr std::string_view events_key = "\"events\":[";
constexpr std::string_view offset_key = "{\"offset\":";
constexpr std::string_view between_items = "},{\"offset\":";
constexpr std::string_view ts_key = ",\"ts_pub\":";
constexpr std::string_view body_key = ",\"event\":";

/// std::string_view::find is a byte loop; memmem is not.
std::size_t find(std::string_view in, std::string_view what) {
    const void* at = memmem(in.data(), in.size(), what.data(), what.size());
    return at == nullptr ? std::string_view::npos
                         : static_cast<std::size_t>(static_cast<const char*>(at) - in.data());
}

template <class Number>
bool take_number(std::string_view& text, std::string_view before, Number& number) {
    if (!text.starts_with(before)) {
        return false;
    }
    text.remove_prefix(before.size());
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) {
        return false;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

/// What stands before the items; the members of events must not be found instead.
std::string_view outside(std::string_view message) {
    return message.substr(0, find(message, events_key));
}

std::string_view after_key(std::string_view message, std::string_view name) {
    std::string key = "\"";
    key += name;
    key += "\":";
    const std::string_view head = outside(message);
    const auto at = find(head, key);
    return at == std::string_view::npos ? std::string_view{} : head.substr(at + key.size());
}

}  // namespace

Items::Items(std::string_view message) {
    const auto at = find(message, events_key);
    if (at != std::string_view::npos) {
        rest_ = message.substr(at + events_key.size());
    }
}

bool Items::next(Item& item) {
    if (rest_.empty() || rest_.front() == ']') {
        is_broken_ = is_broken_ || rest_.empty();
        return false;
    }
    if (rest_.front() == ',') {
        rest_.remove_prefix(1);
    }
    is_broken_ = !take_number(rest_, offset_key, item.offset) ||
                 !take_number(rest_, ts_key, item.ts_pub) || !rest_.starts_with(body_key);
    if (is_broken_) {
        return false;
    }
    rest_.remove_prefix(body_key.size());
    // Text inside a body has its quotes escaped, so that this can only stand between two items.
    auto end = find(rest_, between_items);
    if (end == std::string_view::npos) {
        end = rest_.rfind("}]");
        is_broken_ = end == std::string_view::npos;
        if (is_broken_) {
            return false;
        }
    }
    item.body = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
}

std::string_view op_of(std::string_view message) {
    return text_in(message.substr(0, 256), "op");
}

std::optional<std::uint64_t> number_in(std::string_view message, std::string_view name) {
    std::string_view rest = after_key(message, name);
    std::uint64_t number = 0;
    return take_number(rest, "", number) ? std::optional(number) : std::nullopt;
}

std::string_view text_in(std::string_view message, std::string_view name) {
    std::string_view rest = after_key(message, name);
    if (!rest.starts_with('"')) {
        return {};
    }
    rest.remove_prefix(1);
    return rest.substr(0, rest.find('"'));
}

std::optional<std::uint64_t> first_ts_pub(std::string_view message) {
    const auto events = find(message, events_key);
    if (events == std::string_view::npos) {
        return std::nullopt;
    }
    const auto at = find(message.substr(events), ts_key);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view rest = message.substr(events + at);
    std::uint64_t number = 0;
    return take_number(rest, ts_key, number) ? std::optional(number) : std::nullopt;
}

}  // namespace tickstock::fanout

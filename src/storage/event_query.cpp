#include "storage/event_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "storage/event_merge.hpp"

namespace tickstock {
namespace {

char letter_of(HistoryOrder order) {
    return order == HistoryOrder::Newest ? 'n' : 'o';
}

bool read_number(std::string_view text, std::int64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() && number >= 0;
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

Result<EventRows, SqlError> query_events(SqlConnection& database, const EventQuery& query) {
    EventMerge merge(database, query, query.limit + 1);
    EventRows rows;
    for (;;) {
        auto event = merge.next();
        if (!event) {
            return event.error();
        }
        if (!*event) {
            return rows;
        }
        if (rows.events.size() == query.limit) {
            rows.next = rows.events.back().key;
            return rows;
        }
        rows.events.push_back(std::move(**event));
    }
}

std::string to_string(const EventKey& key, HistoryOrder order) {
    return fmt::format("{}{}-{}-{}", letter_of(order), to_ns(key.ts), key.id, key.rev);
}

std::optional<EventKey> parse_event_key(std::string_view text, HistoryOrder order) {
    if (text.empty() || text.front() != letter_of(order)) {
        return std::nullopt;
    }
    text.remove_prefix(1);
    const auto first = text.find('-');
    const auto second = text.find('-', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view id = text.substr(first + 1, second - first - 1);
    std::int64_t ts = 0;
    std::int64_t rev = 0;
    if (!read_number(text.substr(0, first), ts) || !read_number(text.substr(second + 1), rev) ||
        id.size() != 16 || !std::all_of(id.begin(), id.end(), is_hex)) {
        return std::nullopt;
    }
    return EventKey{unix_nanos(ts), std::string(id), rev};
}

}  // namespace tickstock

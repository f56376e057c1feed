#include "storage/event_merge.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "storage/event_statements.hpp"
#include "storage/row_values.hpp"

namespace tickstock {
namespace {

constexpr std::size_t column_count = 17;
constexpr std::size_t least_chunk = 8;
constexpr std::size_t rows_held = 7'000;  // of all ranges together, about

StoredEvent event_of(SqlRow& row) {
    TS_ASSERT(row.size() == column_count);
    StoredEvent event;
    event.key = {unix_nanos(number_of(row[0])), take_text(row[1]), number_of(row[2])};
    event.epoch = take_text(row[3]);
    event.offset = Offset{static_cast<std::uint64_t>(number_of(row[4]))};
    event.ts_pub = unix_nanos(number_of(row[5]));
    event.symbol = take_text(row[6]);
    event.type = take_text(row[7]);
    event.direction = take_text(row[8]);
    event.source = take_text(row[9]);
    event.session = take_text(row[10]);
    event.session_date = take_text(row[11]);
    event.priority = number_of(row[12]);
    if (const auto price = number_or_null(row[13])) {
        event.price = Price::from_raw(*price);
    }
    event.volume = Size::from_raw(number_of(row[14]));
    event.score = real_or_null(row[15]).value_or(0);
    event.body = take_text(row[16]);
    return event;
}

SqlText statement_for(bool of_symbol, bool of_type, bool back) {
    if (of_symbol && of_type) {
        return back ? events_of_both_back : events_of_both_on;
    }
    if (of_symbol) {
        return back ? events_of_symbol_back : events_of_symbol_on;
    }
    if (of_type) {
        return back ? events_of_type_back : events_of_type_on;
    }
    return back ? events_back : events_on;
}

SqlValue word(std::string_view text) {
    return text_or_null(std::string(text));
}

}  // namespace

EventMerge::EventMerge(SqlConnection& database, EventQuery query, std::size_t expected)
    : database_(database), query_(std::move(query)) {
    std::vector<std::optional<EventType>> types(query_.types.begin(), query_.types.end());
    if (types.empty()) {
        types.emplace_back();
    }
    std::vector<std::string> symbols = query_.symbols;
    if (symbols.empty()) {
        symbols.emplace_back();
    }
    for (const std::string& symbol : symbols) {
        for (const auto& type : types) {
            ranges_.push_back({symbol, type, {}, query_.after, 0, false});
        }
    }
    max_chunk_ = std::clamp(rows_held / ranges_.size(), least_chunk, std::size_t{1'000});
    for (Range& range : ranges_) {
        const std::size_t some = ranges_.size() > 1 ? least_chunk : 0;
        range.chunk = std::min(expected / ranges_.size() + some, max_chunk_);
    }
}

std::vector<SqlValue> EventMerge::values_of(const Range& range) const {
    const bool back = query_.order == HistoryOrder::Newest;
    const EventKey from{back ? query_.to : query_.from, "", -1};
    const EventKey& begin = range.last ? *range.last : from;
    const std::int64_t ts = to_ns(begin.ts);
    std::vector<SqlValue> values{
        back ? to_ns(query_.from) : ts,
        back ? ts : to_ns(query_.to),
        begin.id,
        begin.rev,
        word(to_string(query_.direction)),
        word(query_.source ? to_string(*query_.source) : ""),
        word(query_.session ? to_string(*query_.session) : ""),
        std::int64_t{query_.min_priority},
        std::int64_t{query_.all_revisions ? 1 : 0},
        static_cast<std::int64_t>(range.chunk),
    };
    if (range.type) {
        values.emplace_back(std::string(to_string(*range.type)));
    }
    if (!range.symbol.empty()) {
        values.emplace_back(range.symbol);
    }
    return values;
}

Result<bool, SqlError> EventMerge::fill(Range& range) {
    const bool back = query_.order == HistoryOrder::Newest;
    const SqlText statement = statement_for(!range.symbol.empty(), range.type.has_value(), back);
    auto rows = database_.query(statement, values_of(range));
    if (!rows) {
        return rows.error();
    }
    for (SqlRow& row : *rows) {
        range.rows.push_back(event_of(row));
    }
    range.is_read = rows->size() < range.chunk;
    range.chunk = std::min(range.chunk * 2, max_chunk_);
    if (!range.rows.empty()) {
        range.last = range.rows.back().key;
    }
    return true;
}

bool EventMerge::comes_first(const Range& a, const Range& b) const {
    const EventKey& left = a.rows.front().key;
    const EventKey& right = b.rows.front().key;
    return query_.order == HistoryOrder::Newest ? left > right : left < right;
}

Result<bool, SqlError> EventMerge::start() {
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
        if (auto filled = fill(ranges_[i]); !filled) {
            return filled;
        }
        if (!ranges_[i].rows.empty()) {
            heap_.push_back(i);
        }
    }
    is_started_ = true;
    return true;
}

Result<std::optional<StoredEvent>, SqlError> EventMerge::next() {
    // A heap has its greatest in front: the one that comes first.
    const auto later = [this](std::size_t a, std::size_t b) {
        return comes_first(ranges_[b], ranges_[a]);
    };
    if (!is_started_) {
        if (const auto started = start(); !started) {
            return started.error();
        }
        std::make_heap(heap_.begin(), heap_.end(), later);
    }
    if (heap_.empty()) {
        return std::optional<StoredEvent>();
    }
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Range& range = ranges_[heap_.back()];
    std::optional<StoredEvent> event = std::move(range.rows.front());
    range.rows.pop_front();
    if (range.rows.empty() && !range.is_read) {
        if (const auto filled = fill(range); !filled) {
            return filled.error();
        }
    }
    if (range.rows.empty()) {
        heap_.pop_back();
    } else {
        std::push_heap(heap_.begin(), heap_.end(), later);
    }
    return event;
}

}  // namespace tickstock

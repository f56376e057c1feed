#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "storage/event_query.hpp"

namespace tickstock {

/// Stored events one by one in the order asked for, in bounded memory, however many there are
/// (`limit` is not looked at). Each symbol, each type and each pair of them is one range of an
/// index; a query is merged from its ranges, each read some rows at a time, so none reads rows that
/// the index could have passed over. One thread; the connection outlives it.
class EventMerge {
public:
    /// `expected`: rows that will probably be taken.
    EventMerge(SqlConnection& database, EventQuery query, std::size_t expected);

    /// Nothing = no more. An error ends it.
    Result<std::optional<StoredEvent>, SqlError> next();

private:
    struct Range {
        std::string symbol;             // empty = all
        std::optional<EventType> type;  // nothing = all
        std::deque<StoredEvent> rows;
        std::optional<EventKey> last;  // read so far
        std::size_t chunk = 0;         // rows to read next time
        bool is_read = false;          // all of it
    };

    Result<bool, SqlError> fill(Range& range);
    std::vector<SqlValue> values_of(const Range& range) const;
    bool comes_first(const Range& a, const Range& b) const;
    Result<bool, SqlError> start();

    SqlConnection& database_;
    const EventQuery query_;
    std::vector<Range> ranges_;
    std::vector<std::size_t> heap_;  // ranges that have rows
    std::size_t max_chunk_;
    bool is_started_ = false;
};

}  // namespace tickstock

#include "storage/session_table.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "storage/event_store.hpp"

namespace tickstock {
namespace {

using Number = std::optional<std::int64_t>;

SqlValue value(const Number& number) {
    return number ? SqlValue(*number) : SqlValue(std::monostate{});
}

/// An extreme as the batch tells it.
struct Extreme {
    Number price;
    Number set_at;    // by the event that made it
    Number heard_at;  // of the first event that told it

    /// `made_by_it`: the event is of the extreme's type and its price is the extreme.
    void hear(const Number& told, std::int64_t ts, bool made_by_it) {
        if (!told) {
            return;
        }
        if (price != told) {
            price = told;
            set_at.reset();
            heard_at = ts;
        }
        if (made_by_it) {
            set_at = ts;
        }
    }
};

/// What the batch says of one session of one symbol.
struct Session {
    Extreme high;
    Extreme low;
    Number highs;
    Number lows;
    Number trends_up;
    Number trends_down;
    std::int64_t surges_up = 0;  // more than before
    std::int64_t surges_down = 0;
    std::int64_t last_price = 0;
    std::int64_t last_ts = 0;
    std::int64_t last_offset = 0;
};

void take(Number& count, const Number& told) {
    if (told) {
        count = told;
    }
}

void hear(Session& session, const EventRow& event, bool is_new_surge) {
    const SessionFacts& facts = event.facts;
    const bool is_high = event.type == "high";
    if (is_high || event.type == "low") {
        session.high.hear(facts.session_high, event.ts,
                          is_high && event.price == facts.session_high);
        session.low.hear(facts.session_low, event.ts, !is_high && event.price == facts.session_low);
        take(session.highs, facts.count_up);
        take(session.lows, facts.count_down);
    } else if (event.type == "trend") {
        take(session.trends_up, facts.count_up);
        take(session.trends_down, facts.count_down);
    } else if (is_new_surge) {
        (event.direction == "up" ? session.surges_up : session.surges_down) += 1;
    }
    session.last_price = *event.price;
    session.last_ts = event.ts;
    session.last_offset = event.offset;
}

constexpr SqlText upsert_session =
    "INSERT INTO session_stats (symbol, session_date, session, high, high_ts, low, low_ts, highs,"
    " lows, trends_up, trends_down, surges_up, surges_down, last_price, last_ts, last_epoch,"
    " last_offset) VALUES ($1, $2, $3, CAST($4 AS BIGINT),"
    " COALESCE(CAST($5 AS BIGINT), CAST($6 AS BIGINT)), CAST($7 AS BIGINT),"
    " COALESCE(CAST($8 AS BIGINT), CAST($9 AS BIGINT)), COALESCE(CAST($10 AS BIGINT), 0),"
    " COALESCE(CAST($11 AS BIGINT), 0), COALESCE(CAST($12 AS BIGINT), 0),"
    " COALESCE(CAST($13 AS BIGINT), 0), $14, $15, $16, $17, $18, $19)"
    " ON CONFLICT (symbol, session_date, session) DO UPDATE SET"
    " high_ts = CASE WHEN CAST($5 AS BIGINT) IS NOT NULL THEN CAST($5 AS BIGINT)"
    " WHEN CAST($4 AS BIGINT) IS NULL OR CAST($4 AS BIGINT) = session_stats.high"
    " THEN session_stats.high_ts ELSE CAST($6 AS BIGINT) END,"
    " low_ts = CASE WHEN CAST($8 AS BIGINT) IS NOT NULL THEN CAST($8 AS BIGINT)"
    " WHEN CAST($7 AS BIGINT) IS NULL OR CAST($7 AS BIGINT) = session_stats.low"
    " THEN session_stats.low_ts ELSE CAST($9 AS BIGINT) END,"
    " high = COALESCE(CAST($4 AS BIGINT), session_stats.high),"
    " low = COALESCE(CAST($7 AS BIGINT), session_stats.low),"
    " highs = COALESCE(CAST($10 AS BIGINT), session_stats.highs),"
    " lows = COALESCE(CAST($11 AS BIGINT), session_stats.lows),"
    " trends_up = COALESCE(CAST($12 AS BIGINT), session_stats.trends_up),"
    " trends_down = COALESCE(CAST($13 AS BIGINT), session_stats.trends_down),"
    " surges_up = session_stats.surges_up + excluded.surges_up,"
    " surges_down = session_stats.surges_down + excluded.surges_down,"
    " last_price = excluded.last_price, last_ts = excluded.last_ts,"
    " last_epoch = excluded.last_epoch, last_offset = excluded.last_offset";

}  // namespace

std::vector<TimeRange> touched_windows(std::span<const EventRow> events, std::int64_t width,
                                       std::int64_t join) {
    std::vector<std::int64_t> begins;
    begins.reserve(events.size());
    for (const EventRow& event : events) {
        begins.push_back(event.ts - event.ts % width);
    }
    std::ranges::sort(begins);
    std::vector<TimeRange> ranges;
    for (const std::int64_t begin : begins) {
        if (!ranges.empty() && begin - ranges.back().second < join) {
            ranges.back().second = begin + width;
        } else if (ranges.empty() || begin >= ranges.back().second) {
            ranges.emplace_back(begin, begin + width);
        }
    }
    return ranges;
}

Result<std::set<std::string>, SqlError> stored_surges(SqlConnection& connection,
                                                      std::span<const EventRow> events) {
    std::vector<EventRow> surges;
    for (const EventRow& event : events) {
        if (event.type == "surge" && event.rev == 0) {
            EventRow& surge = surges.emplace_back();
            surge.ts = event.ts;
        }
    }
    constexpr std::int64_t second = 1'000'000'000;
    std::set<std::string> found;
    for (const auto& [begin, end] : touched_windows(surges, second, 60 * second)) {
        const SqlRow values{begin, end};
        auto rows = connection.query(
            "SELECT id FROM events WHERE type = 'surge' AND ts >= $1 AND ts < $2 AND rev = 0",
            values);
        if (!rows) {
            return rows.error();
        }
        for (SqlRow& row : *rows) {
            found.insert(std::move(std::get<std::string>(row.at(0))));
        }
    }
    return found;
}

Result<SqlDone, SqlError> store_sessions(SqlConnection& connection,
                                         std::span<const EventRow> events, std::int64_t epoch,
                                         const std::set<std::string>& known_surges) {
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, Session> sessions;
    for (const EventRow& event : events) {
        if (!event.price) {
            continue;  // no trade of the symbol
        }
        const bool is_new_surge =
            event.type == "surge" && event.rev == 0 && !known_surges.contains(event.id);
        hear(sessions[{event.symbol, event.session_date, event.session}], event, is_new_surge);
    }
    std::vector<SqlRow> rows;
    rows.reserve(sessions.size());
    for (const auto& [key, one] : sessions) {
        const auto& [symbol, date, session] = key;
        rows.push_back({std::string(symbol), std::string(date), std::string(session),
                        value(one.high.price), value(one.high.set_at), value(one.high.heard_at),
                        value(one.low.price), value(one.low.set_at), value(one.low.heard_at),
                        value(one.highs), value(one.lows), value(one.trends_up),
                        value(one.trends_down), one.surges_up, one.surges_down, one.last_price,
                        one.last_ts, epoch, one.last_offset});
    }
    return connection.execute_each(upsert_session, rows);
}

Result<std::vector<SessionRow>, SqlError> load_sessions(SqlConnection& connection,
                                                        std::string_view session_date) {
    const SqlRow values{std::string(session_date)};
    auto rows = connection.query(
        "SELECT symbol, session_date, session, high, high_ts, low, low_ts, highs, lows, trends_up,"
        " trends_down, surges_up, surges_down, last_price, last_ts, last_offset FROM session_stats"
        " WHERE session_date = $1 ORDER BY symbol, session",
        values);
    if (!rows) {
        return rows.error();
    }
    const auto number = [](const SqlValue& one) { return std::get<std::int64_t>(one); };
    const auto maybe = [](const SqlValue& one) {
        const auto* found = std::get_if<std::int64_t>(&one);
        return found == nullptr ? Number() : Number(*found);
    };
    std::vector<SessionRow> sessions;
    for (SqlRow& row : *rows) {
        SessionRow& one = sessions.emplace_back();
        one.symbol = std::get<std::string>(row[0]);
        one.session_date = std::get<std::string>(row[1]);
        one.session = std::get<std::string>(row[2]);
        one.high = maybe(row[3]);
        one.high_ts = maybe(row[4]);
        one.low = maybe(row[5]);
        one.low_ts = maybe(row[6]);
        one.highs = number(row[7]);
        one.lows = number(row[8]);
        one.trends_up = number(row[9]);
        one.trends_down = number(row[10]);
        one.surges_up = number(row[11]);
        one.surges_down = number(row[12]);
        one.last_price = number(row[13]);
        one.last_ts = number(row[14]);
        one.last_offset = number(row[15]);
    }
    return sessions;
}

}  // namespace tickstock

// Queries over stored events, held against a plain look at every row.
#include "storage/event_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

#include "storage/event_merge.hpp"
#include "storage/event_statements.hpp"
#include "storage/test_sql.hpp"

namespace tickstock::test_database {
namespace {

using Dialect = SqlConnection::Dialect;

constexpr std::int64_t start = 1'709'650'800'000'000'000;  // 2024-03-05 10:00 in New York
constexpr std::array<std::string_view, 4> symbols{"AAPL", "MSFT", "O'Neil", "Z"};

/// Rows with many equal times, several revisions and every type.
std::vector<EventRow> random_rows(unsigned seed, int count) {
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    std::vector<EventRow> rows;
    while (std::ssize(rows) < count) {
        EventRow row = make_row(std::ssize(rows) + 1);
        const int revisions = below(8) == 0 ? 1 + below(3) : 1;
        row.id = fmt::format("{:016x}", (std::uint64_t{random()} << 32) | random());
        row.ts = start + below(60) * 1'000'000'000LL;
        row.symbol = below(10) == 0 ? "" : symbols[static_cast<std::size_t>(below(4))];
        row.type = to_string(static_cast<EventType>(below(event_type_count)));
        row.direction = to_string(static_cast<Direction>(below(3)));
        row.source = to_string(static_cast<SourceKind>(below(5)));
        row.session = to_string(static_cast<TradingSession>(below(5)));
        row.priority = 1 + below(4);
        if (below(5) == 0) {
            row.price.reset();
        }
        for (int rev = 0; rev < revisions; ++rev) {
            row.rev = rev;
            row.offset = std::ssize(rows) + 1;
            row.body = fmt::format(R"({{"id":"{}","rev":{},"text":"é\u00e9"}})", row.id, rev);
            rows.push_back(row);
            row.ts += below(2) * 1'000'000'000LL;
        }
    }
    return rows;
}

void store(SqlConnection& connection, const std::vector<EventRow>& rows, std::int64_t before = 0) {
    StorageBatch batch;
    batch.before = {before == 0 ? "" : "epoch-a", before};
    batch.after = {"epoch-a", rows.back().offset};
    batch.events = rows;
    const auto done = EventStore(connection).store(batch);
    ASSERT_TRUE(done) << done.error().message;
}

EventKey key_of(const EventRow& row) {
    return {unix_nanos(row.ts), row.id, row.rev};
}

/// The latest revision of each event.
std::map<std::string, std::int64_t> latest_of(const std::vector<EventRow>& rows) {
    std::map<std::string, std::int64_t> latest;
    for (const EventRow& row : rows) {
        latest[row.id] = std::max(latest[row.id], row.rev);
    }
    return latest;
}

bool wanted(const EventRow& row, const EventQuery& query,
            const std::map<std::string, std::int64_t>& latest) {
    const auto has = [](const auto& list, const auto& value) {
        return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
    };
    std::vector<std::string_view> types;
    for (const EventType type : query.types) {
        types.push_back(to_string(type));
    }
    const bool is_latest = latest.at(row.id) == row.rev;
    return has(query.symbols, row.symbol) && has(types, row.type) &&
           (query.direction == Direction::None || row.direction == to_string(query.direction)) &&
           (!query.source || row.source == to_string(*query.source)) &&
           (!query.session || row.session == to_string(*query.session)) &&
           row.ts >= to_ns(query.from) && row.ts < to_ns(query.to) &&
           row.priority <= query.min_priority && (query.all_revisions || is_latest);
}

std::vector<EventRow> expected(const std::vector<EventRow>& rows, const EventQuery& query) {
    const auto latest = latest_of(rows);
    std::vector<EventRow> found;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(found),
                 [&](const EventRow& row) { return wanted(row, query, latest); });
    std::sort(found.begin(), found.end(), [&](const EventRow& a, const EventRow& b) {
        return query.order == HistoryOrder::Newest ? key_of(a) > key_of(b) : key_of(a) < key_of(b);
    });
    return found;
}

EventQuery random_query(std::mt19937& random) {
    const auto one_in = [&](unsigned n) { return random() % n == 0; };
    EventQuery query;
    for (const std::string_view symbol : symbols) {
        if (one_in(4)) {
            query.symbols.emplace_back(symbol);
        }
    }
    for (int type = 0; type < event_type_count; ++type) {
        if (one_in(5)) {
            query.types.push_back(static_cast<EventType>(type));
        }
    }
    query.direction = one_in(4) ? Direction::Up : one_in(4) ? Direction::Down : Direction::None;
    if (one_in(5)) {
        query.source = static_cast<SourceKind>(random() % 5);
    }
    if (one_in(5)) {
        query.session = static_cast<TradingSession>(random() % 5);
    }
    if (one_in(2)) {
        query.from = unix_nanos(start + static_cast<std::int64_t>(random() % 60) * 1'000'000'000);
    }
    if (one_in(2)) {
        query.to = unix_nanos(start + static_cast<std::int64_t>(random() % 60) * 1'000'000'000);
    }
    query.min_priority = one_in(3) ? 2 : 4;
    query.all_revisions = one_in(2);
    query.order = one_in(2) ? HistoryOrder::Oldest : HistoryOrder::Newest;
    query.limit = 1 + random() % (one_in(2) ? 60 : 400);
    return query;
}

/// All pages of a query, each asked for with the cursor's text of the one before.
std::vector<StoredEvent> all_pages(SqlConnection& database, EventQuery query) {
    std::vector<StoredEvent> all;
    for (;;) {
        auto page = query_events(database, query);
        EXPECT_TRUE(page) << page.error().message;
        if (!page) {
            return all;
        }
        EXPECT_LE(page->events.size(), query.limit);
        EXPECT_TRUE(!page->next || page->events.size() == query.limit);
        std::move(page->events.begin(), page->events.end(), std::back_inserter(all));
        if (!page->next) {
            return all;
        }
        query.after = parse_event_key(to_string(*page->next, query.order), query.order);
        EXPECT_EQ(query.after, page->next);
    }
}

class EventQueryTest : public SqlTest {};
INSTANTIATE_TEST_SUITE_P(Both, EventQueryTest,
                         ::testing::Values(Dialect::Sqlite, Dialect::Postgres), dialect_word);

TEST_P(EventQueryTest, EveryFilterGivesThePagesThatALookAtEveryRowGives) {
    const auto connection = database->open_migrated();
    const auto rows = random_rows(1, 1500);
    store(*connection, rows);
    std::mt19937 random(2);
    std::size_t found = 0;
    for (int i = 0; i < 150; ++i) {
        const EventQuery query = random_query(random);
        const auto events = all_pages(*connection, query);
        const auto wanted_rows = expected(rows, query);
        ASSERT_EQ(events.size(), wanted_rows.size()) << i;
        for (std::size_t k = 0; k < events.size(); ++k) {
            ASSERT_EQ(events[k].key, key_of(wanted_rows[k])) << i << ' ' << k;
        }
        found += events.size();
    }
    EXPECT_GT(found, 5'000U);
}

TEST_P(EventQueryTest, ARowComesBackAsItWasStored) {
    const auto connection = database->open_migrated();
    const auto rows = random_rows(3, 200);
    store(*connection, rows);
    EventQuery query;
    query.all_revisions = true;
    query.limit = 1000;
    const auto events = all_pages(*connection, query);
    const auto wanted_rows = expected(rows, query);
    ASSERT_EQ(events.size(), rows.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        const StoredEvent& event = events[i];
        const EventRow& row = wanted_rows[i];
        EXPECT_EQ(event.body, row.body);
        EXPECT_EQ(event.epoch, "epoch-a");
        EXPECT_EQ(event.offset.value(), static_cast<std::uint64_t>(row.offset));
        EXPECT_EQ(to_ns(event.ts_pub), row.ts_pub);
        EXPECT_EQ(event.symbol, row.symbol);
        EXPECT_EQ(event.type, row.type);
        EXPECT_EQ(event.direction, row.direction);
        EXPECT_EQ(event.source, row.source);
        EXPECT_EQ(event.session, row.session);
        EXPECT_EQ(event.session_date, row.session_date);
        EXPECT_EQ(event.priority, row.priority);
        EXPECT_EQ(event.price ? std::optional(event.price->raw()) : std::nullopt, row.price);
        EXPECT_EQ(event.volume.raw(), row.volume);
        EXPECT_DOUBLE_EQ(event.score, row.score);
    }
}

TEST_P(EventQueryTest, PagesStayWholeWhileRowsAreAdded) {
    const auto connection = database->open_migrated();
    auto rows = random_rows(4, 400);
    store(*connection, rows);
    const auto before = rows;
    for (const HistoryOrder order : {HistoryOrder::Newest, HistoryOrder::Oldest}) {
        EventQuery query;
        query.all_revisions = true;
        query.order = order;
        query.limit = 37;
        std::multiset<std::pair<std::string, std::int64_t>> seen;
        unsigned seed = order == HistoryOrder::Newest ? 100 : 200;
        for (;;) {
            const auto page = query_events(*connection, query);
            ASSERT_TRUE(page);
            for (const StoredEvent& event : page->events) {
                seen.emplace(event.key.id, event.key.rev);
            }
            if (!page->next) {
                break;
            }
            query.after = page->next;
            if (seed % 100 < 8) {  // at times before, at and behind the cursor
                auto more = random_rows(++seed, 20);
                const std::int64_t last = rows.back().offset;
                for (EventRow& row : more) {
                    row.offset += last;
                }
                store(*connection, more, last);
                rows.insert(rows.end(), more.begin(), more.end());
            }
        }
        for (const EventRow& row : before) {
            EXPECT_EQ(seen.count({row.id, row.rev}), 1U);
        }
        EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), seen.size()) << "a row came twice";
    }
}

TEST_P(EventQueryTest, AMergeGivesAllRowsInOrderInSmallPieces) {
    const auto connection = database->open_migrated();
    const auto rows = random_rows(5, 3000);
    store(*connection, rows);
    EventQuery query;
    query.all_revisions = true;
    query.order = HistoryOrder::Oldest;
    EventMerge merge(*connection, query, 10);
    const auto wanted_rows = expected(rows, query);
    for (const EventRow& row : wanted_rows) {
        const auto event = merge.next();
        ASSERT_TRUE(event && *event);
        ASSERT_EQ((*event)->key, key_of(row));
    }
    EXPECT_EQ(*merge.next(), std::nullopt);
    EXPECT_EQ(*merge.next(), std::nullopt);
}

TEST(EventKey, ACursorIsItsOwnTextAndNoOther) {
    const EventKey key{unix_nanos(start), "0123456789abcdef", 3};
    const std::string text = to_string(key, HistoryOrder::Newest);
    EXPECT_EQ(parse_event_key(text, HistoryOrder::Newest), key);
    EXPECT_EQ(parse_event_key(text, HistoryOrder::Oldest), std::nullopt);
    for (const std::string bad :
         {"", "n", "n--", "n1-0123456789abcdef", "n1-0123456789abcde-0", "n1-0123456789ABCDEF-0",
          "n-1-0123456789abcdef-0", "n1-0123456789abcdef-x", "n1-0123456789abcdef-0 ",
          "n99999999999999999999-0123456789abcdef-0", "n1-' OR 1=1 -- ab'-0"}) {
        EXPECT_EQ(parse_event_key(bad, HistoryOrder::Newest), std::nullopt) << bad;
    }
}

/// What SQLite means to do, a line a step.
std::string plan_of(const std::string& path, SqlText statement) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    sqlite3_stmt* explained = nullptr;
    const std::string text = std::string("EXPLAIN QUERY PLAN ") + statement.text;
    EXPECT_EQ(sqlite3_prepare_v2(database, text.c_str(), -1, &explained, nullptr), SQLITE_OK);
    std::string plan;
    while (sqlite3_step(explained) == SQLITE_ROW) {
        plan += reinterpret_cast<const char*>(sqlite3_column_text(explained, 3));
        plan += '\n';
    }
    sqlite3_finalize(explained);
    sqlite3_close(database);
    return plan;
}

TEST(EventStatements, EachIsOneRangeOfItsIndex) {
    EmptyDatabase database(Dialect::Sqlite);
    const auto connection = database.open_migrated();
    store(*connection, random_rows(6, 300));
    for (const bool analyzed : {false, true}) {
        if (analyzed) {
            ASSERT_TRUE(connection->execute("ANALYZE", {}));
        }
        const auto uses = [&](SqlText sql, const std::string& index) {
            const std::string text = plan_of(database.path(), sql);
            EXPECT_NE(text.find("SEARCH e USING INDEX " + index), std::string::npos) << text;
        };
        for (const SqlText sql : {events_back, events_on}) {
            uses(sql, "events_by_ts (ts>? AND ts<?)");
        }
        for (const SqlText sql : {events_of_type_back, events_of_type_on}) {
            uses(sql, "events_by_type (type=? AND ts>? AND ts<?)");
        }
        for (const SqlText sql : {events_of_symbol_back, events_of_symbol_on}) {
            uses(sql, "events_by_symbol ((symbol,ts)>(?,?) AND (symbol,ts)<(?,?))");
        }
        for (const SqlText sql : {events_of_both_back, events_of_both_on}) {
            uses(sql,
                 "events_by_symbol_type ((symbol,type,ts)>(?,?,?) AND (symbol,type,ts)<(?,?,?))");
        }
    }
}

}  // namespace
}  // namespace tickstock::test_database

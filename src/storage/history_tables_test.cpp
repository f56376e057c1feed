// Queries over sessions, windows, counts, metrics and gaps, held against a plain look at every row.
#include "storage/history_tables.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include "storage/test_sql.hpp"

namespace tickstock::test_database {
namespace {

using Dialect = SqlConnection::Dialect;
using namespace std::chrono_literals;

class HistoryTablesTest : public SqlTest {};
INSTANTIATE_TEST_SUITE_P(Both, HistoryTablesTest,
                         ::testing::Values(Dialect::Sqlite, Dialect::Postgres), dialect_word);

constexpr SqlText insert_session =
    "INSERT INTO session_stats (symbol, session_date, session, high, high_ts, low, low_ts, highs,"
    " lows, trends_up, trends_down, surges_up, surges_down, last_price, last_ts, last_epoch,"
    " last_offset) VALUES ($1, $2, $3, NULL, NULL, 5, 6, $4, $5, $6, $7, $8, $9, 10, 11, 1, 12)";
constexpr SqlText insert_window =
    "INSERT INTO market_analytics (at, width, events, highs, lows, trends_up, trends_down,"
    " surges_up, surges_down, symbols, trades, buying_pressure, selling_pressure, activity_level)"
    " VALUES ($1, 10000000000, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, 33.25, 'Low')";
constexpr SqlText insert_count =
    "INSERT INTO event_counts (at, component, event_type, count) VALUES ($1, $2, $3, $4)";
constexpr SqlText insert_metric =
    "INSERT INTO performance_metrics (at, component, metric_name, value) VALUES ($1, $2, $3, $4)";
constexpr SqlText insert_gap =
    "INSERT INTO storage_gaps (epoch, first_offset, last_offset, reason, at)"
    " VALUES ($1, $2, $3, $4, $5)";
constexpr SqlText insert_epoch = "INSERT INTO stream_epochs (number, epoch) VALUES (1, 'epoch-a')";

void fill(SqlConnection& connection, SqlText sql, const std::vector<SqlRow>& rows) {
    ASSERT_TRUE(connection.begin());
    const auto done = connection.execute_each(sql, rows);
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_TRUE(connection.commit());
}

std::int64_t below(std::mt19937& random, unsigned n) {
    return static_cast<std::int64_t>(random() % n);
}

template <class Query, class Ask>
auto all_pages(Query query, Ask ask) {
    decltype(ask(query)->rows) all;
    for (;;) {
        auto page = ask(query);
        EXPECT_TRUE(page) << page.error().message;
        std::move(page->rows.begin(), page->rows.end(), std::back_inserter(all));
        if (page->next == decltype(page->next){}) {
            return all;
        }
        if constexpr (requires { query.after = page->next; }) {
            query.after = page->next;
        } else {
            query.windows.after = page->next;
        }
    }
}

using SessionName = std::tuple<std::string, std::string, std::string>;  // date, symbol, session

std::vector<SessionName> names_of(const std::vector<StoredSession>& sessions) {
    std::vector<SessionName> names;
    for (const StoredSession& session : sessions) {
        names.emplace_back(session.date, session.symbol, session.session);
    }
    return names;
}

TEST_P(HistoryTablesTest, SessionsComeBySymbolByCountAndByDate) {
    const auto connection = database->open_migrated();
    ASSERT_TRUE(connection->execute(insert_epoch, {}));
    std::mt19937 random(1);
    std::vector<SqlRow> rows;
    struct Known {
        SessionName name;
        std::int64_t highs, surges;
    };
    std::vector<Known> known;
    for (const std::string date : {"2024-03-04", "2024-03-05", "2024-03-06"}) {
        for (int i = 0; i < 40; ++i) {
            for (const std::string session : {"pre", "regular"}) {
                const std::string symbol = "S|" + std::to_string(i);
                const std::int64_t highs = below(random, 6);
                const std::int64_t up = below(random, 4);
                const std::int64_t down = below(random, 4);
                rows.push_back({symbol, date, session, highs, std::int64_t{1}, std::int64_t{2},
                                std::int64_t{3}, up, down});
                known.push_back({{date, symbol, session}, highs, up + down});
            }
        }
    }
    fill(*connection, insert_session, rows);
    EXPECT_EQ(*newest_session_date(*connection), "2024-03-06");
    const auto ask = [&](const SessionQuery& query) { return query_sessions(*connection, query); };
    const auto expected = [&](auto keep, auto before) {
        std::vector<Known> found;
        std::copy_if(known.begin(), known.end(), std::back_inserter(found), keep);
        std::sort(found.begin(), found.end(), before);
        std::vector<SessionName> names;
        for (const Known& one : found) {
            names.push_back(one.name);
        }
        return names;
    };
    const auto of_date = [](const Known& one) { return std::get<0>(one.name) == "2024-03-05"; };
    for (const std::size_t limit : {1U, 7U, 80U, 81U, 1000U}) {
        SessionQuery query;
        query.limit = limit;
        query.date = "2024-03-05";
        EXPECT_EQ(names_of(all_pages(query, ask)),
                  expected(of_date, [](auto& a, auto& b) { return a.name < b.name; }));
        query.sort = SessionSort::Highs;
        EXPECT_EQ(names_of(all_pages(query, ask)), expected(of_date, [](auto& a, auto& b) {
                      return a.highs != b.highs ? a.highs > b.highs : a.name < b.name;
                  }));
        query.sort = SessionSort::Surges;
        query.session = TradingSession::Pre;
        EXPECT_EQ(
            names_of(all_pages(query, ask)),
            expected(
                [&](const Known& one) { return of_date(one) && std::get<2>(one.name) == "pre"; },
                [](auto& a, auto& b) {
                    return a.surges != b.surges ? a.surges > b.surges : a.name < b.name;
                }));
        query = {};
        query.limit = limit;
        query.symbol = "S|7";
        EXPECT_EQ(names_of(all_pages(query, ask)),
                  expected([](const Known& one) { return std::get<1>(one.name) == "S|7"; },
                           [](auto& a, auto& b) { return a.name > b.name; }));
    }
    SessionQuery query;
    query.symbol = "S|7";
    const StoredSession session = ask(query)->rows.front();
    EXPECT_EQ(session.high, std::nullopt);
    EXPECT_EQ(session.low, Price::from_raw(5));
    EXPECT_EQ(to_ns(session.low_ts), 6);
    EXPECT_EQ(session.lows, 1);
    EXPECT_EQ(session.trends_up, 2);
    EXPECT_EQ(session.trends_down, 3);
    EXPECT_EQ(session.last_price, Price::from_raw(10));
    EXPECT_EQ(to_ns(session.last_ts), 11);
    EXPECT_EQ(session.last_epoch, "epoch-a");
    EXPECT_EQ(session.last_offset.value(), 12U);
}

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t first_window = 1'709'650'800 * second;

TEST_P(HistoryTablesTest, WindowsAddUpToWiderOnes) {
    const auto connection = database->open_migrated();
    std::mt19937 random(2);
    std::vector<SqlRow> rows;
    std::map<std::int64_t, std::vector<std::int64_t>> minutes;  // events, up, down, trades
    for (int i = 0; i < 1500; ++i) {
        if (below(random, 5) == 0) {
            continue;
        }
        const std::int64_t at = first_window + i * 10 * second;
        SqlRow row{at};
        std::vector<std::int64_t> numbers;
        for (int k = 0; k < 9; ++k) {
            numbers.push_back(below(random, 30));
            row.emplace_back(numbers.back());
        }
        rows.push_back(std::move(row));
        auto& sum = minutes[at - at % (60 * second)];
        sum.resize(4);
        sum[0] += numbers[0];
        sum[1] += numbers[1] + numbers[3] + numbers[5];
        sum[2] += numbers[2] + numbers[4] + numbers[6];
        sum[3] += numbers[8];
    }
    fill(*connection, insert_window, rows);
    const auto ask = [&](const WindowQuery& query) { return query_analytics(*connection, query); };
    for (const std::size_t limit : {1U, 9U, 1000U}) {
        for (const HistoryOrder order : {HistoryOrder::Newest, HistoryOrder::Oldest}) {
            WindowQuery query;
            query.limit = limit == 1 ? 50 : limit;
            query.order = order;
            const auto stored = all_pages(query, ask);
            ASSERT_EQ(stored.size(), rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i) {
                const auto& row =
                    order == HistoryOrder::Oldest ? rows[i] : rows[rows.size() - 1 - i];
                EXPECT_EQ(SqlValue(to_ns(stored[i].at)), row[0]);
                EXPECT_EQ(SqlValue(stored[i].events), row[1]);
                EXPECT_EQ(SqlValue(*stored[i].symbols), row[8]);
                EXPECT_EQ(SqlValue(stored[i].trades), row[9]);
                EXPECT_EQ(stored[i].buying_pressure, std::nullopt);
                EXPECT_EQ(stored[i].selling_pressure, 33.25);
                EXPECT_EQ(stored[i].activity_level, "Low");
                EXPECT_EQ(stored[i].width, 10s);
            }
            query.width = 1min;
            query.limit = limit;
            auto wide = all_pages(query, ask);
            ASSERT_EQ(wide.size(), minutes.size());
            if (order == HistoryOrder::Newest) {
                std::reverse(wide.begin(), wide.end());
            }
            auto found = wide.begin();
            for (const auto& [at, sum] : minutes) {
                EXPECT_EQ(to_ns(found->at), at);
                EXPECT_EQ(found->width, 1min);
                EXPECT_EQ(found->events, sum[0]);
                EXPECT_EQ(found->trades, sum[3]);
                EXPECT_EQ(found->symbols, std::nullopt);
                EXPECT_EQ(found->activity_level, activity_word(sum[3]));
                ASSERT_TRUE(found->buying_pressure || sum[1] + sum[2] == 0);
                EXPECT_DOUBLE_EQ(
                    found->buying_pressure.value_or(0),
                    100.0 * static_cast<double>(sum[1]) /
                        static_cast<double>(std::max<std::int64_t>(1, sum[1] + sum[2])));
                ++found;
            }
        }
    }
    WindowQuery query;
    query.from = unix_nanos(first_window + 60 * second);
    query.to = unix_nanos(first_window + 120 * second);
    query.width = 1h;
    const auto hour = ask(query);
    ASSERT_EQ(hour->rows.size(), 1U);
    EXPECT_EQ(hour->rows[0].events, minutes[first_window + 60 * second][0]) << "the range holds";
    EXPECT_EQ(hour->rows[0].activity_level,
              activity_word(minutes[first_window + 60 * second][3] / 60));
}

using CountLine = std::tuple<std::int64_t, std::string, std::string, std::int64_t>;

TEST_P(HistoryTablesTest, CountsComeWholeAndAddUp) {
    const auto connection = database->open_migrated();
    std::mt19937 random(3);
    std::vector<SqlRow> rows;
    std::vector<CountLine> known;
    for (int i = 0; i < 700; ++i) {
        for (const std::string type : {"high", "low", "trend"}) {
            if (below(random, 3) > 0) {
                known.emplace_back(first_window + i * 10 * second, "stream", type,
                                   below(random, 50));
                rows.push_back({std::get<0>(known.back()), std::string("stream"), type,
                                std::get<3>(known.back())});
            }
        }
    }
    fill(*connection, insert_count, rows);
    for (const auto width : {Nanos{0}, Nanos{5min}}) {
        for (const std::string type : {"", "low"}) {
            std::map<std::tuple<std::int64_t, std::string, std::string>, std::int64_t> sums;
            for (const auto& [at, component, name, count] : known) {
                if (type.empty() || name == type) {
                    const std::int64_t begin = width == Nanos{0} ? at : at - at % width.count();
                    sums[{begin, component, name}] += count;
                }
            }
            std::vector<CountLine> expected;
            for (const auto& [key, count] : sums) {
                expected.emplace_back(std::get<0>(key), std::get<1>(key), std::get<2>(key), count);
            }
            for (const HistoryOrder order : {HistoryOrder::Newest, HistoryOrder::Oldest}) {
                CountQuery query;
                query.event_type = type;
                query.windows.width = width;
                query.windows.order = order;
                query.windows.limit = 11;
                std::vector<CountLine> lines;
                for (const EventCount& count : all_pages(query, [&](const CountQuery& asked) {
                         return query_counts(*connection, asked);
                     })) {
                    lines.emplace_back(to_ns(count.at), count.component, count.event_type,
                                       count.count);
                }
                if (order == HistoryOrder::Oldest) {
                    EXPECT_EQ(lines, expected);
                }
                std::sort(lines.begin(), lines.end());
                EXPECT_EQ(lines, expected);
            }
        }
    }
}

TEST_P(HistoryTablesTest, MetricsByNameComponentAndTime) {
    const auto connection = database->open_migrated();
    std::vector<SqlRow> rows;
    std::vector<std::tuple<std::int64_t, std::string, std::string>> known;
    for (std::int64_t i = 0; i < 200; ++i) {
        for (const std::string component : {"server", "tick"}) {
            for (const std::string name : {"latency", "rate|1"}) {
                known.emplace_back(first_window + i * second, component, name);
                rows.push_back(
                    {first_window + i * second, component, name, 0.1 + static_cast<double>(i)});
            }
        }
    }
    fill(*connection, insert_metric, rows);
    for (const std::string component : {"", "tick"}) {
        for (const std::string name : {"", "rate|1"}) {
            for (const HistoryOrder order : {HistoryOrder::Newest, HistoryOrder::Oldest}) {
                MetricQuery query;
                query.component = component;
                query.name = name;
                query.order = order;
                query.limit = 23;
                query.from = unix_nanos(first_window + 10 * second);
                query.to = unix_nanos(first_window + 150 * second);
                std::vector<std::tuple<std::int64_t, std::string, std::string>> expected;
                for (const auto& one : known) {
                    const auto& [at, of, called] = one;
                    if (at >= to_ns(query.from) && at < to_ns(query.to) &&
                        (component.empty() || of == component) &&
                        (name.empty() || called == name)) {
                        expected.push_back(one);
                    }
                }
                if (order == HistoryOrder::Newest) {
                    std::reverse(expected.begin(), expected.end());
                }
                std::vector<std::tuple<std::int64_t, std::string, std::string>> found;
                for (const MetricValue& value : all_pages(query, [&](const MetricQuery& asked) {
                         return query_metrics(*connection, asked);
                     })) {
                    found.emplace_back(to_ns(value.at), value.component, value.name);
                    EXPECT_DOUBLE_EQ(
                        value.value,
                        0.1 + static_cast<double>((to_ns(value.at) - first_window) / second));
                }
                EXPECT_EQ(found, expected);
            }
        }
    }
}

TEST_P(HistoryTablesTest, TheNewestGapsOldestFirst) {
    const auto connection = database->open_migrated();
    ASSERT_TRUE(connection->execute(insert_epoch, {}));
    std::vector<SqlRow> rows;
    for (std::int64_t i = 1; i <= 5; ++i) {
        rows.push_back({std::int64_t{1}, i * 10, i == 5 ? std::int64_t{0} : i * 10 + 3,
                        std::string("retention"), 100 + i});
    }
    fill(*connection, insert_gap, rows);
    const auto gaps = query_gaps(*connection, 3);
    ASSERT_TRUE(gaps);
    ASSERT_EQ(gaps->size(), 3U);
    EXPECT_EQ((*gaps)[0].first.value(), 30U);
    EXPECT_EQ((*gaps)[0].last.value(), 33U);
    EXPECT_EQ((*gaps)[2].last.value(), 0U);
    EXPECT_EQ((*gaps)[1].epoch, "epoch-a");
    EXPECT_EQ((*gaps)[1].reason, "retention");
    EXPECT_EQ(to_ns((*gaps)[1].at), 104);
}

}  // namespace
}  // namespace tickstock::test_database

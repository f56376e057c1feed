// What a start without a journal gets from the history.

#include "history/known_sessions.hpp"

#include <gtest/gtest.h>

#include "storage/test_sql.hpp"

namespace tickstock {
namespace {

using test_database::EmptyDatabase;

constexpr std::int64_t second = 1'000'000'000;
// 2024-03-05 (Tuesday) 10:00 New York.
constexpr std::int64_t ten_o_clock = 1'709'650'800 * second;

class KnownSessionsTest : public ::testing::TestWithParam<SqlConnection::Dialect> {
protected:
    void SetUp() override {
        if (GetParam() == SqlConnection::Dialect::Postgres &&
            !test_database::shared_postgres().is_installed()) {
            GTEST_SKIP() << "PostgreSQL is not installed";
        }
        database_.emplace(GetParam());
        connection_ = database_->open();
        ASSERT_TRUE(migrate(*connection_));
    }
    EventRow high(const std::string& symbol, std::int64_t ts, std::int64_t price, std::int64_t high,
                  std::int64_t low, std::int64_t count, std::string change) {
        EventRow row;
        row.id = "00000000000000" + std::to_string(10 + events_.size());
        row.offset = static_cast<std::int64_t>(events_.size()) + 1;
        row.ts = ts;
        row.symbol = symbol;
        row.type = "high";
        row.direction = "up";
        row.source = "tick";
        row.session = "regular";
        row.session_date = new_york_date(unix_nanos(ts));
        row.priority = 2;
        row.price = price;
        row.body = R"({"type":"high","data":{"percent_change":)" + change + "}}";
        row.facts = {high, low, count, 0};
        events_.push_back(row);
        return row;
    }
    std::vector<KnownSession> load(std::optional<UnixNanos> now) {
        EventStore store(*connection_);
        StorageBatch batch;
        batch.after = {"epoch", static_cast<std::int64_t>(events_.size())};
        batch.events = events_;
        EXPECT_TRUE(store.store(batch));
        const TradingCalendar calendar;
        auto known = load_known_sessions(*connection_, calendar, now);
        EXPECT_TRUE(known) << known.error().message;
        return known ? *known : std::vector<KnownSession>{};
    }

    std::optional<EmptyDatabase> database_;
    std::unique_ptr<SqlConnection> connection_;
    std::vector<EventRow> events_;
};

TEST_P(KnownSessionsTest, TheOpenSessionsExtremesCountsAndOpen) {
    high("AA", ten_o_clock, 101 * second, 101 * second, 99 * second, 1, "1");
    high("AA", ten_o_clock + second, 102 * second, 102 * second, 99 * second, 2, "2");
    high("BB", ten_o_clock + 2 * second, 50 * second, 50 * second, 40 * second, 7, "-3.846154");
    const auto known = load(unix_nanos(ten_o_clock + 60 * second));
    ASSERT_EQ(known.size(), 2U);
    EXPECT_EQ(known[0].symbol, "AA");
    EXPECT_EQ(known[0].session.open, Price::from_cents(10'000));
    EXPECT_EQ(known[0].session.high, Price::from_cents(10'200));
    EXPECT_EQ(known[0].session.low, Price::from_cents(9'900));
    EXPECT_EQ(known[0].session.highs, 2U);
    EXPECT_EQ(known[1].session.open, Price::from_cents(5'200));
}

TEST_P(KnownSessionsTest, ASessionThatIsOverIsNotGoneOnWith) {
    high("AA", ten_o_clock, 101 * second, 101 * second, 99 * second, 1, "1");
    EXPECT_TRUE(load(unix_nanos(ten_o_clock + 7 * 3600 * second)).empty());
    const TradingCalendar calendar;
    EXPECT_EQ(load_known_sessions(*connection_, calendar, std::nullopt)->size(), 1U)
        << "without a wall clock the newest there is";
}

TEST_P(KnownSessionsTest, WithoutAnOpenNothingIsTold) {
    high("AA", ten_o_clock, 101 * second, 101 * second, 99 * second, 1, "null");
    EXPECT_TRUE(load(unix_nanos(ten_o_clock + second)).empty());
}

INSTANTIATE_TEST_SUITE_P(Databases, KnownSessionsTest,
                         ::testing::Values(SqlConnection::Dialect::Sqlite,
                                           SqlConnection::Dialect::Postgres));

}  // namespace
}  // namespace tickstock

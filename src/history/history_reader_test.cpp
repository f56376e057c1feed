// The thread that answers questions, over a database that the test holds in its hand.
#include "history/history_reader.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>

#include "history/parameter_reader.hpp"
#include "storage/test_sql.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using namespace test_database;

/// A connection that fails, waits or passes on as told.
class ToldConnection final : public SqlConnection {
public:
    struct Orders {
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<SqlError::Kind> fail;  // of connect() and query()
        bool hold = false;                   // query() waits
        int connects = 0;
        int waiting = 0;
    };
    ToldConnection(std::unique_ptr<SqlConnection> real, Orders& orders)
        : real_(std::move(real)), orders_(orders) {}

    Dialect dialect() const override { return real_->dialect(); }
    std::string name() const override { return real_->name(); }
    Result<SqlDone, SqlError> connect() override {
        const std::lock_guard lock(orders_.mutex);
        if (is_connected_) {
            return SqlDone{};
        }
        ++orders_.connects;
        if (orders_.fail) {
            return SqlError{*orders_.fail, "secret.db: told so"};
        }
        is_connected_ = true;
        return real_->connect();
    }
    Result<std::vector<SqlRow>, SqlError> query(SqlText sql,
                                                std::span<const SqlValue> values) override {
        std::unique_lock lock(orders_.mutex);
        ++orders_.waiting;
        orders_.changed.notify_all();
        orders_.changed.wait(lock, [&] { return !orders_.hold; });
        --orders_.waiting;
        if (orders_.fail) {
            is_connected_ = is_connected_ && *orders_.fail != SqlError::Kind::Unreachable;
            return SqlError{*orders_.fail, "secret.db: told so"};
        }
        return real_->query(sql, values);
    }
    Result<SqlDone, SqlError> execute(SqlText sql, std::span<const SqlValue> values) override {
        return real_->execute(sql, values);
    }
    Result<SqlDone, SqlError> execute_each(SqlText sql, std::span<const SqlRow> rows) override {
        return real_->execute_each(sql, rows);
    }
    Result<SqlDone, SqlError> begin() override { return real_->begin(); }
    Result<SqlDone, SqlError> commit() override { return real_->commit(); }
    void roll_back() override { real_->roll_back(); }

private:
    std::unique_ptr<SqlConnection> real_;
    Orders& orders_;
    bool is_connected_ = false;
};

class HistoryReaderTest : public ::testing::Test {
protected:
    HistoryReaderTest() {
        database_.open_migrated();
        HistoryReader::Options options;
        options.queue = 3;
        options.patience = 5s;
        reader_ = std::make_unique<HistoryReader>(
            std::make_unique<ToldConnection>(database_.open(), orders_), clock_, options);
    }
    ~HistoryReaderTest() override { let_go(); }

    std::future<std::string> ask(HistoryRequest request = GapQuery{}) {
        auto promise = std::make_shared<std::promise<std::string>>();
        auto future = promise->get_future();
        const bool asked =
            reader_->ask(std::move(request), [promise](HistoryReader::Answer answer) {
                promise->set_value(answer ? *answer : "error: " + answer.error().message);
            });
        if (!asked) {
            promise->set_value("full");
        }
        return future;
    }
    static std::string get(std::future<std::string> future) {
        return future.wait_for(30s) == std::future_status::ready ? future.get() : "no answer";
    }
    void tell(std::optional<SqlError::Kind> fail) {
        const std::lock_guard lock(orders_.mutex);
        orders_.fail = fail;
    }
    void hold_one() {
        std::unique_lock lock(orders_.mutex);
        orders_.hold = true;
        held_ = ask();
        ASSERT_TRUE(orders_.changed.wait_for(lock, 30s, [&] { return orders_.waiting == 1; }));
    }
    void let_go() {
        const std::lock_guard lock(orders_.mutex);
        orders_.hold = false;
        orders_.changed.notify_all();
    }

    EmptyDatabase database_{SqlConnection::Dialect::Sqlite};
    ToldConnection::Orders orders_;
    ManualClock clock_{unix_nanos(0)};
    std::future<std::string> held_;
    std::unique_ptr<HistoryReader> reader_;
};

TEST_F(HistoryReaderTest, AnswersEveryKind) {
    EXPECT_EQ(get(ask(EventQuery{})), R"({"events":[],"next":null})");
    EXPECT_EQ(get(ask(SessionQuery{})), R"({"sessions":[],"next":null})");
    EXPECT_EQ(get(ask(AnalyticsQuery{})), R"({"windows":[],"next":null})");
    EXPECT_EQ(get(ask(CountQuery{})), R"({"counts":[],"next":null})");
    EXPECT_EQ(get(ask(MetricQuery{})), R"({"metrics":[],"next":null})");
    EXPECT_EQ(get(ask(GapQuery{})), R"({"gaps":[],"next":null})");
    EXPECT_EQ(reader_->counts().asked, 6U);
    EXPECT_EQ(orders_.connects, 1);
}

TEST_F(HistoryReaderTest, RefusesWhenTooManyWaitAndTheCountCloses) {
    hold_one();
    std::vector<std::future<std::string>> waiting;
    for (int i = 0; i < 3; ++i) {
        waiting.push_back(ask());
    }
    EXPECT_EQ(get(ask()), "full");
    EXPECT_EQ(reader_->counts().waiting, 4U);
    let_go();
    EXPECT_EQ(get(std::move(held_)), R"({"gaps":[],"next":null})");
    for (auto& one : waiting) {
        EXPECT_EQ(get(std::move(one)), R"({"gaps":[],"next":null})");
    }
    EXPECT_EQ(get(ask()), R"({"gaps":[],"next":null})");
    for (int i = 0; i < 1000 && reader_->counts().waiting > 0; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    const auto counts = reader_->counts();
    EXPECT_EQ(counts.asked, counts.answered + counts.failed + counts.refused + counts.waiting);
    EXPECT_EQ(counts.refused, 1U);
    EXPECT_EQ(counts.answered, 5U);
}

TEST_F(HistoryReaderTest, SaysWhatIsWrongWithoutNamesAndComesBackByItself) {
    tell(SqlError::Kind::Unreachable);
    const std::string told = get(ask());
    EXPECT_NE(told.find("cannot be reached now"), std::string::npos) << told;
    EXPECT_EQ(told.find("secret"), std::string::npos) << told;
    EXPECT_EQ(get(ask()), told);
    EXPECT_EQ(orders_.connects, 1) << "not again within a second";
    tell(std::nullopt);
    clock_.advance(2s);
    EXPECT_EQ(get(ask()), R"({"gaps":[],"next":null})");
    tell(SqlError::Kind::Busy);
    EXPECT_NE(get(ask()).find("took too long"), std::string::npos);
    tell(std::nullopt);
    EXPECT_EQ(get(ask()), R"({"gaps":[],"next":null})");
    EXPECT_EQ(orders_.connects, 2) << "a busy database needs no new connection";
}

TEST_F(HistoryReaderTest, DoesNotBeginWhatWaitedTooLong) {
    hold_one();
    auto late = ask();
    clock_.advance(6s);
    let_go();
    get(std::move(held_));
    EXPECT_NE(get(std::move(late)).find("waited too long"), std::string::npos);
}

TEST_F(HistoryReaderTest, EndsWhileQuestionsWait) {
    hold_one();
    auto late = ask();
    let_go();
    reader_.reset();
    EXPECT_EQ(get(std::move(held_)), R"({"gaps":[],"next":null})");
    try {
        EXPECT_EQ(get(std::move(late)), R"({"gaps":[],"next":null})");
    } catch (const std::future_error&) {
        // it was not begun any more: nobody answers
    }
}

TEST(HistoryReader, ASlowStatementOfSqliteEnds) {
    EmptyDatabase database(SqlConnection::Dialect::Sqlite);
    SqliteConnectionOptions options;
    options.statement_timeout = 50ms;
    const auto connection = open_sqlite_connection(database.path(), options);
    ASSERT_TRUE(connection->connect());
    const auto rows = connection->query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        {});
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().kind, SqlError::Kind::Busy);
    EXPECT_NE(rows.error().message.find("took longer than"), std::string::npos);
    EXPECT_TRUE(connection->query("SELECT 1", {}));
}

}  // namespace
}  // namespace tickstock

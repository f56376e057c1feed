#pragma once

// Event streams and databases for the tests of the history writer.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "base/memory_disk.hpp"
#include "history/history_writer.hpp"
#include "publishing/encode.hpp"
#include "publishing/stored_stream.hpp"
#include "storage/test_sql.hpp"

namespace tickstock::test_history {

/// A stored stream in memory that grows on request, and what was published, as the rows of
/// test_rows() should show it.
class TestStream {
public:
    explicit TestStream(std::uint64_t segment_bytes = 100'000, std::uint64_t retention = 1 << 30) {
        StoredStreamOptions options;
        options.directory = "stream";
        options.segment_bytes = segment_bytes;
        options.retention_bytes = retention;
        auto opened = StoredStream::open(disk, options);
        EXPECT_TRUE(opened);
        stream = std::move(opened).value();
    }

    void begin_epoch(std::string name) {
        epoch_ = std::move(name);
        offset_ = 0;
    }
    std::uint64_t offset() const { return offset_; }

    /// Publishes `count` events of all types. `same_from` > 0: facts number same_from, … of the
    /// stream so far are told again.
    void publish(std::uint64_t count, std::uint64_t same_from = 0) {
        EventBlock block;
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::uint64_t fact = same_from > 0 ? same_from + i : ++facts_;
            add(block, make_event(fact), fact);
        }
        finish(block);
    }
    /// Revises fact number `fact`.
    void revise(std::uint64_t fact) {
        EventBlock block;
        Event event = make_event(fact);
        event.revision = 1;
        add(block, event, fact);
        finish(block);
    }

    MemoryDisk disk;
    std::unique_ptr<StoredStream> stream;
    std::vector<std::string> published;  ///< rows by the stream's order, replaced facts left out

private:
    static Event make_event(std::uint64_t fact) {
        std::mt19937_64 dice(fact);
        Event event;
        event.id = dice();
        Detection& detection = event.detection;
        detection.type = static_cast<EventType>(dice() % event_type_count);
        detection.direction = dice() % 2 == 0 ? Direction::Up : Direction::Down;
        detection.ts = unix_nanos(1'700'000'000'000'000'000 +
                                  static_cast<std::int64_t>(fact * 50'000'000 + dice() % 999));
        detection.price = Price::from_raw(static_cast<std::int64_t>(1 + dice() % (1ULL << 60)));
        detection.volume = Size::from_raw(static_cast<std::int64_t>(dice() % 1'000'000'000));
        detection.score = static_cast<double>(dice() % 1'000'000) / 7;
        event.priority = static_cast<std::uint8_t>(1 + dice() % 4);
        switch (detection.type) {
            case EventType::High:
            case EventType::Low: detection.data = HighLowData{}; break;
            case EventType::Trend: detection.data = TrendData{}; break;
            case EventType::Surge: detection.data = SurgeData{}; break;
            case EventType::Valuation: detection.data = ValuationData{}; break;
            case EventType::Rule: {
                RuleData data;
                data.rule = RuleName("r'\"\\,}\xC3\xB6\xF0\x9F\x93\x88");
                detection.data = data;
                break;
            }
            case EventType::Control:
                detection.data = ControlData{};
                detection.direction = Direction::None;
                break;
        }
        return event;
    }
    void add(EventBlock& block, const Event& event, std::uint64_t fact) {
        const Detection& detection = event.detection;
        StreamEntry entry;
        entry.offset = Offset{++offset_};
        entry.ts_pub = unix_nanos(to_ns(detection.ts) + 7);
        entry.ts = detection.ts;
        entry.symbol = SymbolText(fmt::format("S{}", fact % 17));
        entry.type = detection.type;
        entry.direction = detection.direction;
        entry.priority = event.priority;
        entry.price = detection.price;
        entry.volume = detection.volume;
        entry.score = detection.score;
        std::string body;
        encode_body(event, entry.symbol.view(), body);
        block.add(entry, body);
        const bool control = detection.type == EventType::Control;
        const std::string key = fmt::format("|{:016x}|{}|", event.id, event.revision);
        std::erase_if(published,
                      [&](const std::string& row) { return row.find(key) != std::string::npos; });
        published.push_back(fmt::format(
            "{}|{}{}{}|{}|{}|{}|{}|{}|{}|{}|{}\n", epoch_, offset_, key, to_ns(entry.ts_pub),
            to_ns(entry.ts), entry.symbol.view(), to_string(entry.type),
            control ? "-" : to_string(entry.direction), entry.priority,
            control ? "-" : std::to_string(entry.price.raw()), entry.volume.raw(), body));
    }
    void finish(const EventBlock& block) {
        stream->append(epoch_, block);
        ASSERT_EQ(stream->write(), StoredStream::Written::Done);
    }

    std::string epoch_ = "one";
    std::uint64_t offset_ = 0;
    std::uint64_t facts_ = 0;
};

/// The events of the database in the stream's order, as TestStream::published.
inline std::vector<std::string> test_rows(SqlConnection& connection) {
    auto rows = connection.query(
        "SELECT p.epoch, e.stream_offset, e.id, e.rev, e.ts_pub, e.ts, e.symbol, e.type,"
        " e.direction, e.priority, e.price, e.volume, e.body FROM events e"
        " JOIN stream_epochs p ON p.number = e.epoch ORDER BY e.epoch, e.stream_offset",
        {});
    EXPECT_TRUE(rows) << rows.error().message;
    std::vector<std::string> texts;
    for (SqlRow& row : rows ? *rows : std::vector<SqlRow>()) {
        texts.push_back(test_database::text_of({std::move(row)}));
    }
    return texts;
}

/// One hash of them all, for a failure that can be read.
inline void expect_equal(const std::vector<std::string>& rows,
                         const std::vector<std::string>& published) {
    ASSERT_EQ(rows.size(), published.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(rows[i], published[i]);
    }
}

/// Passes calls on to another connection, but for one that goes wrong.
class FaultyConnection final : public SqlConnection {
public:
    enum class Fault : std::uint8_t {
        Before,  ///< the call is not carried out
        After,   ///< it is, and nobody hears of it
    };
    explicit FaultyConnection(SqlConnection& real) : real_(real) {}

    /// The `n`-th call from now, from 0.
    void fail_at(std::uint64_t n, Fault fault, SqlError::Kind kind) {
        fail_at_ = calls_ + n;
        fault_ = fault;
        kind_ = kind;
        has_failed_ = false;
    }
    bool has_failed() const { return has_failed_; }

    Dialect dialect() const override { return real_.dialect(); }
    std::string name() const override { return real_.name(); }
    Result<SqlDone, SqlError> connect() override {
        return call<Result<SqlDone, SqlError>>([&] { return real_.connect(); });
    }
    Result<std::vector<SqlRow>, SqlError> query(SqlText sql,
                                                std::span<const SqlValue> values) override {
        return call<Result<std::vector<SqlRow>, SqlError>>(
            [&] { return real_.query(sql, values); });
    }
    Result<SqlDone, SqlError> execute(SqlText sql, std::span<const SqlValue> values) override {
        return call<Result<SqlDone, SqlError>>([&] { return real_.execute(sql, values); });
    }
    Result<SqlDone, SqlError> execute_each(SqlText sql, std::span<const SqlRow> rows) override {
        return call<Result<SqlDone, SqlError>>([&] { return real_.execute_each(sql, rows); });
    }
    Result<SqlDone, SqlError> begin() override {
        return call<Result<SqlDone, SqlError>>([&] { return real_.begin(); });
    }
    Result<SqlDone, SqlError> commit() override {
        return call<Result<SqlDone, SqlError>>([&] { return real_.commit(); });
    }
    void roll_back() override { real_.roll_back(); }

private:
    template <class Outcome, class Call>
    Outcome call(Call carry_out) {
        if (calls_++ != fail_at_) {
            return carry_out();
        }
        has_failed_ = true;
        if (fault_ == Fault::After) {
            static_cast<void>(carry_out());
        }
        return SqlError{kind_, "made up"};
    }

    SqlConnection& real_;
    std::uint64_t calls_ = 0;
    std::uint64_t fail_at_ = ~std::uint64_t{0};
    Fault fault_ = Fault::Before;
    SqlError::Kind kind_ = SqlError::Kind::Unreachable;
    bool has_failed_ = false;
};

inline StorageSettings test_settings(unsigned batch_events = 1000) {
    StorageSettings settings;
    settings.batch_events = batch_events;
    settings.retention = std::chrono::hours(24 * 36'500);
    return settings;
}

/// A writer that a test drives by step().
struct StepWriter {
    StepWriter(TestStream& stream, std::unique_ptr<SqlConnection> connection,
               unsigned batch_events = 1000, std::function<HistorySamples()> samples = {},
               std::function<OperationsRows(std::uint64_t)> operations = {})
        : writer({*stream.stream, std::move(connection), test_settings(batch_events), clock,
                  std::move(samples), std::move(operations)}) {}

    /// Steps until nothing is left to do, over pauses; the last status.
    HistoryStatus drain() {
        for (int i = 0; i < 10'000; ++i) {
            const bool has_more = writer.step();
            const HistoryStatus status = writer.status();
            if (!has_more &&
                (status.state == HistoryState::Ok || status.state == HistoryState::Failed)) {
                return status;
            }
            if (!has_more) {
                clock.advance(std::chrono::seconds(30));
            }
        }
        ADD_FAILURE() << "does not come to an end: " << writer.status().last_error;
        return writer.status();
    }

    ManualClock clock{unix_nanos(1'700'100'000'000'000'000)};
    HistoryWriter writer;
};

}  // namespace tickstock::test_history

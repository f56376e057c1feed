#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "history/operations_feed.hpp"
#include "history/stream_feed.hpp"
#include "history/trade_windows.hpp"
#include "storage/event_store.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

/// What the engine tells the writer at each interval.
struct HistorySamples {
    struct Metric {
        std::string component;
        std::string metric_name;
        double value = 0;
    };
    std::vector<Metric> metrics;  ///< become performance_metrics
    /// Trades admitted in windows of analytics_window; those told before may be left out.
    std::vector<CountedTrades> trades;
    std::uint64_t records = 0;  ///< of all kinds
};

enum class HistoryState : std::uint8_t {
    Ok,      ///< all that is published is stored, but for the last interval
    Behind,  ///< stores, and has more to store; or waits for an answer, a lock or room on the disk
    Unreachable,  ///< no connection: the stored stream keeps the events until there is one
    Stopped,
    Failed,  ///< a refused statement or a damaged database: stores no more until a restart
};
std::string_view to_string(HistoryState state);

struct HistoryStatus {
    HistoryState state = HistoryState::Behind;
    std::string database;
    std::string epoch;  ///< stored up to here
    std::uint64_t offset = 0;
    std::uint64_t behind = 0;        ///< events published and not stored
    std::uint64_t events = 0;        ///< stored since the start
    std::uint64_t gaps = 0;          ///< found since the start
    std::uint64_t transactions = 0;  ///< committed since the start
    std::uint64_t records = 0;       ///< admitted since the start, of the last sample
    double records_per_transaction = 0;
    std::uint64_t errors = 0;
    /// Rows of differences, audit, incidents and alerts: written since the start, waiting, and lost
    /// before they were written.
    std::uint64_t operations = 0;
    std::uint64_t operations_waiting = 0;
    std::uint64_t operations_lost = 0;
    std::uint64_t rebuilds = 0;  ///< damaged files set aside
    std::uint64_t removed = 0;   ///< rows beyond retention
    std::string last_error;      ///< empty = none since the last batch
    UnixNanos last_batch_at = time_unknown;
    Nanos last_batch_took{0};
};

/// Storage: a cursor on the event stream as it stands on disk (SPEC 16). Every interval it takes
/// all events behind the committed (epoch, offset), in batches, each one transaction together with
/// the new position. So nothing is lost and nothing doubled, whatever breaks off: an outage leaves
/// the cursor where it is and is tried again after 1 s up to 30 s. The stages and the publisher
/// never wait for it. What is kept of the rollout and of alerts goes along in the same
/// transactions; an outage is bridged from memory.
///
/// A damaged SQLite file is set aside as FILE.damaged and made anew from what the stored stream
/// still has. One thread ("ts-history"), or step() called by a test.
class HistoryWriter {
public:
    static constexpr Nanos first_pause = std::chrono::seconds(1);
    static constexpr Nanos longest_pause = std::chrono::seconds(30);
    static constexpr Nanos retention_interval = std::chrono::hours(1);
    static constexpr std::int64_t retention_rows = 2'000;  ///< a table and transaction
    /// stop() stores what is left for so long, and ends the transaction at hand.
    static constexpr Nanos stop_time = std::chrono::seconds(5);

    struct Parts {
        const StoredStream& stream;
        std::unique_ptr<SqlConnection> connection;  ///< not connected yet
        StorageSettings settings;
        const Clock& clock;
        /// Called on the writer's thread, once an interval. May be empty.
        std::function<HistorySamples()> samples;
        /// All that memory holds of the rollout and of alerts (OperationsFeed::take()), of
        /// differences those with a number above the given one. Called as `samples`, during an
        /// outage, too. May be empty.
        std::function<OperationsRows(std::uint64_t)> operations = {};
    };
    explicit HistoryWriter(Parts parts);
    ~HistoryWriter();
    HistoryWriter(const HistoryWriter&) = delete;
    HistoryWriter& operator=(const HistoryWriter&) = delete;

    /// Starts the thread. A database that cannot be reached is tried again and again.
    void start();
    /// Stores what is published by now, for at most stop_time and one transaction; then ends the
    /// thread. Call it when the publisher has ended.
    void stop();

    /// Any thread.
    HistoryStatus status() const;

    /// One transaction at most. True: there is more to do at once. For the thread and for tests;
    /// not while the thread runs.
    bool step();

private:
    bool step_once();
    void run();
    std::optional<SqlError> connect();
    std::optional<SqlError> store();
    std::optional<SqlError> retain();
    void take_samples(StorageBatch& batch);
    void take_operations();
    void fail(const SqlError& error);
    bool set_damaged_aside();
    void note_stored(const StorageBatch& batch, Nanos began);
    void set_state(HistoryState state);

    const StoredStream& stream_;
    const std::unique_ptr<SqlConnection> connection_;
    const StorageSettings settings_;
    const Clock& clock_;
    const std::function<HistorySamples()> samples_;
    const std::function<OperationsRows(std::uint64_t)> ask_operations_;

    // The thread's.
    EventStore database_;
    StreamFeed feed_;
    TradeWindows trades_;
    OperationsFeed operations_;
    std::vector<PerformanceMetric> metrics_;  // not stored yet
    bool is_open_ = false;                    // connected, migrated, position read
    bool has_more_ = false;
    Nanos pause_{0};
    Nanos retry_at_{0};
    Nanos sample_at_{0};
    Nanos operations_at_{0};
    Nanos retain_at_{0};
    unsigned rebuilds_in_a_row_ = 0;

    mutable std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    bool is_stopping_ = false;
    std::optional<Nanos> working_since_;  // a step is under way
    HistoryStatus status_;
    std::thread thread_;
};

}  // namespace tickstock

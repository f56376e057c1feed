#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "storage/event_rows.hpp"
#include "storage/operations_rows.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

/// Width of the windows of market_analytics and event_counts.
inline constexpr Nanos analytics_window = std::chrono::seconds(10);

/// What goes into the database in one transaction.
struct StorageBatch {
    StoragePosition before;  ///< where the stream stood; another one in the database is Busy
    StoragePosition after;
    std::vector<EventRow> events;  ///< of after.epoch, in the stream's order
    std::vector<StorageGap> gaps;
    std::vector<WindowTrades> trades;
    std::vector<PerformanceMetric> metrics;
    OperationsRows operations;
};

/// The tables of events, written by one process, the history writer's; readers have connections of
/// their own. All of a batch is stored or nothing of it, together with the stream's position: so
/// whoever goes on from position() neither loses nor doubles an event, whatever broke off. One
/// thread. `connection` outlives this.
class EventStore {
public:
    explicit EventStore(SqlConnection& connection) : connection_(connection) {}

    /// For the life of the connection: no other server stores here. Busy when one does.
    Result<SqlDone, SqlError> claim();

    Result<StoragePosition, SqlError> position();
    /// The epochs of which something is stored, in the order in which they were seen.
    Result<std::vector<std::string>, SqlError> epochs();

    /// One transaction. The same fact told again (id and rev) replaces the row. Changes = events.
    /// After an error it is not known whether it is stored, where the connection broke at the end:
    /// ask position().
    Result<SqlDone, SqlError> store(const StorageBatch& batch);

    /// Trades known of the windows that begin in [from, to].
    Result<std::vector<WindowTrades>, SqlError> trades(std::int64_t from, std::int64_t to);

    /// ts of the newest event; 0 = there is none.
    Result<std::int64_t, SqlError> newest_ts();

    /// Removes at most `most` of the oldest rows from each table, a transaction a table, so that
    /// nothing is locked for long: of events, what is made of them and differences those before
    /// `market`, of performance metrics, audit, incidents and alerts those before `wall`. Changes =
    /// rows; 0 = nothing is left to do. Gaps stay for ever.
    Result<SqlDone, SqlError> remove_before(std::int64_t market, std::int64_t wall,
                                            std::int64_t most);

private:
    Result<std::int64_t, SqlError> epoch_number(const std::string& epoch);
    Result<SqlDone, SqlError> store_all(const StorageBatch& batch);
    Result<SqlDone, SqlError> move_position(const StorageBatch& batch);
    Result<SqlDone, SqlError> store_gaps(const StorageBatch& batch);
    Result<SqlDone, SqlError> store_metrics(const StorageBatch& batch);

    SqlConnection& connection_;
};

/// What is stored of a date's sessions, by symbol and session; "YYYY-MM-DD", New York's.
Result<std::vector<SessionRow>, SqlError> load_sessions(SqlConnection& connection,
                                                        std::string_view session_date);

/// "YYYY-MM-DD" of New York's clocks.
std::string new_york_date(UnixNanos time);

/// The words of SPEC 12, without the bells: "Very Low" < 30 ticks a minute … "Extreme".
std::string_view activity_word(std::int64_t trades_per_minute);

}  // namespace tickstock

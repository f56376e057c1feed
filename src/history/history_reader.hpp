#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "history/history_request.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

/// Answers questions about the history on a thread and a database connection of its own, so that
/// neither the server's I/O thread nor the writer ever waits for a query. A connection that broke
/// is made anew with the next question, at most once a second. The connection should be read-only
/// and end statements that take long.
class HistoryReader {
public:
    /// A page of JSON; an error is a sentence for the client, without names of files or hosts.
    using Answer = Result<std::string>;
    using Done = std::function<void(Answer)>;

    struct Options {
        std::size_t queue = 64;                     ///< questions that wait
        Nanos patience = std::chrono::seconds(9);   ///< older ones are not begun any more
        Nanos reconnect = std::chrono::seconds(1);  ///< pause after a failed connection
    };

    /// Starts the thread; connects with the first question. `connection` is not connected yet.
    /// `clock` outlives the reader.
    HistoryReader(std::unique_ptr<SqlConnection> connection, const Clock& clock, Options options);
    HistoryReader(std::unique_ptr<SqlConnection> connection, const Clock& clock)
        : HistoryReader(std::move(connection), clock, Options{}) {}
    /// Waits for the question in hand; those that wait are not answered.
    ~HistoryReader();
    HistoryReader(const HistoryReader&) = delete;
    HistoryReader& operator=(const HistoryReader&) = delete;

    /// Any thread, does not wait. False: the queue is full, and `done` will not be called. It is
    /// called once, on the reader's thread, which it must not hold up.
    bool ask(HistoryRequest request, Done done);

    struct Counts {
        std::uint64_t asked = 0;  ///< = answered + failed + waiting + refused
        std::uint64_t answered = 0;
        std::uint64_t failed = 0;
        std::uint64_t refused = 0;  ///< the queue was full
        std::uint64_t waiting = 0;  ///< the one in hand included
    };
    Counts counts() const;  ///< any thread

private:
    struct Question {
        HistoryRequest request;
        Done done;
        Nanos asked_at;
    };
    void run();
    Answer answer(const Question& question);
    Result<SqlDone, SqlError> connect();

    const std::unique_ptr<SqlConnection> connection_;  // the thread's
    const Clock& clock_;
    const Options options_;
    // The thread's.
    bool is_connected_ = false;
    bool has_failed_ = false;
    Nanos failed_at_{0};
    std::string last_logged_;

    mutable std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    std::deque<Question> questions_;
    Counts counts_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace tickstock

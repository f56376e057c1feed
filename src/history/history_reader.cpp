#include "history/history_reader.hpp"

#include <utility>

#include "base/named_thread.hpp"
#include "history/history_json.hpp"
#include "metrics/log.hpp"
#include "storage/migrations.hpp"

namespace tickstock {
namespace {

/// What a client is told; the log has the database's own words.
std::string sentence_for(const SqlError& error) {
    switch (error.kind) {
        case SqlError::Kind::Busy:
            return "the history's database is locked, or the query took too long: ask for a "
                   "shorter time range, or again later";
        case SqlError::Kind::Unreachable:
            return "the history's database cannot be reached now; nothing is lost, ask again later";
        case SqlError::Kind::Full: return "the history's database has no room on its disk";
        case SqlError::Kind::Damaged: return "the history's database is damaged";
        case SqlError::Kind::Refused: break;
    }
    return "the history's database refuses the query; the server's log says why";
}

}  // namespace

HistoryReader::HistoryReader(std::unique_ptr<SqlConnection> connection, const Clock& clock,
                             Options options)
    : connection_(std::move(connection)), clock_(clock), options_(options) {
    thread_ = std::thread([this] { run(); });
}

HistoryReader::~HistoryReader() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

bool HistoryReader::ask(HistoryRequest request, Done done) {
    {
        const std::lock_guard lock(mutex_);
        ++counts_.asked;
        if (questions_.size() >= options_.queue || is_stopping_) {
            ++counts_.refused;
            return false;
        }
        ++counts_.waiting;
        questions_.push_back({std::move(request), std::move(done), clock_.monotonic()});
    }
    changed_.notify_one();
    return true;
}

HistoryReader::Counts HistoryReader::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

void HistoryReader::run() {
    const NamedThread named("ts-history-read");
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return is_stopping_ || !questions_.empty(); });
        if (is_stopping_) {
            return;
        }
        const Question question = std::move(questions_.front());
        questions_.pop_front();
        lock.unlock();
        Answer given = answer(question);
        const bool is_good = given.ok();
        question.done(std::move(given));
        lock.lock();
        --counts_.waiting;
        ++(is_good ? counts_.answered : counts_.failed);
    }
}

Result<SqlDone, SqlError> HistoryReader::connect() {
    const Nanos now = clock_.monotonic();
    if (!is_connected_ && has_failed_ && now - failed_at_ < options_.reconnect) {
        return SqlError{SqlError::Kind::Unreachable, "tried just now"};
    }
    // Also while there is one: a file that was made anew is opened anew.
    auto done = connection_->connect();
    if (done && !is_connected_) {
        done = check_schema(*connection_);
    }
    has_failed_ = !done;
    failed_at_ = now;
    is_connected_ = done.ok();
    return done;
}

HistoryReader::Answer HistoryReader::answer(const Question& question) {
    if (clock_.monotonic() - question.asked_at > options_.patience) {
        return Error{"the query waited too long behind others: ask again later"};
    }
    const auto connected = connect();
    auto page = connected ? history_page(*connection_, question.request) : connected.error();
    if (page) {
        last_logged_.clear();
        return std::move(*page);
    }
    const SqlError& error = page.error();
    if (error.kind == SqlError::Kind::Unreachable || error.kind == SqlError::Kind::Damaged) {
        is_connected_ = false;
    }
    if (error.message != last_logged_ && error.message != "tried just now") {
        last_logged_ = error.message;
        log_warn("history", "a query failed: {}", error.message);
    }
    return Error{sentence_for(error)};
}

}  // namespace tickstock

#include <algorithm>
#include <cstdio>
#include <string>

#include "history/history_writer.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

/// A file that is damaged again right after it was made is no accident.
constexpr unsigned most_rebuilds = 3;

}  // namespace

/// Nothing is known of the transaction at hand: the position is read again with the next try.
void HistoryWriter::fail(const SqlError& error) {
    using Kind = SqlError::Kind;
    is_open_ = false;
    bool goes_on = error.is_passing();
    if (error.kind == Kind::Damaged) {
        goes_on = set_damaged_aside();
    }
    pause_ = std::clamp(pause_ * 2, first_pause, longest_pause);
    retry_at_ = clock_.monotonic() + pause_;
    const std::lock_guard lock(mutex_);
    ++status_.errors;
    const HistoryState before = status_.state;
    status_.state = !goes_on                          ? HistoryState::Failed
                    : error.kind == Kind::Unreachable ? HistoryState::Unreachable
                                                      : HistoryState::Behind;
    if (error.message != status_.last_error) {
        status_.last_error = error.message;
        if (status_.state == HistoryState::Failed) {
            log_error("history", "{}; no events are stored any more, until a restart",
                      error.message);
        } else if (before != status_.state || status_.state == HistoryState::Behind) {
            log_warn("history", "{}; is tried again, the events wait in the stored stream",
                     error.message);
        }
    }
}

/// False: it is no file, or was damaged again and again.
bool HistoryWriter::set_damaged_aside() {
    if (connection_->dialect() != SqlConnection::Dialect::Sqlite ||
        ++rebuilds_in_a_row_ > most_rebuilds) {
        return false;
    }
    const std::string path = connection_->name();
    for (const char* const part : {"", "-wal", "-shm"}) {
        // A part that is not there cannot be renamed, and need not be.
        const bool is_moved =
            std::rename((path + part).c_str(), (path + ".damaged" + part).c_str()) == 0;
        if (!is_moved && *part == '\0') {
            return false;
        }
    }
    trades_.forget();
    operations_.forget();
    operations_at_ = Nanos{0};
    log_error("history", "{}: is damaged; set aside as {}.damaged and made anew", path, path);
    const std::lock_guard lock(mutex_);
    ++status_.rebuilds;
    return true;
}

}  // namespace tickstock

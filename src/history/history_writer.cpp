#include "history/history_writer.hpp"

#include <algorithm>
#include <string>

#include "base/named_thread.hpp"
#include "metrics/log.hpp"
#include "storage/migrations.hpp"

namespace tickstock {
std::string_view to_string(HistoryState state) {
    switch (state) {
        case HistoryState::Ok: return "ok";
        case HistoryState::Behind: return "behind";
        case HistoryState::Unreachable: return "unreachable";
        case HistoryState::Stopped: return "stopped";
        case HistoryState::Failed: break;
    }
    return "failed";
}

HistoryWriter::HistoryWriter(Parts parts)
    : stream_(parts.stream),
      connection_(std::move(parts.connection)),
      settings_(std::move(parts.settings)),
      clock_(parts.clock),
      samples_(std::move(parts.samples)),
      ask_operations_(std::move(parts.operations)),
      database_(*connection_),
      feed_(stream_) {
    status_.database = connection_->name();
}

HistoryWriter::~HistoryWriter() {
    stop();
}

void HistoryWriter::start() {
    thread_ = std::thread([this] { run(); });
}

void HistoryWriter::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

HistoryStatus HistoryWriter::status() const {
    const std::lock_guard lock(mutex_);
    HistoryStatus status = status_;
    // A database that hangs says nothing: what is published meanwhile is not stored.
    const Nanos long_time = std::max<Nanos>(2 * settings_.interval, std::chrono::seconds(1));
    if (status.state == HistoryState::Ok && working_since_ &&
        clock_.monotonic() - *working_since_ > long_time) {
        status.state = HistoryState::Behind;
    }
    return status;
}

void HistoryWriter::set_state(HistoryState state) {
    const std::lock_guard lock(mutex_);
    status_.state = state;
}

void HistoryWriter::run() {
    const NamedThread named("ts-history");
    for (;;) {
        const bool has_more = step();
        std::unique_lock lock(mutex_);
        if (is_stopping_) {
            break;
        }
        if (!has_more) {
            const Nanos now = clock_.monotonic();
            const Nanos wait = status_.state == HistoryState::Failed ? settings_.interval
                               : retry_at_ > now                     ? retry_at_ - now
                                                                     : settings_.interval;
            changed_.wait_for(lock, wait, [this] { return is_stopping_; });
        }
    }
    const Nanos end = clock_.monotonic() + stop_time;
    sample_at_ = operations_at_ = Nanos{0};
    while (step() && clock_.monotonic() < end) {
    }
    if (status().state != HistoryState::Failed) {
        set_state(HistoryState::Stopped);
    }
}

bool HistoryWriter::step() {
    {
        const std::lock_guard lock(mutex_);
        working_since_ = clock_.monotonic();
    }
    const bool has_more = step_once();
    const std::lock_guard lock(mutex_);
    working_since_.reset();
    return has_more;
}

bool HistoryWriter::step_once() {
    if (status().state == HistoryState::Failed) {
        return false;
    }
    if (retry_at_ > clock_.monotonic()) {
        return false;
    }
    take_operations();
    std::optional<SqlError> failed = is_open_ ? std::nullopt : connect();
    has_more_ = false;
    if (!failed) {
        failed = store();
    }
    if (!failed && !has_more_) {
        failed = retain();
    }
    if (failed) {
        fail(*failed);
    } else {
        pause_ = Nanos{0};
    }
    const std::uint64_t behind = feed_.behind();
    const std::lock_guard lock(mutex_);
    status_.behind = behind;
    if (!failed) {
        status_.state = behind == 0 ? HistoryState::Ok : HistoryState::Behind;
        status_.last_error.clear();
    }
    return has_more_ && !failed;
}

std::optional<SqlError> HistoryWriter::connect() {
    if (const auto done = connection_->connect(); !done) {
        return done.error();
    }
    if (const auto done = migrate(*connection_); !done) {
        return done.error();
    }
    if (const auto done = database_.claim(); !done) {
        return done.error();
    }
    auto position = database_.position();
    if (!position) {
        return position.error();
    }
    auto epochs = database_.epochs();
    if (!epochs) {
        return epochs.error();
    }
    const std::lock_guard lock(mutex_);
    if (status_.last_batch_at == time_unknown || !status_.last_error.empty()) {
        log_info("history", "{}: stores events behind {} of epoch {}", connection_->name(),
                 position->offset, position->epoch.empty() ? "(none yet)" : position->epoch);
    }
    status_.epoch = position->epoch;
    status_.offset = static_cast<std::uint64_t>(position->offset);
    feed_.go_to(std::move(*position), std::move(*epochs));
    is_open_ = true;
    return std::nullopt;
}

std::optional<SqlError> HistoryWriter::store() {
    const Nanos began = clock_.monotonic();
    std::optional<StorageBatch> next = feed_.next(settings_.batch_events, to_ns(clock_.wall()));
    StorageBatch batch;
    if (next) {
        batch = std::move(*next);
    } else {
        batch.before = batch.after = feed_.position();
    }
    take_samples(batch);
    const auto [first, last] = trades_.needed();
    std::vector<WindowTrades> stored;
    if (first <= last) {
        auto found = database_.trades(first, last);
        if (!found) {
            return found.error();
        }
        stored = std::move(*found);
    }
    batch.trades = trades_.due(stored);
    const bool has_operations = ask_operations_ && operations_.has_waiting();
    if (has_operations) {
        batch.operations = operations_.waiting();
    }
    if (!next && batch.trades.empty() && batch.metrics.empty() && !has_operations) {
        return std::nullopt;
    }
    if (const auto done = database_.store(batch); !done) {
        return done.error();
    }
    note_stored(batch, began);
    return std::nullopt;
}

void HistoryWriter::note_stored(const StorageBatch& batch, Nanos began) {
    trades_.stored();
    metrics_.clear();
    operations_.stored();
    rebuilds_in_a_row_ = 0;
    const bool has_moved = batch.after != batch.before;
    feed_.go_on(batch);
    has_more_ = has_moved && feed_.behind() > 0;
    for (const StorageGap& gap : batch.gaps) {
        log_warn("history", "events {} to {} of epoch {} are not stored: {}", gap.first,
                 gap.last == 0 ? "?" : std::to_string(gap.last), gap.epoch, gap.reason);
    }
    const std::lock_guard lock(mutex_);
    status_.epoch = batch.after.epoch;
    status_.offset = static_cast<std::uint64_t>(batch.after.offset);
    status_.events += batch.events.size();
    status_.gaps += batch.gaps.size();
    status_.operations += batch.operations.size();
    status_.operations_waiting = 0;
    ++status_.transactions;
    status_.records_per_transaction =
        static_cast<double>(status_.records) / static_cast<double>(status_.transactions);
    status_.last_batch_at = clock_.wall();
    status_.last_batch_took = clock_.monotonic() - began;
}

/// One slice once an hour, and on until nothing is left.
std::optional<SqlError> HistoryWriter::retain() {
    const Nanos now = clock_.monotonic();
    if (now < retain_at_) {
        return std::nullopt;
    }
    const auto newest = database_.newest_ts();
    if (!newest) {
        return newest.error();
    }
    // A recorded day is as old as its own newest event.
    const UnixNanos wall = clock_.wall();
    const UnixNanos market = std::min(wall, unix_nanos(*newest));
    const auto removed = database_.remove_before(to_ns(market - settings_.retention),
                                                 to_ns(wall - settings_.retention), retention_rows);
    if (!removed) {
        return removed.error();
    }
    if (removed->changed == 0) {
        retain_at_ = now + retention_interval;
        return std::nullopt;
    }
    has_more_ = true;
    const std::lock_guard lock(mutex_);
    status_.removed += removed->changed;
    return std::nullopt;
}

}  // namespace tickstock

#include "engine/running_engine.hpp"

#include <algorithm>
#include <utility>

#include "base/mutant.hpp"
#include "metrics/log.hpp"

namespace tickstock {

Runtime::Step RunningEngine::step_sequencer() {
    Step step;
    if (!failure().empty()) {
        step.failed = true;
        return step;
    }
    const Nanos now = clock_.monotonic();
    begin_feeds();
    if (draining_) {
        stop_feeds();
    }
    grant_skips();
    grant_fallbacks();
    if (!disk_full_) {
        take_commands();
        supervise(now, step);
        poll_sources(now, step);
        tick(now, step);
    }
    if (write_journal(now, step)) {
        snapshot_when_due(now, step);
    }
    Sequence taken = sequence_end;
    for (const auto& shard : shards_) {
        taken = std::min(taken, shard->taken_through());
        if (const auto failure = shard->failure()) {
            fail(failure->message);
        }
    }
    tail_.trim(taken, journal_->written_through());
    if (now - last_status_ >= std::chrono::seconds(1)) {
        update_status(now);
    }
    step.wake_at = std::min(step.wake_at, last_status_ + std::chrono::seconds(1));
    step.failed = !failure().empty();
    return step;
}

/// With the first step: before it nobody could be woken.
void RunningEngine::begin_feeds() {
    if (feeds_started_) {
        return;
    }
    feeds_started_ = true;
    for (SourceSlot& slot : sources_) {
        slot.source->start([this] { wake_(); }, slot.memory);
        slot.heard_at = clock_.monotonic();
        slot.memory = {};
    }
}

void RunningEngine::stop_feeds() {
    if (feeds_stopped_) {
        return;
    }
    feeds_stopped_ = true;
    for (SourceSlot& slot : sources_) {
        slot.source->stop();
    }
}

Runtime::Step RunningEngine::step_shard(unsigned shard) {
    const Shard::Step done = shards_[shard]->step();
    return {done.worked, false, done.wake_at};
}

Runtime::Step RunningEngine::step_publisher() {
    const Publisher::Step done = publisher_->step(shards_, gate());
    Step step;
    step.worked = done.worked;
    if (done.failure) {
        fail(done.failure->message);
        step.failed = true;
    }
    if (done.emptied_full) {
        wake_();
    }
    if (done.blocked) {
        step.wake_at = clock_.monotonic() + std::chrono::milliseconds(100);
    }
    return step;
}

/// Through it, the journal is as safe as the policy wants before an event may be seen.
Sequence RunningEngine::gate() const {
    if (TICKSTOCK_MUTANT(5)) {
        return system_->last_sequence();
    }
    if (TICKSTOCK_MUTANT(6)) {
        return journal_->written_through();
    }
    if (TICKSTOCK_MUTANT(7)) {
        return Sequence{
            std::min(journal_->durable_through().value() + 1, system_->last_sequence().value())};
    }
    // No event before the journal knows for good who shows it.
    if (journal_->durable_through() < started_at_) {
        return begins_behind_;
    }
    return config_.journal.durability == Durability::Always ? journal_->durable_through()
                                                            : journal_->written_through();
}

Runtime::Step RunningEngine::step_sync() {
    Step step;
    const Nanos now = clock_.monotonic();
    const bool behind = journal_->durable_through() < journal_->written_through();
    if (!behind) {
        unsynced_since_.reset();
    } else if (sync_is_due(now, step)) {
        last_sync_ = now;
        unsynced_since_.reset();
        synced_bytes_ = journal_->bytes();
        const bool done = sync_files();
        {
            const std::lock_guard lock(mutex_);
            last_sync_took_ = clock_.monotonic() - now;
            ++syncs_;
        }
        step.failed = !done;
        step.worked = true;
        wake_();
    }
    if (!snapshot_thread_) {
        write_snapshot();
    }
    return step;
}

/// step_sync's thread. REQUIRES: something is written and not synced.
bool RunningEngine::sync_is_due(Nanos now, Step& step) {
    if (journal_->durable_through() < started_at_) {
        return true;
    }
    const JournalSettings& settings = config_.journal;
    Nanos due = Nanos::max();
    if (settings.durability == Durability::Interval) {
        due = last_sync_ + settings.sync_interval;
    } else if (settings.durability == Durability::Always) {
        unsynced_since_ = unsynced_since_.value_or(now);
        const std::uint64_t bytes = journal_->bytes();  // less when retention has removed some
        const bool enough = bytes - std::min(bytes, synced_bytes_) >= settings.group_commit_bytes;
        due = enough ? now : *unsynced_since_ + settings.group_commit;
    }
    if (due > now) {
        step.wake_at = due;
    }
    return due <= now;
}

bool RunningEngine::sync_files() {
    const std::lock_guard lock(sync_mutex_);
    if (journal_->sync() && stored_->sync()) {
        return true;
    }
    fail(journal_->failure() ? journal_->failure()->message : stored_->failure()->message);
    return false;
}

bool RunningEngine::drained() const {
    const Sequence last = system_->last_sequence();
    if (!draining_) {
        return false;
    }
    // Without room nothing can be published: what is journaled is told by the next start.
    const bool hopeless = (disk_full_ || publisher_->blocked()) &&
                          clock_.monotonic() - draining_since_ > config_.server.drain_timeout;
    return hopeless ||
           (journal_->written_through() == last && publisher_->published_through() == last);
}

bool RunningEngine::stop() {
    commands_.close();
    for (auto& [command, done] : unanswered_) {
        command.reply({CommandAnswer::Code::Stopping, "the engine is stopping", 0});
    }
    unanswered_.clear();
    const Nanos now = clock_.monotonic();
    bool good = failure().empty();
    const bool all_out = publisher_->published_through() == system_->last_sequence();
    if (good && !all_out) {
        log_warn("engine", "stopped without room: the next start publishes {} entries",
                 system_->last_sequence().value() - publisher_->published_through().value());
        good = false;
    }
    if (good) {
        if (job_ == nullptr || job_->header().sequence != system_->last_sequence()) {
            finish_snapshot();
            begin_last_snapshot(now);
        }
        finish_snapshot();
    }
    good = journal_->close() && good;
    stop_feeds();
    for (SourceSlot& slot : sources_) {
        if (good) {
            slot.source->journaled(system_->last_sequence());
        }
        slot.source->finish();
    }
    good = stored_->close() && good;
    if (rollout_) {
        constexpr bool now_or_never = true;
        rollout_->save(now, now_or_never);
    }
    state_ = "stopped";
    for (const auto& shard : shards_) {
        shard->refresh_report();
    }
    update_status(clock_.monotonic());
    return good;
}

/// No other thread runs any more.
void RunningEngine::finish_snapshot() {
    while (job_ != nullptr && failure().empty()) {
        for (const auto& shard : shards_) {
            shard->step();
        }
        step_publisher();
        Step step;
        snapshot_when_due(clock_.monotonic(), step);
        write_snapshot();
        collect_snapshot();
    }
}

void RunningEngine::fail(const std::string& text) {
    {
        const std::lock_guard lock(mutex_);
        if (!failure_.empty()) {
            return;
        }
        failure_ = text;
    }
    log_error("engine", "{}", text);
    wake_();
}

std::string RunningEngine::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

std::shared_ptr<const EngineStatus> RunningEngine::status() const {
    const std::lock_guard lock(mutex_);
    return published_status_;
}

}  // namespace tickstock

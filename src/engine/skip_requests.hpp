#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "model/decision.hpp"

namespace tickstock {

/// Overflow action drop_oldest: a shard asks that records which its lane has not begun be skipped,
/// and goes on once the decision is in the journal. One shard, one request at a time.
class SkipRequests {
public:
    /// Shard's thread.
    void ask(SkipRecords records) {
        const std::lock_guard lock(mutex_);
        asked_ = std::move(records);
        answer_ = Sequence{};
    }
    /// Shard's thread: the decision's sequence once it is taken.
    std::optional<Sequence> answer() {
        const std::lock_guard lock(mutex_);
        if (answer_ == Sequence{}) {
            return std::nullopt;
        }
        return std::exchange(answer_, Sequence{});
    }
    /// Sequencer's thread.
    std::optional<SkipRecords> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(asked_, std::nullopt);
    }
    void grant(Sequence decision) {
        const std::lock_guard lock(mutex_);
        answer_ = decision;
    }

private:
    std::mutex mutex_;
    std::optional<SkipRecords> asked_;
    Sequence answer_;  // 0 = none yet
};

}  // namespace tickstock

#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

#include "base/assert.hpp"
#include "engine/run.hpp"

namespace tickstock {

/// The journal's tail in memory, which is the input queue of all shards: the newest runs, shared.
/// Bounded in bytes; what is no more here is read from the journal's file. The sequencer's thread
/// appends, each shard reads with a position of its own. One lock a run.
class RunTail {
public:
    explicit RunTail(std::size_t bytes_limit) : limit_(bytes_limit) {}

    /// REQUIRES: it follows the last one.
    void append(RunPtr run) {
        const std::lock_guard lock(mutex_);
        TS_ASSERT(runs_.empty() || run->first().value() == runs_.back()->last().value() + 1);
        last_ = run->last();
        bytes_ += bytes_of(*run);
        runs_.push_back(std::move(run));
    }

    struct Found {
        RunPtr run;           ///< null = not here
        bool behind = false;  ///< the wanted one was here before: it is in the file
    };
    /// The run that begins with `wanted`, or the end of one that holds it.
    Found find(Sequence wanted) const {
        const std::lock_guard lock(mutex_);
        if (wanted > last_) {
            return {};
        }
        if (runs_.empty() || wanted < runs_.front()->first()) {
            return {nullptr, true};
        }
        auto after = std::upper_bound(
            runs_.begin(), runs_.end(), wanted,
            [](Sequence sequence, const RunPtr& run) { return sequence < run->first(); });
        return {*std::prev(after), false};
    }

    /// Forgets runs that every shard has taken (through `taken`) and, over the limit, also others
    /// that the journal's file has (through `written`).
    void trim(Sequence taken, Sequence written) {
        const std::lock_guard lock(mutex_);
        while (!runs_.empty() && runs_.front()->last() <= written &&
               (runs_.front()->last() <= taken || bytes_ > limit_)) {
            bytes_ -= bytes_of(*runs_.front());
            runs_.pop_front();
        }
    }

    /// The last entry that is not here any more (or never was).
    Sequence before_first() const {
        const std::lock_guard lock(mutex_);
        return runs_.empty() ? last_ : Sequence{runs_.front()->first().value() - 1};
    }

    std::size_t bytes() const {
        const std::lock_guard lock(mutex_);
        return bytes_;
    }
    Sequence last() const {
        const std::lock_guard lock(mutex_);
        return last_;
    }
    /// Before the first run: entries up to here are not for the shards any more.
    void begin_after(Sequence last) {
        const std::lock_guard lock(mutex_);
        last_ = last;
    }

private:
    static std::size_t bytes_of(const Run& run) {
        return sizeof(Run) + run.records.capacity() * (sizeof(Record) + sizeof(std::uint16_t));
    }

    const std::size_t limit_;
    mutable std::mutex mutex_;  // guards all below
    std::deque<RunPtr> runs_;
    std::size_t bytes_ = 0;
    Sequence last_;
};

}  // namespace tickstock

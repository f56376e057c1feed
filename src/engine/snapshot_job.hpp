#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "engine/shard.hpp"
#include "journal/snapshot_store.hpp"

namespace tickstock {

/// Kinds of sections in a snapshot file. Values are on disk: never renumber.
enum class SnapshotPart : std::uint32_t {
    Sequencer = 1,
    Sources = 2,
    Stream = 3,
    Symbols = 4,  ///< of one shard: (id, state) of each
    Totals = 5,   ///< of one shard
    Parked = 6,   ///< of one shard: what paused lanes keep
    Control = 7,  ///< the same in all shards; once
    Epoch = 8,
    Engine = 9,
};

/// One snapshot on its way: the parts come from several threads, each as of the same sequence, and
/// it is complete when all have come.
class SnapshotJob {
public:
    SnapshotJob(SnapshotHeader header, unsigned shards, Nanos begun)
        : header_(std::move(header)), missing_(shards + 1), begun_(begun) {}

    /// Sequencer's thread, at the begin.
    void add(SnapshotPart part, std::string bytes) {
        const std::lock_guard lock(mutex_);
        sections_.push_back({static_cast<std::uint32_t>(part), std::move(bytes)});
    }
    /// A shard's thread.
    void add_shard(unsigned shard, Shard::StateParts parts);
    /// Publisher's thread.
    void add_stream(std::string bytes) {
        const std::lock_guard lock(mutex_);
        sections_.push_back({static_cast<std::uint32_t>(SnapshotPart::Stream), std::move(bytes)});
        --missing_;
    }

    bool complete() const {
        const std::lock_guard lock(mutex_);
        return missing_ == 0;
    }
    /// REQUIRES: complete().
    const SnapshotHeader& header() const { return header_; }
    const std::vector<SnapshotSection>& sections() const { return sections_; }
    Nanos begun() const { return begun_; }
    /// The file is there, or will never be.
    void set_written(bool saved) {
        saved_ = saved;
        written_ = true;
    }
    bool written() const { return written_; }
    bool saved() const { return saved_; }

private:
    const SnapshotHeader header_;
    mutable std::mutex mutex_;  // guards the two below
    std::vector<SnapshotSection> sections_;
    unsigned missing_;
    const Nanos begun_;
    std::atomic<bool> written_{false};
    std::atomic<bool> saved_{false};
};

}  // namespace tickstock

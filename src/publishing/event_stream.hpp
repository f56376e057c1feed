#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/accounting.hpp"
#include "model/event.hpp"

namespace tickstock {

/// What a filter may ask of an event without parsing its body.
struct StreamEntry {
    Offset offset;
    UnixNanos ts_pub;
    UnixNanos ts;
    SymbolText symbol;
    EventType type = EventType::High;
    Direction direction = Direction::None;
    SourceKind source = SourceKind::Tick;
    std::uint8_t priority = 4;
    Price price;
    Size volume;
    double score = 0;
    std::uint32_t body_begin = 0;  ///< slice of EventBlock::bytes
    std::uint32_t body_length = 0;
};

/// Events published together. Immutable once it is in the stream, shared by all its readers.
struct EventBlock {
    std::vector<StreamEntry> entries;  ///< offsets contiguous
    std::string bytes;                 ///< the bodies, one after the other

    std::string_view body(const StreamEntry& entry) const {
        return std::string_view(bytes).substr(entry.body_begin, entry.body_length);
    }
    std::size_t memory() const { return bytes.size() + entries.size() * sizeof(StreamEntry); }
};

/// Where a stream stands. Offsets from `first` to `last` can be read; last = 0: nothing yet.
struct StreamRange {
    std::string epoch;
    Offset first;
    Offset last;
};

/// The log out, which is the queue to all clients: encoded events with epoch and contiguous
/// offsets, in a ring of blocks bounded in bytes. One thread appends (the engine's), any thread
/// reads. A lock is taken per appended batch and per read, never per event.
class EventStream {
public:
    struct Options {
        std::size_t memory_limit = std::size_t{32} << 20;  ///< bytes; the oldest block goes first
    };

    EventStream(std::string epoch, Options options);

    /// Engine thread. Encodes the events in order, gives them offsets, publishes them as one block
    /// and calls the listener. `ts_pub` is wall time and stands in no body and no hash.
    void append(std::span<const Event> events, const SymbolTable& symbols, UnixNanos ts_pub);

    /// Engine thread. Empties the stream and starts the next incarnation at offset 1: clients see
    /// another epoch and cannot join a different stream by mistake.
    void restart(std::string epoch);

    /// Called after each append and restart, on the engine's thread, without the lock. Set before
    /// the engine starts; must not block.
    void set_listener(std::function<void()> listener) { listener_ = std::move(listener); }

    /// Any thread.
    StreamRange range() const;

    /// Any thread. The block that holds `offset`; nothing when it is not in memory (not yet, or no
    /// more: compare with range()) or when `epoch` is not the current one.
    std::shared_ptr<const EventBlock> block_at(std::string_view epoch, Offset offset) const;

    /// One event kept by a snapshot.
    struct Latest {
        std::shared_ptr<const EventBlock> block;
        std::size_t index = 0;
    };
    /// Any thread. The latest event per (symbol, type) still in memory, by offset, and the position
    /// that it is complete up to.
    struct Snapshot {
        StreamRange range;
        std::vector<Latest> events;
    };
    Snapshot snapshot() const;

    /// Any thread. in = events appended, out = events given an offset.
    StageCounts counts() const;
    std::uint64_t evicted_events() const;
    std::array<std::uint64_t, event_type_count> events_by_type() const;

    /// Any thread. XXH64 over the bodies of this epoch in offset order, each with a newline.
    std::uint64_t hash() const;

private:
    void evict_over_limit();

    const Options options_;
    std::function<void()> listener_;

    mutable std::mutex mutex_;  // guards all below
    std::string epoch_;
    std::deque<std::shared_ptr<const EventBlock>> blocks_;
    std::size_t memory_ = 0;
    Offset last_;
    std::uint64_t evicted_ = 0;
    StageCounts counts_;
    std::array<std::uint64_t, event_type_count> by_type_{};
    StreamingHash hash_;
    struct LatestKey {
        SymbolText symbol;
        EventType type;
        bool operator==(const LatestKey&) const = default;
    };
    struct LatestHash {
        std::size_t operator()(const LatestKey& key) const;
    };
    std::unordered_map<LatestKey, Latest, LatestHash> latest_;
};

}  // namespace tickstock

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
#include "publishing/event_block.hpp"
#include "publishing/symbol_numbers.hpp"

namespace tickstock {

class StateReader;
class StateWriter;

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

    /// Engine thread. encode() and publish() in one, for a stream without a store.
    void append(std::span<const Event> events, const SymbolTable& symbols, UnixNanos ts_pub);

    /// Engine thread. Encodes the events in order and gives them the next offsets; nobody sees them
    /// yet. `ts_pub` is wall time and stands in no body and no hash. Null for no events.
    std::shared_ptr<EventBlock> encode(std::span<const Event> events, const SymbolTable& symbols,
                                       UnixNanos ts_pub);

    /// Engine thread. Lets clients have the block and calls the listener.
    /// REQUIRES: blocks come in the order in which encode() made them, all of them; a stored block
    /// with the same events may stand for one. With a store: set_stored_through() covers it.
    void publish(std::shared_ptr<const EventBlock> block);

    /// Engine thread. From the first call on the stream has a store, and publishes no event that is
    /// not written there: so none leaves memory that is not. A restart() puts it to 0.
    void set_stored_through(Offset offset) { stored_through_ = offset; }

    /// Engine thread. Empties the stream and starts the next incarnation at offset 1: clients see
    /// another epoch and cannot join a different stream by mistake.
    void restart(std::string epoch);

    /// All that a snapshot keeps of the stream; the events themselves are in the store.
    struct State {
        std::string epoch;
        Offset last;
        StreamingHash hash;  ///< of the bodies up to `last`
        StageCounts counts;
        std::array<std::uint64_t, event_type_count> by_type{};
        /// Where the latest event of each (symbol, type) stands, for snapshots on connect. Not in
        /// archive(): see save() and load().
        struct LatestOffset {
            SymbolText symbol;
            EventType type = EventType::High;
            Offset offset;

            template <class Archive>
            void archive(Archive& a) {
                a(symbol, type, offset);
            }
        };
        std::vector<LatestOffset> latest;

        /// All of it.
        void save(StateWriter& out) const;
        /// Reads what save() wrote, or a program that kept no `latest` yet: it is empty then.
        void load(StateReader& in);

        template <class Archive>
        void archive(Archive& a) {
            a(epoch, last, counts, by_type);
            if constexpr (Archive::is_loading) {
                hash.load(a);
            } else {
                hash.save(a);
            }
        }
    };
    /// Any thread.
    State state() const;

    /// Engine thread. Goes on where `state` was taken, in its epoch: the next event has the offset
    /// behind. `newest` are the last events before, as far as they were stored: clients may resume
    /// from them without a look at the disk.
    /// REQUIRES: newest is empty, or contiguous up to state.last.
    void restore(State state, std::vector<std::shared_ptr<const EventBlock>> newest);

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
    /// The latest event of a (symbol, type) that has left memory: it is in the store, if there is
    /// one and as long as it is retained.
    struct EvictedLatest {
        Offset offset;
        SymbolText symbol;
        EventType type = EventType::High;
    };
    /// Any thread. The latest event per (symbol, type), each part by offset, and the position that
    /// they are complete up to.
    struct Snapshot {
        StreamRange range;
        std::vector<EvictedLatest> evicted;  ///< all before those of `events`
        std::vector<Latest> events;
    };
    Snapshot snapshot() const;
    /// Any thread. The same of one symbol.
    Snapshot latest_of(const SymbolText& symbol) const;

    /// Any thread.
    SymbolNumbers& symbol_numbers() const { return symbol_numbers_; }

    /// Any thread. in = events appended, out = events given an offset.
    StageCounts counts() const;
    std::uint64_t evicted_events() const;
    std::array<std::uint64_t, event_type_count> events_by_type() const;

    /// Any thread. XXH64 over the bodies of this epoch in offset order, each with a newline.
    std::uint64_t hash() const;

private:
    void insert(std::shared_ptr<const EventBlock> block);
    void evict_over_limit();
    void clear();
    Offset first_in_memory() const;

    const Options options_;
    std::function<void()> listener_;
    mutable SymbolNumbers symbol_numbers_;  // its own lock; numbering is no change of the stream
    Offset encoded_;                        // engine thread's: the last offset that encode() gave
    std::optional<Offset> stored_through_;  // engine thread's; nothing = there is no store

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
    struct LatestPlace {
        Offset offset;
        std::shared_ptr<const EventBlock> block;  // null = not in memory
        std::size_t index = 0;
    };
    std::unordered_map<LatestKey, LatestPlace, LatestHash> latest_;
};

}  // namespace tickstock

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "publishing/event_block.hpp"
#include "publishing/stored_stream.hpp"
#include "publishing/symbol_numbers.hpp"

namespace tickstock {

/// Events that have left memory, read from the stored stream for clients that catch up. Whoever
/// wants an offset asks with find() and is never kept waiting: a block that is not at hand is read
/// by step(), which a thread of its own calls (ArchiveThread), and the listener tells when there is
/// something new to find. Blocks are of fixed places in the epoch, so that all who catch up share
/// them; the newest used are kept.
///
/// A block that was asked for stays until somebody finds it, or for hold_time, however many others
/// are asked for; no more are read while such blocks fill the cache. So clients without number
/// catch up in turn, and none reads a block again and again because others pushed it out.
class EventArchive {
public:
    static constexpr std::size_t block_events = 256;
    static constexpr Nanos hold_time = std::chrono::seconds(2);
    /// What could not be read is tried again after this.
    static constexpr Nanos retry_time = std::chrono::seconds(10);

    struct Options {
        std::size_t cache_bytes = std::size_t{16} << 20;
    };

    /// All outlive this. `numbers`: of the stream that the events belong to.
    EventArchive(const StoredStream& stored, SymbolNumbers& numbers, const Clock& clock,
                 Options options);

    struct Found {
        enum class Status : std::uint8_t {
            Here,
            Coming,      ///< is read; the listener tells
            Gone,        ///< beyond retention, of another epoch, or not there yet
            Unreadable,  ///< damaged on disk, up to `through`
        };
        Status status = Status::Gone;
        std::shared_ptr<const EventBlock> block;
        Offset through;
    };
    /// Any thread. The block that holds the offset.
    Found find(std::string_view epoch, Offset offset);
    /// Any thread. Has the block read if it is not at hand; for what will be asked for next.
    void prefetch(std::string_view epoch, Offset offset);

    /// Any thread. The oldest offset that can be read, of a stream whose memory begins at `first`.
    Offset oldest(std::string_view epoch, Offset first) const;

    /// Reads one block that was asked for. False: nothing to do now. One thread.
    bool step();

    /// Called without the lock. Before the first find().
    void set_listener(std::function<void()> listener) { listener_ = std::move(listener); }
    /// Called when step() has something to do. Before the first find().
    void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }

    struct Counts {
        std::uint64_t blocks_read = 0;
        std::uint64_t bytes_read = 0;  ///< of the blocks, in memory
        std::uint64_t found = 0;       ///< in the cache
        std::uint64_t failed = 0;      ///< damage met
        std::size_t cached_bytes = 0;
        std::size_t waiting = 0;  ///< blocks asked for
    };
    Counts counts() const;

private:
    struct Key {
        std::string epoch;
        std::uint64_t number = 0;  // of the block in the epoch
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const {
            return xxh64(key.epoch) ^ (key.number * 0x9E3779B97F4A7C15ULL);
        }
    };
    struct Cached {
        Key key;
        std::shared_ptr<const EventBlock> block;
        bool is_wanted = false;  // nobody has found it yet
        Nanos read_at{0};
    };
    using List = std::list<Cached>;  // the newest used first
    struct Request {
        Key key;
        Offset wanted;
    };
    /// What of a block can be read: all, but for what damage and retention leave of it around the
    /// offset that is wanted.
    struct Piece {
        std::string epoch;
        Offset from;
        Offset last;
    };
    struct Unreadable {
        std::string epoch;
        Offset first;
        Offset through;
        Nanos until{0};
    };

    static std::uint64_t number_of(Offset offset) { return (offset.value() - 1) / block_events; }
    const Unreadable* unreadable_at(std::string_view epoch, Offset offset) const;
    bool request(Key key, Offset wanted);
    Piece piece_of(const Request& request) const;
    bool is_full(Nanos now);
    void forget(List::iterator cached);
    void put(Key key, std::shared_ptr<const EventBlock> block);
    // step()'s thread, without the lock:
    std::shared_ptr<EventBlock> read(const Piece& piece);
    bool seek(const Piece& piece);
    std::optional<Unreadable> failure_at(const std::string& epoch) const;

    const StoredStream& stored_;
    SymbolNumbers& numbers_;
    const Clock& clock_;
    const Options options_;
    std::function<void()> listener_;
    std::function<void()> wake_;

    // step()'s thread's.
    std::unique_ptr<StoredCursor> cursor_;
    std::string cursor_epoch_;
    std::string places_epoch_;
    std::map<Offset, StoredPlace> places_;  // where blocks begin, as far as they were read

    mutable std::mutex mutex_;  // guards all below
    std::deque<Request> requests_;
    std::unordered_set<Key, KeyHash> requested_;  // the same, and the one being read
    List cached_;
    std::unordered_map<Key, List::iterator, KeyHash> by_key_;
    std::size_t cached_bytes_ = 0;
    std::size_t wanted_bytes_ = 0;
    std::vector<Unreadable> unreadable_;
    Counts counts_;
};

}  // namespace tickstock

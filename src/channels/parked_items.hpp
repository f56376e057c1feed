#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/state_archive.hpp"
#include "base/strong.hpp"
#include "channels/spill_store.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

/// A copy of an IntakeItem with its record.
struct ParkedItem {
    Record record;
    IntakeNote note;
    FairValueReference reference;

    ParkedItem() = default;
    explicit ParkedItem(const IntakeItem& item)
        : record(*item.record), note(item.note), reference(item.reference) {}
    /// Points into this.
    IntakeItem item() const { return {&record, note, reference}; }

    template <class Archive>
    void archive(Archive& a) {
        a(record, note, reference);
    }
};
static_assert(std::is_trivially_copyable_v<ParkedItem>);

/// What a channel keeps while it is paused or in error, in order. The oldest `memory_limit` items
/// lie in memory, what comes after them in the spill store, but for a last chunk that is still
/// gathered. A spill store that takes nothing more costs memory and no item; one that does not give
/// back what it has is the end: failure() says why, and the process must stop. Shard's thread.
class ParkedItems {
public:
    static constexpr std::size_t default_memory_limit = 10'000;  ///< items; about 2 MB
    static constexpr std::size_t chunk = 256;                    ///< items a write or read

    /// Without a store everything stays in memory. `store` outlives this, and is its alone.
    explicit ParkedItems(SpillStore* store = nullptr,
                         std::size_t memory_limit = default_memory_limit)
        : store_(store), memory_limit_(memory_limit) {}

    void push(const ParkedItem& item);
    /// The oldest; nothing when there is none, or after a failure.
    std::optional<ParkedItem> pop();

    /// Drops the `count` oldest that are records in their own right, so that there is room; returns
    /// how many there were. One that enters a trading session stays as an item that does only that
    /// (session_only), in its place.
    std::size_t drop_oldest(std::size_t count);
    /// Sequences of the oldest records that drop_oldest() would drop, as far as they lie in memory.
    std::vector<Sequence> oldest(std::size_t count) const;

    std::size_t size() const { return sessions_.size() + front_.size() + spilled() + tail_.size(); }
    bool empty() const { return size() == 0; }
    /// Records in their own right: without session_only items.
    std::size_t records() const { return records_; }
    std::size_t spilled() const { return spill_end_ - spill_begin_; }
    void clear();

    /// Of the store: of its last refusal, with items kept in memory instead; empty = it works.
    const std::string& spill_refusal() const { return spill_refusal_; }
    /// The store has lost items; empty = it has not.
    const std::string& failure() const { return failure_; }

    /// A piece of a snapshot: `count` items (fewer at the end) from the `from`-th oldest on.
    /// Nothing may be taken out between the pieces.
    void save(StateWriter& out, std::size_t from, std::size_t count);
    /// Adds the items of a piece behind the newest.
    void load(StateReader& in);
    /// Calls `use(const ParkedItem&)` for each item of a piece: to spread them over other shards.
    template <class Use>
    static void for_each(StateReader& in, Use use) {
        for (std::size_t n = in.count(); n != 0 && in.ok(); --n) {
            ParkedItem item;
            in(item);
            if (in.ok()) {
                use(std::as_const(item));
            }
        }
    }

    template <class Archive>
    void archive(Archive& a) {
        if constexpr (Archive::is_loading) {
            clear();
            load(a);
        } else {
            save(a, 0, size());
        }
    }

private:
    void spill_tail();
    void refill();
    /// Items of the store, at most a chunk, from `at` on.
    std::vector<ParkedItem> read_chunk(std::size_t at, std::size_t end);

    SpillStore* store_;
    const std::size_t memory_limit_;
    // In order: sessions of what was dropped, the oldest items, those in the store, the newest.
    std::deque<ParkedItem> sessions_;
    std::deque<ParkedItem> front_;
    std::size_t spill_begin_ = 0;  // items of the store that were taken back
    std::size_t spill_end_ = 0;    // items that were ever written to it, since it was empty
    std::deque<ParkedItem> tail_;
    std::size_t records_ = 0;
    std::string spill_refusal_;
    std::string failure_;
};

}  // namespace tickstock

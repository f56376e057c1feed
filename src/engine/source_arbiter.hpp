#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "engine/live_source.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// Which live source a symbol's records are taken from where several have them: for each symbol and
/// kind of record the best one (the order of source.names) that is fresh. A source is fresh while
/// its newest record is at most `stale` older than the one that is judged, and it has told no gap
/// since. What the others bring meanwhile is dropped as Standby, but the newest `stale` of it is
/// held: when the better source goes stale, the next one's held records go on where the better
/// one's ended. Back again, the better one takes over at its first record that is newer than what
/// was taken.
///
/// Works before admission, so that the journal has what was taken only: a replay needs no arbiter.
/// O(1) a record; sequencer's thread.
class SourceArbiter {
public:
    /// Held records of one source; the oldest go first.
    static constexpr std::size_t held_limit = 65'536;

    explicit SourceArbiter(Nanos stale) : stale_(stale) {}

    /// In order of priority, the best first. At most 16. `source` outlives this.
    void add(SourceId id, const LiveSource& source);
    /// With fewer than two sources nothing is ever dropped: do not call filter() then.
    bool is_needed() const { return ranks_.size() >= 2; }
    bool has(SourceId id) const { return rank_of(id) < ranks_.size(); }

    /// Records that were held, of one client (LiveSource::client()).
    struct Released {
        std::string client;
        std::vector<Record> records;
    };
    struct Batch {
        SourceId source;
        std::span<const SymbolId> global;  ///< maps its symbol ids
        const std::string* client = nullptr;
        std::vector<Record>& records;  ///< becomes those that are to be admitted now
    };
    /// Appends to `released` what goes before the batch.
    void filter(const Batch& batch, const SymbolTable& symbols, std::vector<Released>& released);
    /// It told a gap: the next one takes over at once.
    void set_down(SourceId id);

    std::uint64_t standby() const { return standby_; }  ///< dropped
    std::uint64_t held() const;                         ///< now
    /// Times that another source took symbols of this one over. Nothing has to be missing: a quiet
    /// source is no broken one, and a broken one tells its gap itself.
    std::uint64_t switches(SourceId id) const;

private:
    static constexpr std::size_t kinds = 5;  // Trade … TradingStatus
    struct Held {
        Record record;
        UnixNanos time;
        std::shared_ptr<const std::string> client;
    };
    struct Ranked {
        SourceId id;
        const LiveSource* source = nullptr;
        bool by_event = false;
        bool is_up = false;
        bool release_due = false;  // a better one is not fresh any more
        std::uint64_t switches = 0;
        UnixNanos last_time = time_unknown;  // of its records, on the sources' common clock
        std::deque<Held> held;
    };
    /// Of one symbol and kind.
    struct Cell {
        UnixNanos last_event = time_unknown;  // taken; in ms, as the coarsest wire has it
        std::uint16_t carriers = 0;           // sources that have it, by rank
        std::uint16_t same_taken = 0;         // records of last_event, and how many of
        std::uint16_t same_skipped = 0;       // another source's were taken for those
        std::uint8_t taken_from = 0;
        bool is_known = false;
    };

    std::size_t rank_of(SourceId id) const;
    static UnixNanos time_of(const Ranked& ranked, const Record& record);
    bool is_fresh(const Ranked& ranked, UnixNanos time) const;
    Cell& cell_of(SymbolId symbol, RecordKind kind, const SymbolTable& symbols);
    bool better_is_fresh(const Cell& cell, std::size_t rank, UnixNanos time) const;
    void note_stale(const Cell& cell, std::size_t rank, UnixNanos time);
    void hold(Ranked& ranked, const Record& record, UnixNanos time, const std::string* client);
    void release(const Batch& batch, std::size_t rank, UnixNanos time, const SymbolTable& symbols,
                 std::vector<Released>& released);
    bool take(Cell& cell, std::size_t rank, const Record& record);
    void ask_for_release(std::size_t better);

    const Nanos stale_;
    std::vector<Ranked> ranks_;
    std::vector<std::array<Cell, kinds>> cells_;  // by global SymbolId
    std::vector<Record> out_;
    std::shared_ptr<const std::string> client_;  // of the record that was held last
    std::uint64_t standby_ = 0;
};

}  // namespace tickstock

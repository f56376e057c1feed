#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "inspection/journal_segments.hpp"
#include "inspection/symbol_tracer.hpp"
#include "journal/journal.hpp"
#include "journal/snapshot_store.hpp"

namespace tickstock {

/// Traces a symbol through a journal, also one that is being written: finds where its newest
/// records begin (segment by segment from the end), the state before them (the newest snapshot
/// before, else an epoch's begin, else the oldest entry kept), and runs the entries from there. In
/// steps, so that its thread can do something else in between. Reads only. One thread.
class JournalTrace {
public:
    struct Parts {
        Disk& disk;
        std::string data;                      ///< directory with journal/ and snapshots/
        PipelineSettings settings;             ///< rules and condition table are taken from here
        std::uint64_t configuration_hash = 0;  ///< of these settings; 0 = not known
    };
    struct Request {
        std::string symbol;
        std::size_t limit = 100;
        Sequence from;      ///< 0 = by limit
        Sequence to;        ///< 0 = all
        UnixNanos since{};  ///< of the clock; time_unknown = any
    };
    JournalTrace(Parts parts, Request request);
    ~JournalTrace();

    enum class Progress : std::uint8_t { More, Done, Failed };
    /// Reads about so many entries.
    Progress step(std::size_t entries);

    // After Done.

    /// Null: the journal has no record of the symbol in the range.
    const SymbolTracer* tracer() const { return tracer_.get(); }
    Sequence from() const { return from_; }
    Sequence through() const { return through_; }
    /// Behind which state was at hand: "snapshot", "epoch", "oldest" (the state before the oldest
    /// entry kept is not known).
    const std::string& begin_kind() const { return begin_kind_; }
    Sequence begin() const { return begin_; }
    /// What is not as it was when the records came; empty = nothing.
    const std::string& note() const { return note_; }
    /// Symbols that were met on the way, for a name that is none of them.
    const std::vector<SymbolText>& symbols() const { return texts_; }
    std::uint64_t entries_read() const { return entries_read_; }

    // After Failed.
    const Error& failure() const { return *failure_; }

private:
    struct Piece {  // what a segment has
        std::vector<Decision> decisions;
        std::deque<Sequence> own;  // the newest `limit` of the symbol up to `to`
    };

    bool fail(const Error& error);
    bool list();
    bool open(Sequence from);
    bool next(JournalEntry& entry);
    void locate(const JournalEntry& entry);
    bool segment_done();
    bool range_found() const;
    void set_range();
    bool find_snapshot();
    bool begin_run();
    bool begin_at_snapshot();
    bool begin_without_snapshot();
    PipelineSettings settings_at(Sequence sequence, bool at_start, std::string& text) const;
    bool run_entry(const JournalEntry& entry);
    bool begin_epoch(const Decision& decision);
    bool warm_up(const Decision& decision);

    const Parts parts_;
    const Request request_;
    const std::string journal_;
    enum class Phase : std::uint8_t { List, Locate, Run, Done } phase_ = Phase::List;
    std::vector<SegmentBegin> segments_;
    std::size_t segment_ = 0;  // that is being looked at
    Sequence last_;            // nothing behind is looked at
    Piece piece_;              // of the segment at hand
    std::deque<Sequence> own_;
    std::vector<Decision> decisions_;  // in order, of the segments looked at
    std::vector<Sequence> snapshots_;
    std::optional<SnapshotStore::Snapshot> snapshot_;
    bool snapshot_looked_for_ = false;

    std::unique_ptr<JournalCursor> cursor_;
    std::vector<SymbolText> texts_;  // by id
    SymbolId own_id_ = symbol_none;
    std::unique_ptr<SymbolTracer> tracer_;
    Sequence from_;
    Sequence through_;
    Sequence begin_;
    std::string begin_kind_;
    std::string note_;
    /// The cursor to go on with, and where the warm-up at hand ends.
    std::unique_ptr<JournalCursor> after_warm_up_;
    Sequence warm_through_;
    std::uint64_t entries_read_ = 0;
    std::optional<Error> failure_;
};

}  // namespace tickstock

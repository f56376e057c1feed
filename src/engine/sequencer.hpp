#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/accounting.hpp"
#include "model/decision.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// Asked before a record is admitted, where a full queue holds the source back or drops.
class AdmissionGate {
public:
    enum class Answer : std::uint8_t {
        Take,
        Refuse,  ///< counted as queue_full
        Wait,    ///< this record and all behind it stay with the source
    };
    virtual ~AdmissionGate() = default;
    /// `record` has its global symbol id and nothing else of the admission yet.
    virtual Answer ask(const Record& record) = 0;
};

/// Writes the one order down: gives every record its sequence and clock, and symbols their global
/// ids. clock = the greatest (ts_recv − delay) so far, so it never goes back. Engine thread.
class Sequencer {
public:
    struct SourceRule {
        Nanos delay{0};            ///< 0 for files and the synthetic market
        bool clock_event = false;  ///< setting `clock: event`: ts_event instead of ts_recv
        bool live = false;         ///< a feed or push: records too long on their way are refused
        Nanos freshness = std::chrono::seconds(300);  ///< setting rules.freshness_seconds
    };

    /// Sources are known by SourceId before their first batch.
    void add_source(SourceId source, SourceRule rule);

    /// Of all sources, from the next record on.
    void set_freshness(Nanos freshness) {
        for (SourceState& source : sources_) {
            source.rule.freshness = freshness;
        }
    }

    /// Admits the batch's records in place, in order. Removed and counted are records whose symbol
    /// no longer fits in the table, and those of a live source that are stale: ts_recv − ts_event
    /// > freshness + delay, for a bar from its end. A stale record does not move the clock.
    void admit(RecordBatch& batch);

    /// The same, with a gate (null = everything is taken). Records from the first that has to wait
    /// on move to `waiting`, untouched, with their new symbols known already.
    void admit(RecordBatch& batch, AdmissionGate* gate, std::vector<Record>& waiting);

    /// The batch's new symbols get their ids now, before its records are admitted.
    void learn_symbols(RecordBatch& batch);

    /// By the source's own ids; symbol_none = refused. Until the source's next new symbol.
    std::span<const SymbolId> global_ids(SourceId source) const {
        return sources_[source.value()].global_ids;
    }
    /// A symbol that no source has told yet; nothing when the table is full.
    std::optional<SymbolId> intern(std::string_view text) { return symbols_.intern(text); }

    /// Of the last admit(): so many records were refused before the one at place `before` of the
    /// admitted ones.
    struct Refusal {
        std::size_t before = 0;
        Reason reason = Reason::QueueFull;
        std::uint32_t count = 0;
    };
    const std::vector<Refusal>& refusals() const { return refusals_; }

    /// A decision gets its sequence and the clock as it stands.
    void admit(Decision& decision);

    /// An entry that another sequencer has admitted (recovery, replay of a journal): this one goes
    /// on behind it. REQUIRES: the next sequence, unless nothing was admitted yet.
    void adopt(const Record& record);
    void adopt(const Decision& decision);
    /// In any order of ids. REQUIRES: neither id nor text is another symbol's.
    void adopt_symbol(SymbolId id, const SymbolText& text);
    /// Goes on behind an entry that nobody adopts.
    void continue_after(Sequence last, UnixNanos clock);
    /// An epoch begins with empty state: its clock is that of its own records.
    void restart_clock() { clock_ = time_unknown; }
    /// The source begins again with ids of its own.
    void restart_source(SourceId source);

    /// A clock_tick: time has passed up to `clock` without a record. False when it is no news.
    bool tick(UnixNanos clock, Record& out);

    /// Clock, last sequence, symbols and counts, for snapshots. The sources begin again with ids of
    /// their own.
    void save(StateWriter& out) const;
    /// Goes on behind what was saved. Once the reader has failed this must not be used.
    /// REQUIRES: nothing was admitted.
    void load(StateReader& in);

    const SymbolTable& symbols() const { return symbols_; }
    UnixNanos clock() const { return clock_; }
    Sequence last_sequence() const { return Sequence{last_sequence_}; }
    const StageCounts& counts() const { return counts_; }

private:
    struct SourceState {
        SourceRule rule;
        std::vector<SymbolId> global_ids;  // by the source's own id; symbol_none = refused
    };

    void refuse(std::size_t before, Reason reason);

    SymbolTable symbols_;
    std::vector<SourceState> sources_;
    std::vector<Refusal> refusals_;
    UnixNanos clock_{};
    std::uint64_t last_sequence_ = 0;
    StageCounts counts_;
};

}  // namespace tickstock

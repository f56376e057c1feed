#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/disk.hpp"
#include "base/result.hpp"
#include "engine/journal_replay.hpp"
#include "engine/multi_channel_system.hpp"
#include "engine/push_clients.hpp"
#include "engine/runtime.hpp"
#include "engine/snapshot_job.hpp"
#include "engine/source_slot.hpp"
#include "journal/journal.hpp"
#include "journal/snapshot_store.hpp"
#include "publishing/event_stream.hpp"
#include "publishing/stored_stream.hpp"

namespace tickstock {

/// 32 hex digits.
std::string epoch_text(const EpochId& epoch);

/// A start's way back to where the engine stood (SPEC 4): the last snapshot, then the journal
/// behind it, its events held against the stored stream. Runs before there are threads.
class Recovery {
public:
    struct Parts {
        Disk& disk;
        const Clock& clock;
        const Journal& journal;
        std::string journal_path;
        SnapshotStore& snapshots;
        StoredStream& stored;
        EventStream& stream;
        MultiChannelSystem& system;
        BootId boot{};
        std::uint32_t logic_version = 0;
        std::uint64_t configuration_hash = 0;
        const std::string& configuration_text;  ///< of this start; `system` is made with it
        std::size_t stream_memory = 0;
        const std::vector<SourceSlot>& sources;
        std::size_t push_clients = PushClients::default_limit;  ///< remembered
    };
    struct Outcome {
        RecoveryReport report;
        /// What has to be decided before anything is admitted; its epoch is still to be drawn.
        std::optional<BeginEpoch> begin;
        bool configuration_is_new = false;
        PushClients clients;                    ///< how far each client that pushes has come
        std::vector<SourcePosition> positions;  ///< of the inputs; empty = from their beginning
        std::vector<Decision> decisions;        ///< the newest, oldest first
        std::optional<RolloutChange> rollout_before;  ///< in force at the snapshot
        std::vector<Decision> rollout;  ///< its changes and fallbacks behind it, in order
        std::vector<std::uint64_t> refused_behind_last_entry;  ///< by source; part of positions
    };

    explicit Recovery(Parts parts) : parts_(std::move(parts)) {}

    Result<Outcome> run();
    /// Of the journal: the last begin with empty state.
    Sequence last_empty_begin() const { return last_empty_begin_; }

private:
    using MaybeError = std::optional<Error>;

    /// Null: the snapshot has no such part.
    static const std::string* part_of(const SnapshotStore::Snapshot& snapshot, SnapshotPart part);
    static Error incomplete(const SnapshotStore::Snapshot& snapshot, std::string_view part);

    // What stands on the disk, and what follows from it (recovery.cpp).
    MaybeError look(Sequence behind);
    MaybeError restore_positions(const SnapshotStore::Snapshot& snapshot);
    SourcePosition& position_of(SourceId source);
    void count(const Decision& decision);
    void plan();

    // The way back (recovery_state.cpp).
    void adopt_symbols();
    MaybeError restore(const SnapshotStore::Snapshot& snapshot);
    MaybeError go_on(Sequence from);
    MaybeError warm_up();
    void load_control();
    void begin_with_old_settings();
    void publish(std::vector<Event>& events);
    void begin_stream(std::string epoch);
    /// Before any of Outcome::rollout acts.
    void note_rollout();

    const Parts parts_;
    Outcome outcome_;
    std::optional<SnapshotStore::Snapshot> snapshot_;
    // Found out by look().
    std::string epoch_;
    std::uint64_t configuration_ = 0;
    std::string start_configuration_;  // the text of the last one that a start brought
    Sequence start_configuration_at_;  // its decision; 0 = none behind the snapshot
    Sequence last_empty_begin_;
    UnixNanos last_clock_;
    bool events_waited_for_disk_ = false;  // of the process that wrote last
    std::vector<JournalCursor::SymbolDefinition> symbols_;
    std::vector<SkipRecords> skips_;
    std::vector<std::pair<PathFallback, Sequence>> fallbacks_;
    std::vector<Decision> control_decisions_;  // behind the snapshot, in order
    // While it goes on.
    std::unique_ptr<StoredCursor> stored_;
    bool differs_ = false;
};

}  // namespace tickstock

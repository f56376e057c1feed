#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/disk.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "engine/commands.hpp"
#include "engine/extensions.hpp"
#include "engine/live_source.hpp"
#include "engine/status.hpp"
#include "journal/segment_format.hpp"
#include "model/decision.hpp"
#include "publishing/event_stream.hpp"
#include "publishing/stored_stream.hpp"

namespace tickstock {

/// What the history knows of a symbol's open trading session (`session.symbol` is not set).
struct RestoredSession {
    SymbolText symbol;
    SessionRestore session;
};

/// How a start found its state again.
struct RecoveryReport {
    bool had_journal = false;
    bool had_snapshot = false;
    Sequence snapshot;                   ///< taken at this sequence
    Sequence recovered_through;          ///< last entry of the journal
    std::uint64_t entries_run = 0;       ///< behind the snapshot
    std::uint64_t events_compared = 0;   ///< with the stored stream: equal
    std::uint64_t events_published = 0;  ///< were in no stored stream yet
    std::uint64_t events_unheard = 0;    ///< of a warm-up, or of a history that is no more told
    std::uint64_t torn_bytes = 0;
    bool new_epoch = false;
    std::string why_new_epoch;
    std::uint64_t sessions_restored = 0;  ///< from the history
    std::vector<std::string> notes;       ///< for the log
};

/// The running engine, one step at a time and without a thread of its own: inputs → sequencer →
/// journal → shards → one order → event stream, with decisions, snapshots and recovery. Threads
/// (LiveEngine) or a simulator call the steps; each step is short.
///
/// Who may call: step_sequencer, start, drain and stop one thread ("the sequencer's"); step_shard
/// one thread a shard; step_publisher one thread; step_sync one thread; post() and status() any.
/// All may be the same thread.
class Runtime {
public:
    struct Parts {
        const Config& config;  ///< copied
        Disk& disk;            ///< outlives the runtime, as do the next three
        const Clock& clock;
        EventStream& stream;
        std::function<EpochId()> make_epoch;  ///< random in the product
        BootId boot{};
        std::uint32_t logic_version = 0;  ///< 0 = this program's
        PipelineExtensions extensions;
        /// Asked for by a start without a journal; null = there is no history.
        std::function<std::vector<RestoredSession>()> history = {};
    };

    /// Opens the journal and recovers: snapshot, then the journal behind it; the stored stream is
    /// compared and the event stream stands where it stood. An error names the file and the cause.
    static Result<std::unique_ptr<Runtime>> open(Parts parts,
                                                 std::vector<std::unique_ptr<LiveSource>> sources);
    virtual ~Runtime() = default;

    virtual const RecoveryReport& recovery() const = 0;

    /// What a step did, and when the same step has something to do again if nobody wakes it.
    struct Step {
        bool worked = false;
        bool failed = false;           ///< for ever: failure() says why; the process must end
        Nanos wake_at = Nanos::max();  ///< monotonic
    };
    /// Takes commands and decisions, polls each source once, admits, journals.
    virtual Step step_sequencer() = 0;
    /// Works one run, or one batch of a lane, of the shard.
    virtual Step step_shard(unsigned shard) = 0;
    /// Puts into the stream what all shards are done through and the journal has.
    virtual Step step_publisher() = 0;
    /// fdatasync when the durability policy wants one now. May block.
    virtual Step step_sync() = 0;

    /// Writes a snapshot that is complete. May block. step_sync() does it too, unless a thread of
    /// its own was announced before the first step: then no event waits for the file.
    virtual Step step_snapshot() { return {}; }
    virtual void set_snapshot_thread() {}

    virtual unsigned shards() const = 0;
    /// Any thread: active alerts of severity error or worse, for a rollout's first phase.
    virtual void set_error_alerts(std::uint64_t count) { (void)count; }
    virtual CommandQueue& commands() = 0;
    /// The events on disk; lives as long as the runtime.
    virtual const StoredStream* stored_stream() const { return nullptr; }

    /// Called whenever another thread may have something to do now. Set before the first step.
    virtual void set_wake(std::function<void()> wake) = 0;

    /// Sequencer's thread: polls the sources no more. drained() is true once everything admitted
    /// is published; then stop() takes a snapshot and closes the journal.
    virtual void drain() = 0;
    virtual bool drained() const = 0;
    virtual bool stop() = 0;

    virtual std::string failure() const = 0;

    /// Any thread. As of the last second; null before the first.
    virtual std::shared_ptr<const EngineStatus> status() const = 0;
};

}  // namespace tickstock

#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "channels/channel_supervisor.hpp"
#include "channels/spill_store.hpp"
#include "engine/circuit_log.hpp"
#include "engine/intake_text.hpp"
#include "engine/latency_marks.hpp"
#include "engine/multi_channel_system.hpp"
#include "engine/publisher.hpp"
#include "engine/push_clients.hpp"
#include "engine/recovery.hpp"
#include "engine/rule_status.hpp"
#include "engine/run_tail.hpp"
#include "engine/runtime.hpp"
#include "engine/shard.hpp"
#include "engine/snapshot_job.hpp"
#include "engine/source_arbiter.hpp"
#include "engine/source_slot.hpp"
#include "engine/state_transfers.hpp"
#include "journal/journal.hpp"
#include "journal/snapshot_store.hpp"
#include "priority/shed_controller.hpp"
#include "priority/universe_set.hpp"
#include "publishing/stored_stream.hpp"
#include "rollout/rollout_control.hpp"

namespace tickstock {

/// What Runtime::open() makes. Members say whose thread they are; what is unsaid is the
/// sequencer's.
class RunningEngine final : public Runtime, private AdmissionGate {
public:
    RunningEngine(Parts parts, std::vector<std::unique_ptr<LiveSource>> sources);

    std::optional<Error> recover();

    const RecoveryReport& recovery() const override { return recovery_; }
    Step step_sequencer() override;
    Step step_shard(unsigned shard) override;
    Step step_publisher() override;
    Step step_sync() override;
    Step step_snapshot() override {
        write_snapshot();
        return {};
    }
    void set_snapshot_thread() override { snapshot_thread_ = true; }
    unsigned shards() const override { return static_cast<unsigned>(shards_.size()); }
    CommandQueue& commands() override { return commands_; }
    void set_error_alerts(std::uint64_t count) override { error_alerts_ = count; }
    const StoredStream* stored_stream() const override { return stored_.get(); }
    void set_wake(std::function<void()> wake) override {
        wake_ = wake;
        commands_.set_wake(std::move(wake));
    }
    void drain() override {
        if (!draining_) {
            draining_ = true;
            draining_since_ = clock_.monotonic();
        }
    }
    bool drained() const override;
    bool stop() override;
    std::string failure() const override;
    std::shared_ptr<const EngineStatus> status() const override;

private:
    // The start (engine_start.cpp).
    std::optional<Error> open_files();
    std::optional<Error> start_shards();
    void settle_start();
    void start_sources();
    void restore_sessions();
    std::optional<Error> remember_feeds();
    void first_decisions(const Recovery::Outcome& outcome);
    std::string sources_text() const;

    // Steps and the end (running_engine.cpp).
    void fail(const std::string& text);

    // Admission (admission.cpp).
    void poll_sources(Nanos now, Step& step);
    void poll_source(SourceSlot& slot, Nanos now, Step& step);
    void admit(SourceSlot& slot, Nanos now);
    /// A record or a decision. What was refused stands before it from now on.
    template <class Entry>
    void append_to_journal(const Entry& entry) {
        journal_->append(entry, system_->symbols());
        std::fill(refused_behind_last_entry_.begin(), refused_behind_last_entry_.end(), 0);
    }
    void append_run(std::shared_ptr<Run> run);
    Answer ask(const Record& record) override;  // AdmissionGate
    void begin_again(SourceSlot& again);
    void begin_feeds();
    void stop_feeds();
    void tell_gap(SourceId source, const FeedGap& gap);
    void arbitrate(SourceSlot& slot);
    void admit_due(SourceSlot& slot, Nanos now);
    void note_client(SourceSlot& slot, const std::string& client);
    void tell_admitted(SourceSlot& slot);
    void place_symbols_from(std::size_t first);
    void place_new_symbols(RecordBatch& batch);
    void tick(Nanos now, Step& step);
    bool shards_caught_up() const;
    bool write_journal(Nanos now, Step& step);
    bool sync_is_due(Nanos now, Step& step);
    bool sync_files();
    void note_disk_full();

    // Decisions (decisions.cpp).
    Sequence decide(DecisionAction action, std::string by);
    void tell_pauses_again();
    void remember(const Decision& decision);
    void take_commands();
    CommandAnswer answer(const CommandQueue::Command& command);
    CommandAnswer reconfigure(const Reconfigure& wanted, const std::string& by);
    void look_for_gates();

    // The rollout (rollout.cpp).
    void open_rollout(const RolloutControl::ReadAgain& again);
    void grant_fallbacks();
    void supervise_rollout(Nanos now);
    CommandAnswer roll_out(const RolloutCommand& wanted, const std::string& by);
    RolloutControl::Look look_at_paths(Nanos now) const;
    void update_rollout_status(Nanos now);
    void count_tiers(RolloutStatus& status, Nanos now);

    void grant_skips();
    void supervise(Nanos now, Step& step);
    void watch_wall_clock();
    void note_circuit(std::string name, CircuitState state, const std::string& reason);
    void summarize_universes();

    // Snapshots and status (upkeep.cpp).
    void snapshot_when_due(Nanos now, Step& step);
    void begin_last_snapshot(Nanos now);
    std::uint64_t parked_records() const;
    void begin_snapshot(Nanos now);
    void write_snapshot();
    void collect_snapshot();
    void finish_snapshot();
    void update_status(Nanos now);
    void fill_sources(EngineStatus& status) const;
    void fill_channels(EngineStatus& status, const std::vector<ShardReport>& reports,
                       double seconds);
    void fill_control(EngineStatus& status) const;
    void fill_router(EngineStatus& status) const;
    Sequence gate() const;
    UnixNanos next_deadline() const;

    // Constant after recover().
    Config config_;  // `pipeline` and `monitoring` are the sequencer's and may change
    Disk& disk_;
    const Clock& clock_;
    EventStream& stream_;
    const std::function<EpochId()> make_epoch_;
    const BootId boot_;
    const std::uint32_t logic_version_;
    const PipelineExtensions extensions_;
    const std::function<std::vector<RestoredSession>()> history_;
    const std::string journal_path_;
    std::uint64_t configuration_hash_;  // sequencer's, as is the next
    std::string configuration_text_;
    std::function<void()> wake_ = [] {};
    bool snapshot_thread_ = false;
    Sequence begins_behind_;  // the last entry of the runs before
    Sequence started_at_;     // this start's engine_start; synced whatever the policy
    bool gated_ = false;      // some channel blocks its source or drops at admission

    // Shared; each says itself who may call what.
    std::unique_ptr<Journal> journal_;
    std::unique_ptr<SnapshotStore> snapshots_;
    std::unique_ptr<StoredStream> stored_;
    std::vector<std::unique_ptr<SpillStore>> spills_;  // by shard and channel
    std::unique_ptr<MultiChannelSystem> system_;  // its sequencer and router; pipelines went away
    RunTail tail_;
    StateTransfers transfers_;
    std::vector<std::unique_ptr<Shard>> shards_;
    std::unique_ptr<Publisher> publisher_;
    LatencyMarks latency_;
    CommandQueue commands_;

    // The sequencer's thread.
    RecoveryReport recovery_;
    Nanos recovery_took_{0};
    std::vector<SourceSlot> sources_;
    std::vector<ChannelSupervisor> supervisors_;
    SourceArbiter arbiter_;
    std::vector<SourceArbiter::Released> arbiter_released_;
    PushClients push_clients_;
    TradeMeter trade_meter_;
    bool feeds_started_ = false;
    bool feeds_stopped_ = false;
    ShedController shed_;
    std::unique_ptr<RolloutControl> rollout_;  // null = the integrator is not installed
    bool rollout_is_known_ = false;            // by the journal
    bool tick_was_parked_ = false;             // since the control has looked
    std::vector<std::shared_ptr<const std::vector<SymbolStatistics>>> statistics_;  // by shard
    RolloutStatus tiers_;  // counts of symbols alone, as of tiers_at_
    Nanos tiers_at_{0};
    Sequence last_rollout_change_;
    Sequence tiers_of_;                        // the RolloutChange that they stand under
    std::map<SymbolId, UnixNanos> fallen_at_;  // wall time, as far as this process knows
    UniverseSet universes_;
    std::map<std::string, bool> switched_rules_;
    std::shared_ptr<const std::vector<UniverseSummary>> universe_summaries_;
    std::deque<DecisionSummary> decisions_;
    std::uint64_t decision_total_ = 0;
    std::deque<std::pair<CommandQueue::Command, CommandAnswer>> unanswered_;
    std::string epoch_;
    Sequence last_empty_begin_;
    StageCounts sources_before_;  // of earlier runs of the process
    std::vector<std::array<std::uint64_t, channel_type_count>> asked_;  // by shard, this batch
    std::array<std::uint64_t, channel_type_count> queue_full_{};        // refused, of this process
    /// By source: their frames stand behind the last entry, so a snapshot there leaves them out.
    std::vector<std::uint64_t> refused_behind_last_entry_;
    bool draining_ = false;
    Nanos draining_since_{0};
    bool ended_ = false;  // all inputs have ended, and their last deadlines have fired
    std::string state_ = "running";
    std::map<std::string, CircuitState> circuits_;
    CircuitLog circuit_log_;
    std::deque<Sequence> kept_snapshots_;
    bool disk_full_ = false;
    UnixNanos disk_full_since_;
    std::uint64_t disk_full_stops_ = 0;
    Nanos retry_write_at_{0};
    Nanos last_tick_{0};
    Nanos last_control_{0};
    Nanos last_snapshot_{0};
    Sequence last_snapshot_sequence_;
    std::shared_ptr<SnapshotJob> job_;  // begun here, written by step_sync()
    Nanos wall_anchor_{0};              // wall − monotonic, when last looked
    Nanos last_status_{0};
    std::uint64_t records_ = 0;
    std::uint64_t records_at_status_ = 0;
    std::uint64_t events_at_status_ = 0;
    std::array<std::uint64_t, channel_type_count> channel_records_at_status_{};
    bool warming_up_ = true;
    bool was_ready_ = false;
    EngineStatus status_;
    UnknownConditionLog unknown_log_;
    DisabledRuleLog disabled_rule_log_;

    std::atomic<std::uint64_t> error_alerts_{0};

    // step_sync's thread.
    Nanos last_sync_{0};
    std::optional<Nanos> unsynced_since_;  // policy always: since then something waits
    std::uint64_t synced_bytes_ = 0;       // of the journal

    std::mutex sync_mutex_;  // held while journal and stored stream are synced

    mutable std::mutex mutex_;  // guards all below
    std::string failure_;
    std::shared_ptr<const EngineStatus> published_status_;
    std::shared_ptr<SnapshotJob> job_to_write_;
    SnapshotSummary snapshot_summary_;
    Nanos last_sync_took_{0};
    std::uint64_t syncs_ = 0;
};

}  // namespace tickstock

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "engine/pipeline.hpp"
#include "engine/pipeline_factory.hpp"
#include "engine/run.hpp"
#include "engine/sequencer.hpp"
#include "engine/shard_report.hpp"
#include "engine/status.hpp"
#include "model/accounting.hpp"
#include "model/record.hpp"
#include "router/data_channel_router.hpp"

namespace tickstock {

/// A fresh pipeline under the same control state (pauses, rules that are off, universes, shedding),
/// whose counters go on. REQUIRES: `old` has finished.
std::unique_ptr<Pipeline> fresh_like(const Pipeline& old, const PipelineFactory& factory,
                                     const SymbolTable& symbols, unsigned shard);

/// The assembled engine without threads, sockets and files: batches of a source in, events in
/// stream order out. router → sequencer → a pipeline per shard → one order. The same object runs in
/// a replay, in recovery and in a test; what it gives is what the running engine must give. One
/// thread.
class MultiChannelSystem {
public:
    /// An error names the condition table's file and line.
    static Result<std::unique_ptr<MultiChannelSystem>> create(const PipelineSettings& settings,
                                                              unsigned shards,
                                                              PipelineExtensions extensions = {},
                                                              const RouterSettings& router = {},
                                                              PipelineResources resources = {});

    /// Before the first batch of a source.
    void add_source(SourceId source, Sequencer::SourceRule rule = {});

    /// Admits the batch and appends the events that are final now. The batch's records are changed
    /// in place (global symbol ids, sequence, clock).
    void process(RecordBatch& batch, std::vector<Event>& out);

    /// Time has passed up to `clock` without a record: deadlines up to it fire.
    void tick(UnixNanos clock, std::vector<Event>& out);

    /// End of input: the clock passes every open deadline.
    void finish(std::vector<Event>& out);

    // Entries that another sequencer has admitted: recovery, replay of a journal.

    /// The text of an id, before the first entry that names it.
    void adopt_symbol(SymbolId id, const SymbolText& text);
    /// Runs entries as they were journaled; `run.shard_of` is filled here. An epoch's begin is the
    /// caller's business (begin_epoch).
    void apply(Run& run, std::vector<Event>& out);
    /// Runs entries that were run before, for their effect on the state (an epoch's warm-up). An
    /// epoch's begin with empty state among them empties it again.
    void run_again(Run& run);
    /// Around run_again: no channel is paused at its begin, whatever holds; what held, holds after.
    std::array<ChannelStatus, channel_type_count> begin_warm_up();
    void end_warm_up(const std::array<ChannelStatus, channel_type_count>& statuses);
    /// Found and not told, because it was told before, or its epoch was over.
    std::uint64_t unheard_events() const { return unheard_events_; }
    void add_unheard_events(std::uint64_t count) { unheard_events_ += count; }
    /// The settings that the entries from here on began with, and from which decision on changes
    /// act (Pipeline::reconfigure(), ignore_changes_through()).
    void begin_with(const PipelineSettings& settings, const std::string& text);
    void ignore_changes_through(Sequence sequence);
    /// Records that the journal says are skipped, before they are applied.
    void skip(const SkipRecords& skipped);
    /// Symbols that the journal says fall back, before their entries are applied.
    void expect(const PathFallback& fallback, Sequence decision);
    /// Ends the epoch's deadlines as part of the entry `as`, and empties all state unless the epoch
    /// keeps it.
    void begin_epoch(BeginEpoch::State state, Sequence as, std::vector<Event>& out);

    /// The earliest open deadline of any shard; time_never when there is none.
    UnixNanos next_deadline() const;

    const SymbolTable& symbols() const { return sequencer_.symbols(); }
    UnixNanos clock() const { return sequencer_.clock(); }
    Sequence last_sequence() const { return sequencer_.last_sequence(); }
    /// Those that status shows: the last of set_settings(), else those of create().
    const PipelineSettings& settings() const { return settings_; }
    void set_settings(const PipelineSettings& settings) { settings_ = settings; }
    unsigned shards() const { return static_cast<unsigned>(shards_.size()); }

    /// Ledgers of sequencer … priority over all shards (sources and publishing are the caller's).
    Accounting accounting() const;
    /// Records that decisions have made; they come from no source.
    std::uint64_t made_records() const { return made_records_; }

    /// Fills what the engine knows of its own state.
    void fill_status(EngineStatus& status) const;

    /// The newest quarantined trades, oldest first; the same for any number of shards.
    std::vector<QuarantineEntry> quarantine() const;

    /// Sale conditions that the table does not know, by code; the same for any number of shards.
    std::vector<UnknownConditionEntry> unknown_conditions() const;
    /// Changes whenever unknown_conditions() has a new code. Cheap: for a look after every batch.
    std::size_t unknown_codes_seen() const;

    /// The newest detections that became no event of their own, oldest first; the same for any
    /// number of shards.
    std::vector<Loser> losers() const;
    /// From now on keeps all of them until drain_losers() takes them.
    void collect_losers();
    /// Appends those decided since the last call, in stream order. REQUIRES: collect_losers().
    void drain_losers(std::vector<Loser>& out);

    // Parts, for recovery and for the running engine, which takes the pipelines over.
    Sequencer& sequencer() { return sequencer_; }
    DataChannelRouter& router() { return router_; }
    const PipelineFactory& factory() const { return *factory_; }
    Pipeline& pipeline(unsigned shard) { return *shards_[shard]; }
    std::unique_ptr<Pipeline> take_pipeline(unsigned shard) { return std::move(shards_[shard]); }
    unsigned shard_of(SymbolId symbol) {
        return shards_.size() == 1 ? 0 : router_.shard_of(symbol, symbols());
    }
    void count_made_record();
    void fill_status(std::span<const ShardReport> shards, EngineStatus& status) const;
    /// Sequencer, symbols, router's counts and what is of no pipeline.
    void save_counts(StateWriter& out) const;
    void load_counts(StateReader& in);
    /// One shard's of any number.
    void add_totals(StateReader& in);

private:
    MultiChannelSystem(std::unique_ptr<PipelineFactory> factory, unsigned shards,
                       const RouterSettings& router);

    void place(Run& run);
    void work(Run& run, std::vector<Event>& out);
    void merge_shards(std::vector<Event>& out);
    std::vector<ShardReport> reports() const;

    const std::unique_ptr<PipelineFactory> factory_;
    PipelineSettings settings_;
    DataChannelRouter router_;
    Sequencer sequencer_;
    std::vector<std::unique_ptr<Pipeline>> shards_;
    std::uint64_t made_records_ = 0;
    std::uint64_t unheard_events_ = 0;
    Sequence changes_ignored_before_;  // while a warm-up ignores all
    // Told so far: a fresh pipeline must know them, too.
    std::vector<SkipRecords> skips_;
    std::vector<std::pair<PathFallback, Sequence>> fallbacks_;
    // Reused per run.
    Run run_;
    std::vector<std::vector<Event>> shard_events_;
};

}  // namespace tickstock

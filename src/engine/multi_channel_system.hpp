#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "engine/pipeline.hpp"
#include "engine/sequencer.hpp"
#include "engine/status.hpp"
#include "model/accounting.hpp"
#include "model/record.hpp"
#include "router/data_channel_router.hpp"

namespace tickstock {

/// The assembled engine without threads, sockets and files: batches of a source in, events in
/// stream order out. router → sequencer → a pipeline per shard → one order. The same object runs in
/// a replay, in a live server and in a test. One thread.
class MultiChannelSystem {
public:
    /// An error names the condition table's file and line.
    static Result<std::unique_ptr<MultiChannelSystem>> create(const PipelineSettings& settings,
                                                              unsigned shards);

    /// Before the first batch of a source.
    void add_source(SourceId source, Sequencer::SourceRule rule = {});

    /// Admits the batch and appends the events that are final now. The batch's records are changed
    /// in place (global symbol ids, sequence, clock).
    void process(RecordBatch& batch, std::vector<Event>& out);

    /// Time has passed up to `clock` without a record: deadlines up to it fire.
    void tick(UnixNanos clock, std::vector<Event>& out);

    /// End of input: the clock passes every open deadline.
    void finish(std::vector<Event>& out);

    /// The earliest open deadline of any shard; time_never when there is none.
    UnixNanos next_deadline() const;

    const SymbolTable& symbols() const { return sequencer_.symbols(); }
    UnixNanos clock() const { return sequencer_.clock(); }

    /// Ledgers of router … priority over all shards (sources and publishing are the caller's).
    Accounting accounting() const;

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

private:
    MultiChannelSystem(const PipelineSettings& settings, unsigned shards,
                       const ConditionTable& conditions);

    void run(std::span<const Record> records, std::vector<Event>& out);
    void merge_shards(std::vector<Event>& out);
    void fill_intake_status(EngineStatus& status) const;
    void fill_rule_status(EngineStatus& status) const;
    void fill_coordination_status(EngineStatus& status) const;
    void sort_losers(std::vector<Loser>::iterator first, std::vector<Loser>::iterator last) const;

    const PipelineSettings settings_;
    const TradingCalendar calendar_;
    DataChannelRouter router_;
    Sequencer sequencer_;
    std::vector<std::unique_ptr<Pipeline>> shards_;
    // Reused per run.
    std::vector<std::vector<std::uint8_t>> mine_;
    std::vector<std::vector<Event>> shard_events_;
};

}  // namespace tickstock

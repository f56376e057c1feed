#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "config/config.hpp"
#include "coordination/coordination_counts.hpp"
#include "coordination/loser_log.hpp"
#include "engine/channel_vitals.hpp"
#include "engine/market_data_service_integrator.hpp"
#include "engine/status.hpp"
#include "intake/quarantine.hpp"
#include "intake/unknown_conditions.hpp"
#include "model/accounting.hpp"
#include "model/rule_activity.hpp"
#include "model/symbol.hpp"
#include "rollout/path_evidence.hpp"
#include "rollout/smart_ticker_rollout.hpp"

namespace tickstock {

class Pipeline;

/// What one shard's integrator says of itself. Never changed.
struct IntegrationReport {
    PathEvidence evidence;  ///< since the process's start
    std::vector<MarketDataServiceIntegrator::Fallen> fallen;
    std::uint64_t symbols_multi_channel = 0;
    /// About once a minute another one; null = none yet.
    std::shared_ptr<const std::vector<SymbolStatistics>> statistics;
};

/// What one shard says of itself: plain values, made on its thread and read on another's.
struct ShardReport {
    struct Channel {
        std::uint64_t events = 0;
        std::uint64_t batches = 0;
        std::uint64_t waiting = 0;
        std::uint64_t parked = 0;
        UnixNanos last_activity;
        double confidence_sum = 0;
        std::uint64_t confidences = 0;
    };
    Accounting accounting;
    std::array<Channel, channel_type_count> channels;
    std::uint64_t open_deadlines = 0;
    std::uint64_t second_bars = 0;
    std::uint64_t halted_symbols = 0;
    std::vector<RuleActivity> rules;  ///< by place in RuleSettings::user
    std::vector<std::array<SourceContextCounts, SourceContextManager::kind_count>> source_contexts;
    CoordinationTable coordination;
    std::vector<Loser> losers;  ///< the newest, oldest first
    std::vector<UnknownCondition> unknown_conditions;
    std::vector<QuarantinedTrade> quarantine;
    std::uint64_t quarantine_version = 0;
    std::array<std::uint64_t, 4> shed_by_class{};
    // Of a running shard only:
    std::array<ChannelVitals, channel_type_count> vitals;
    Nanos mean_time{0};                                    ///< of a record
    std::shared_ptr<const IntegrationReport> integration;  ///< null = not installed
    StageCounts publishing;                                ///< the stream's, at the same moment
};

/// Shard's thread.
ShardReport make_report(const Pipeline& pipeline, const PipelineSettings& settings);

/// All shards' ledgers together.
Accounting accounting_of(std::span<const ShardReport> shards);

/// Fills what the shards know; the same for any number of shards.
void fill_status(std::span<const ShardReport> shards, const PipelineSettings& settings,
                 const SymbolTable& symbols, EngineStatus& status);

/// The newest quarantined trades of all shards, oldest first.
std::vector<QuarantineEntry> quarantine_of(std::span<const ShardReport> shards, std::size_t limit,
                                           const SymbolTable& symbols);
/// By code.
std::vector<UnknownConditionEntry> unknown_conditions_of(std::span<const ShardReport> shards,
                                                         const SymbolTable& symbols);
/// In stream order.
void sort_losers(std::vector<Loser>::iterator first, std::vector<Loser>::iterator last,
                 const SymbolTable& symbols);
std::vector<Loser> losers_of(std::span<const ShardReport> shards, const SymbolTable& symbols);

}  // namespace tickstock

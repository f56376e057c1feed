#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/price.hpp"
#include "base/time.hpp"
#include "coordination/coordination_counts.hpp"
#include "engine/channel_summary.hpp"
#include "engine/engine_summaries.hpp"
#include "engine/stage_latencies.hpp"
#include "engine/trade_meter.hpp"
#include "intake/quarantine.hpp"
#include "metrics/histogram.hpp"
#include "model/accounting.hpp"
#include "model/enums.hpp"
#include "model/rule_activity.hpp"
#include "rollout/rollout_status.hpp"
#include "rules/source_context_manager.hpp"
#include "sources/feed/feed.hpp"

namespace tickstock {

struct SourceSummary {
    std::string name;    ///< as configured: "synthetic", "replay", …
    std::string detail;  ///< file names, symbols and seed
    std::string state;   ///< "warming_up", "streaming", "ended", "failed", "stale" …
    StageCounts counts;  ///< rows in, records out
    double speed = 1;
    std::uint64_t loops = 0;
    UnixNanos last_record;           ///< ts_event
    std::optional<FeedStatus> feed;  ///< of a live feed
    std::uint64_t switches = 0;      ///< times that another live source took symbols over
    bool required = true;
    Nanos idle{0};  ///< since it last handed records over
};

/// One user rule and what it has done so far.
struct RuleSummary {
    std::string name;
    std::string kind;  ///< "filter", "validate", "transform", "enrich", "event"
    RuleActivity activity;
    bool on = true;  ///< a person may switch it off
};

/// What came of one source's records of one kind (SPEC 8).
struct SourceContextSummary {
    SourceKind kind = SourceKind::Tick;
    SourceId source;
    SourceContextCounts counts;
};

/// A quarantined trade with its symbol's text.
struct QuarantineEntry {
    std::string symbol;
    QuarantinedTrade trade;
};

/// A sale-condition code without a row in the table, over all shards.
struct UnknownConditionEntry {
    std::uint8_t code = 0;  ///< 255 stands for every code above 254
    std::uint64_t count = 0;
    std::string first_symbol;  ///< of the first trade that carried it …
    UnixNanos first_ts;        ///< … and its ts_event
};

/// A detection that became no event of its own, with its symbol's text.
struct SuppressedEntry {
    std::string symbol;
    EventType type = EventType::High;
    SourceKind source = SourceKind::Tick;
    Direction direction = Direction::None;
    Price price;
    UnixNanos ts;
    Reason reason = Reason::Superseded;
    std::uint64_t winner = 0;  ///< id of the event that won, 0 = none
};

/// What the engine hands out once a second: plain values, no references into it.
struct EngineStatus {
    bool ready = false;  ///< start-up (warm-up of the sources included) is over
    UnixNanos clock;     ///< the sequencer's
    TradingSession session = TradingSession::Closed;
    MarketPeriod period = MarketPeriod::Base;
    std::uint64_t last_sequence = 0;
    std::uint64_t symbols = 0;
    unsigned shards = 1;
    std::uint64_t open_deadlines = 0;
    std::uint64_t second_bars = 0;
    std::uint64_t halted_symbols = 0;                    ///< muted now
    std::uint64_t unknown_conditions = 0;                ///< occurrences, ever
    std::vector<UnknownConditionEntry> unknown_by_code;  ///< by code
    double records_per_second = 0;
    double records_per_second_peak = 0;
    double events_per_second = 0;
    double events_per_second_peak = 0;
    /// From a batch's hand-over by its source to its events' being in the stream, since start-up
    /// was over; a batch each.
    Histogram batch_latency;
    /// The same, of the batches that hold a record of that SourceKind.
    std::array<Histogram, SourceContextManager::kind_count> batch_latency_by_kind;
    StageLatencies stage_latencies;                  ///< the stages before
    std::array<std::uint64_t, 5> records_by_kind{};  ///< Trade … TradingStatus
    std::array<std::uint64_t, event_type_count> events_by_type{};
    std::shared_ptr<const std::vector<TradeWindow>> trade_windows;  ///< null = none yet
    Accounting accounting;
    std::array<ChannelSummary, channel_type_count> channels;
    std::vector<SourceSummary> sources;
    std::vector<SourceContextSummary> source_contexts;  ///< by source, then kind
    std::vector<RuleSummary> rules;                     ///< of people, in the order of their files
    /// The newest, oldest first, at most the setting quarantine_list; null = none yet. Replaced
    /// when quarantine_version changes, never changed.
    std::shared_ptr<const std::vector<QuarantineEntry>> quarantine;
    std::uint64_t quarantine_version = 0;
    CoordinationTable coordination;                ///< by source and type
    std::vector<SuppressedEntry> suppressed;       ///< the newest, oldest first; at most 20
    std::shared_ptr<const RolloutStatus> rollout;  ///< null = the integrator is not installed
    ControlStatus control;                         ///< shards, journal, router, decisions, …
};

}  // namespace tickstock

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/price.hpp"
#include "base/time.hpp"
#include "metrics/histogram.hpp"
#include "model/accounting.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// SPEC 6's states of a channel.
enum class ChannelStatus : std::uint8_t { Initializing, Active, Paused, Error, Shutdown };
std::string_view to_string(ChannelStatus status);

struct ChannelSummary {
    ChannelType type = ChannelType::Tick;
    ChannelStatus status = ChannelStatus::Initializing;
    bool healthy = true;
    StageCounts counts;        ///< records
    std::uint64_t events = 0;  ///< detections that its detectors made
    std::uint64_t errors = 0;
    std::uint64_t queue_size = 0;  ///< admitted, unprocessed
    std::uint64_t queue_limit = 0;
    double records_per_second = 0;  ///< over the last second of wall time
    UnixNanos last_activity;        ///< clock of the last record
};

struct SourceSummary {
    std::string name;    ///< as configured: "synthetic", "replay", …
    std::string detail;  ///< file names, symbols and seed
    std::string state;   ///< "warming_up", "streaming", "ended", "failed"
    StageCounts counts;  ///< rows in, records out
    double speed = 1;
    std::uint64_t loops = 0;
    UnixNanos last_record;  ///< ts_event
    bool required = true;
};

/// A trade that the sanity guard held back, as people see it.
struct QuarantineEntry {
    std::string symbol;
    UnixNanos ts;
    Price price;
    Size size;
    Price level;  ///< that it was too far from
    std::string trade_id;
    TradingSession session = TradingSession::Closed;
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
    std::uint64_t unknown_conditions = 0;
    double records_per_second = 0;
    double records_per_second_peak = 0;
    double events_per_second = 0;
    double events_per_second_peak = 0;
    /// From a batch's hand-over by its source to its events' being in the stream, since start-up
    /// was over; a batch each.
    Histogram batch_latency;
    std::array<std::uint64_t, 5> records_by_kind{};  ///< Trade … TradingStatus
    std::array<std::uint64_t, event_type_count> events_by_type{};
    Accounting accounting;
    std::array<ChannelSummary, channel_type_count> channels;
    std::vector<SourceSummary> sources;
    std::vector<QuarantineEntry> quarantine;  ///< the newest, oldest first; at most 20
};

}  // namespace tickstock

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "channels/channel_health.hpp"
#include "channels/channel_metrics.hpp"
#include "channels/dead_letters.hpp"
#include "engine/channel_summary.hpp"
#include "metrics/histogram.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// How one channel of one shard fares, as plain values.
struct ChannelVitals {
    ChannelMetrics metrics;
    bool healthy = true;
    bool usable = true;  ///< ChannelHealth::usable(), for the router
    std::vector<std::string> why_unhealthy;
    unsigned failures_in_row = 0;
    bool idle = true;            ///< ChannelHealth::idle()
    std::string circuit_reason;  ///< of its circuit's last change
    Nanos lag{0};
    Nanos parked{0};  ///< how long it has kept records, within half a second; 0 = it keeps none
    Nanos mean_time{0};
    Histogram latency;      ///< queue wait and work of a batch
    Histogram record_time;  ///< a record's share
    Nanos last_time{0};     ///< the same of the last batch
    std::vector<SlowRecord> slowest;
    std::vector<ChannelError> errors;
    DeadLetters dead_letters;
};

/// The shards' vitals of the summary's channel, together.
void merge_vitals(std::span<const ChannelVitals* const> shards, const SymbolTable& symbols,
                  ChannelSummary& summary);

}  // namespace tickstock

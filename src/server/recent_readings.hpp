#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>

#include "engine/status.hpp"
#include "monitoring/reading.hpp"
#include "monitoring/windows.hpp"

namespace tickstock {

/// What successive statuses say of the last while: rates and percentiles of a window, and how long
/// a source has been silent. Keeps what it needs of those before. The monitor's thread.
class RecentReadings {
public:
    /// A percentile or rate of fewer records says nothing, so it is left out.
    static constexpr double fewest = 20;
    /// channel.degradation: nobody waits for less.
    static constexpr double degradation_floor_ms = 1;

    /// `now` is monotonic. Adds to `readings`, and makes the counts there that only grow
    /// (unknown conditions, fallbacks, differences) recent ones.
    void look(const EngineStatus& status, Nanos now, Nanos window, Readings& readings);

private:
    struct Channel {
        RecentHistogram times;
        RecentIncrease records;
        RecentIncrease failures;
        RecentIncrease confidence_sum;
        RecentIncrease confidences;
        HourMedian p99;
    };
    struct Idle {
        std::uint64_t records = 0;
        Nanos since{0};
    };

    /// The recent increase of a count that has this name.
    double increase(const std::string& name, double count);
    void add_channel(const ChannelSummary& channel, Readings& readings);
    void add_latency(const ChannelSummary& channel, Channel& own, Readings& readings);
    void add_router(const RouterSummary& router, Readings& readings);
    void add_source(const SourceSummary& source, TradingSession session, Readings& readings);
    void add_idle(const SourceSummary& source, TradingSession session, Readings& readings);

    bool is_first_ = true;
    bool from_zero_ = true;  // what is counted before the first look is of this run
    Nanos now_{0};
    Nanos window_{0};
    std::array<Channel, channel_type_count> channels_;
    RecentHistogram routing_;
    RecentHistogram latency_;
    std::map<std::string, RecentIncrease> counts_;
    std::map<std::string, Idle> idle_;
};

}  // namespace tickstock

#include "server/recent_readings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace tickstock {
namespace {

double number(std::uint64_t value) {
    return static_cast<double>(value);
}

double milliseconds(Nanos time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

double seconds(Nanos time) {
    return std::chrono::duration<double>(time).count();
}

/// "stocks: waiting (no route to host)", for each connection that is not live.
std::string broken_connections(const SourceSummary& source) {
    std::string text;
    if (source.feed) {
        for (const FeedConnection& connection : source.feed->connections) {
            if (connection.state != "live") {
                text += fmt::format("; {}: {}", connection.name, connection.state);
                text += connection.detail.empty() ? "" : " (" + connection.detail + ")";
            }
        }
    }
    return text;
}

/// A status tells how often it was since the start; alert rules look at the last while.
bool is_recent_count(const Reading& reading) {
    constexpr std::array names{"intake.unknown_conditions", "rollout.fallbacks",
                               "rollout.differences", "rollout.lost_events"};
    return std::ranges::find(names, reading.name) != names.end();
}

}  // namespace

double RecentReadings::increase(const std::string& name, double count) {
    return counts_.try_emplace(name, from_zero_ || !is_first_)
        .first->second.look(count, now_, window_);
}

void RecentReadings::add_latency(const ChannelSummary& channel, Channel& own, Readings& readings) {
    const std::string name(to_string(channel.type));
    const RecentTimes times = own.times.look(channel.processing, now_, window_);
    if (number(times.count) < fewest) {
        return;
    }
    const double p99 = milliseconds(times.p99);
    readings.push_back({"channel.latency_p50_ms", name, milliseconds(times.p50), {}, {}});
    readings.push_back({"channel.latency_p95_ms", name, milliseconds(times.p95), {}, {}});
    readings.push_back({"channel.latency_p99_ms",
                        name,
                        p99,
                        fmt::format("one of a hundred records of channel {} took {:.3g} ms or more",
                                    channel.label(), p99),
                        {}});
    const auto median = own.p99.median();
    own.p99.look(p99, now_);
    if (median && *median > 0 && p99 >= degradation_floor_ms) {
        readings.push_back(
            {"channel.degradation",
             name,
             p99 / *median,
             fmt::format("the p99 of channel {} is {:.3g} ms, its median of the hour {:.3g} ms",
                         channel.label(), p99, *median),
             {}});
    }
}

void RecentReadings::add_channel(const ChannelSummary& channel, Readings& readings) {
    Channel& own = channels_[static_cast<std::size_t>(channel.type)];
    const std::string name(to_string(channel.type));
    add_latency(channel, own, readings);
    const StageCounts& counts = channel.counts;
    const double records =
        own.records.look(number(counts.in - std::min(counts.held, counts.in)), now_, window_);
    const double failures =
        own.failures.look(number(channel.errors + channel.timed_out), now_, window_);
    readings.push_back({"channel.errors", name, failures, {}, {}});
    if (records >= fewest) {
        const double rate = 100 * (1 - std::min(failures / records, 1.0));
        readings.push_back({"channel.success_rate",
                            name,
                            rate,
                            fmt::format("{:.0f} of {:.0f} recent records of channel {} failed or "
                                        "took longer than their time-out",
                                        failures, records, channel.label()),
                            {}});
    }
    const double sum = own.confidence_sum.look(channel.confidence_sum, now_, window_);
    const double values = own.confidences.look(number(channel.confidences), now_, window_);
    if (values >= fewest) {
        readings.push_back(
            {"channel.confidence",
             name,
             sum / values,
             fmt::format("the mean confidence of {:.0f} recent fair values is {:.3f}", values,
                         sum / values),
             {}});
    }
}

void RecentReadings::add_router(const RouterSummary& router, Readings& readings) {
    const double failures =
        increase("router failures", number(router.none_healthy + router.no_channel));
    readings.push_back(
        {"channel_routing.failures",
         "",
         failures,
         fmt::format("{:.0f} recent records found no channel or no healthy shard", failures),
         {}});
    const double errors = increase("router errors", number(router.routing_errors));
    const double asked = increase(
        "router asked", number(router.total_routed + router.no_channel + router.unidentified));
    if (asked >= fewest) {
        const double rate = std::min(100.0, 100 * errors / asked);
        readings.push_back({"channel_routing.error_rate", "", rate, {}, {}});
        readings.push_back({"channel_routing.success_rate", "", 100 - rate, {}, {}});
    }
    const RecentTimes times = routing_.look(router.routing_time, now_, window_);
    if (number(times.count) >= fewest) {
        readings.push_back(
            {"channel_routing.avg_routing_time_ms", "", milliseconds(times.mean), {}, {}});
    }
}

/// How long a source that is needed has given nothing although the market is open.
void RecentReadings::add_idle(const SourceSummary& source, TradingSession session,
                              Readings& readings) {
    const bool expected = source.required && session == TradingSession::Regular &&
                          source.state != "ended" && source.state != "warming_up";
    const auto [at, is_new] = idle_.try_emplace(source.name, Idle{source.counts.out, now_});
    Idle& idle = at->second;
    if (!expected || idle.records != source.counts.out) {
        idle = {source.counts.out, now_};
    }
    if (!expected) {
        return;
    }
    const double quiet = seconds(now_ - idle.since);
    readings.push_back({"source.idle_seconds",
                        source.name,
                        quiet,
                        fmt::format("source {} has given no record for {:.0f} s in an open market "
                                    "({}{})",
                                    source.name, quiet, source.state, broken_connections(source)),
                        {}});
}

void RecentReadings::add_source(const SourceSummary& source, TradingSession session,
                                Readings& readings) {
    add_idle(source, session, readings);
    std::uint64_t rejected = 0;
    for (const std::uint64_t dropped : source.counts.dropped) {
        rejected += dropped;
    }
    readings.push_back({"source.rejected",
                        source.name,
                        increase("rejected " + source.name, number(rejected)),
                        {},
                        {}});
    if (!source.feed) {
        return;
    }
    const FeedStatus& feed = *source.feed;
    // A gap that is filled later takes the alert back.
    const double gaps =
        increase("gaps " + source.name, number(feed.gaps - std::min(feed.recovered, feed.gaps)));
    readings.push_back(
        {"source.gaps",
         source.name,
         gaps,
         fmt::format("source {} has {:.0f} recent gaps that are not filled, {} since "
                     "the start{}",
                     source.name, gaps, feed.gaps - std::min(feed.recovered, feed.gaps),
                     broken_connections(source)),
         {}});
    Nanos lag{0};
    for (const FeedConnection& connection : feed.connections) {
        lag = std::max(lag, connection.lag);
    }
    readings.push_back({"source.lag_seconds", source.name, seconds(lag), {}, {}});
}

void RecentReadings::look(const EngineStatus& status, Nanos now, Nanos window, Readings& readings) {
    now_ = now;
    window_ = window;
    if (is_first_) {
        // What a snapshot or journal has brought back is of an earlier run.
        from_zero_ = !status.control.recovery.had_snapshot && !status.control.recovery.had_journal;
        for (Channel& channel : channels_) {
            channel.records = channel.failures = RecentIncrease(from_zero_);
        }
    }
    for (Reading& reading : readings) {
        if (is_recent_count(reading)) {
            reading.value = increase(reading.name + " " + reading.channel, reading.value);
            reading.since = {};
        }
    }
    for (const ChannelSummary& channel : status.channels) {
        add_channel(channel, readings);
    }
    add_router(status.control.router, readings);
    for (const SourceSummary& source : status.sources) {
        add_source(source, status.session, readings);
    }
    const RecentTimes latency = latency_.look(status.batch_latency, now, window);
    if (number(latency.count) >= fewest) {
        readings.push_back({"system.latency_p50_ms", "", milliseconds(latency.p50), {}, {}});
        readings.push_back({"system.latency_p99_ms", "", milliseconds(latency.p99), {}, {}});
    }
    is_first_ = false;
}

}  // namespace tickstock

// Alerts about the last while, from successive statuses that the test makes up.

#include <gtest/gtest.h>

#include <string>

#include "config/alert_metrics.hpp"
#include "monitoring/built_in_rules.hpp"
#include "server/recent_readings.hpp"
#include "server/status_readings.hpp"
#include "watch.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;

/// Statuses a second apart.
class Life {
public:
    Readings look(Nanos after = 1s) {
        now_ += after;
        SystemReadings::Input input;
        input.status = std::make_shared<const EngineStatus>(status);
        input.process.resident_bytes = 1'000;
        input.process.cpu_seconds = std::chrono::duration<double>(now_).count() / 2;
        input.stalls = {{"ts-x", 0, false, Watchdog::Kind::Work}};
        input.history = HistoryStatus{};
        input.now = now_;
        input.window = 60s;
        return readings_.look(input);
    }
    double value(const std::string& name, const std::string& channel = "", Nanos after = 1s) {
        const Readings readings = look(after);
        const Reading* const found = find_reading(readings, name, channel);
        return found == nullptr ? -1 : found->value;
    }

    EngineStatus status = made();

private:
    static EngineStatus made() {
        EngineStatus status;
        status.ready = true;
        for (std::size_t i = 0; i < status.channels.size(); ++i) {
            status.channels[i].type = static_cast<ChannelType>(i);
            status.channels[i].status = ChannelStatus::Active;
            status.channels[i].queue_limit = 100;
        }
        return status;
    }
    Nanos now_ = 100s;
    SystemReadings readings_;
};

std::shared_ptr<RolloutStatus> installed() {
    auto rollout = std::make_shared<RolloutStatus>();
    rollout->installed = true;
    return rollout;
}

TEST(RecentReadings, RoutingTimesAndErrors) {
    Life life;
    life.look();
    life.look(5s);
    RouterSummary& router = life.status.control.router;
    EXPECT_EQ(life.value("channel_routing.avg_routing_time_ms"), -1) << "nothing was routed";
    for (int i = 0; i < 100; ++i) {
        router.routing_time.record(60ms);
    }
    router.total_routed = 100;
    router.routing_errors = 10;
    EXPECT_NEAR(life.value("channel_routing.avg_routing_time_ms"), 60, 0.01);
    EXPECT_EQ(life.value("channel_routing.error_rate"), 10);
    EXPECT_EQ(life.value("channel_routing.success_rate"), 90);
    EXPECT_EQ(life.value("channel_routing.error_rate", "", 70s), -1) << "long ago";
    router.total_routed += 19;
    EXPECT_EQ(life.value("channel_routing.error_rate"), -1) << "too few to tell";
    router.total_routed += 1;
    EXPECT_EQ(life.value("channel_routing.error_rate"), 0);
}

TEST(SystemReadings, LoadIsNotToldWhileAStartCatchesUp) {
    Life life;
    life.status.ready = false;
    life.status.channels[0].queue_size = 200;
    EXPECT_EQ(life.value("channel.queue_percent", "tick", 100s), -1);
    EXPECT_EQ(life.value("channel.queue_size", "tick"), 200);
    life.status.ready = true;
    EXPECT_EQ(life.value("channel.queue_percent", "tick"), -1);
    EXPECT_EQ(life.value("channel.queue_percent", "tick", 4s), -1);
    EXPECT_EQ(life.value("channel.queue_percent", "tick", 1s), 200);
}

TEST(SystemReadings, AStartHasAMinuteUntilItShallBeReady) {
    Life life;
    life.status.ready = false;
    EXPECT_EQ(life.value("system.health", "engine"), 0);
    EXPECT_EQ(life.value("system.health", "engine", 59s), 0);
    EXPECT_EQ(life.value("system.health", "engine", 1s), 2);
    EXPECT_EQ(life.value("system.uptime_percent"), 0);
    life.status.ready = true;
    EXPECT_EQ(life.value("system.health", "engine"), 0);
    life.status.ready = false;
    EXPECT_EQ(life.value("system.health", "engine"), 2);
}

TEST(RecentReadings, WhatAnEarlierRunCountedIsNotRecent) {
    Life life;
    life.status.control.recovery.had_snapshot = true;
    life.status.unknown_by_code = {{99, 12, "ABC", unix_nanos(7)}};
    life.status.channels[0].errors = 500;
    EXPECT_EQ(life.value("intake.unknown_conditions", "code 99"), 0);
    EXPECT_EQ(life.value("channel.errors", "tick"), 0);
    life.status.unknown_by_code = {{98, 1, "ABC", unix_nanos(7)}, {99, 13, "ABC", unix_nanos(7)}};
    EXPECT_EQ(life.value("intake.unknown_conditions", "code 99"), 1);
    EXPECT_EQ(life.value("intake.unknown_conditions", "code 98"), 1) << "seen first in this run";
    Life fresh;
    fresh.status.unknown_by_code = {{99, 12, "ABC", unix_nanos(7)}};
    EXPECT_EQ(fresh.value("intake.unknown_conditions", "code 99"), 12);
}

TEST(RecentReadings, AFilledGapIsNone) {
    Life life;
    life.status.sources.resize(1);
    SourceSummary& source = life.status.sources[0];
    source.name = "polygon";
    source.feed.emplace();
    EXPECT_EQ(life.value("source.gaps", "polygon"), 0);
    source.feed->gaps = 2;
    source.feed->recovered = 1;
    EXPECT_EQ(life.value("source.gaps", "polygon"), 1);
    source.feed->recovered = 2;
    EXPECT_EQ(life.value("source.gaps", "polygon"), 0);
    source.feed->gaps = 3;
    EXPECT_EQ(life.value("source.gaps", "polygon"), 1);
    EXPECT_EQ(life.value("source.gaps", "polygon", 70s), 0) << "nobody can do anything about it";
}

TEST(RecentReadings, ASourceIsIdleOnlyWhereTheMarketIsOpenAndItIsNeeded) {
    Life life;
    life.status.session = TradingSession::Regular;
    life.status.sources.resize(1);
    SourceSummary& source = life.status.sources[0];
    source.name = "polygon";
    source.state = "streaming";
    EXPECT_EQ(life.value("source.idle_seconds", "polygon"), 0);
    EXPECT_EQ(life.value("source.idle_seconds", "polygon", 40s), 40);
    ++source.counts.out;
    EXPECT_EQ(life.value("source.idle_seconds", "polygon"), 0);
    life.look(10s);
    for (const TradingSession session : {TradingSession::Pre, TradingSession::Closed}) {
        life.status.session = session;
        EXPECT_EQ(life.value("source.idle_seconds", "polygon"), -1);
    }
    life.status.session = TradingSession::Regular;
    EXPECT_EQ(life.value("source.idle_seconds", "polygon"), 1) << "the market has just opened";
    source.required = false;
    EXPECT_EQ(life.value("source.idle_seconds", "polygon"), -1);
    source.required = true;
    source.state = "ended";
    EXPECT_EQ(life.value("source.idle_seconds", "polygon"), -1);
    source.state = "failed";
    EXPECT_EQ(life.value("source.idle_seconds", "polygon", 5s), 5);
    EXPECT_EQ(life.value("source.idle_seconds", "polygon", 5s), 10);
}

TEST(RecentReadings, WithoutAnIntegratorNothingIsSaidOfTheRollout) {
    Life life;
    EXPECT_EQ(life.value("fallback.active"), -1);
    EXPECT_EQ(life.value("rollout.fallbacks"), -1);
    life.status.rollout = installed();
    EXPECT_EQ(life.value("fallback.active"), 0);
    EXPECT_EQ(life.value("rollout.fallbacks"), 0);
}

TEST(RecentReadings, AnIncidentHoldsAndTellsItsCause) {
    Life life;
    auto rollout = installed();
    rollout->incidents.resize(2);
    rollout->incidents[0].id = "old";
    RolloutIncident& held = rollout->incidents[1];
    held.id = "20240305T143000-2";
    held.wall = unix_nanos(77);
    held.by = "fallback monitor";
    held.cause = "error_rate";
    held.text = "error rate 12.5 % over the last 30 s (limit 10 %)";
    rollout->incident = "20240305T143000-2";
    life.status.rollout = rollout;
    const Readings readings = life.look();
    const Reading* const active = find_reading(readings, "fallback.active");
    ASSERT_NE(active, nullptr);
    EXPECT_EQ(active->value, 1);
    EXPECT_EQ(active->detail,
              "incident 20240305T143000-2 (error_rate, by fallback monitor): error rate 12.5 % "
              "over the last 30 s (limit 10 %)");
    EXPECT_EQ(active->since, unix_nanos(77));
    auto unknown = installed();
    unknown->incident = "gone";
    life.status.rollout = unknown;
    const Readings later = life.look();
    EXPECT_NE(find_reading(later, "fallback.active")->detail.find("incident gone"),
              std::string::npos);
    life.status.rollout = installed();
    EXPECT_EQ(life.value("fallback.active"), 0);
}

TEST(RecentReadings, FallbacksAndDifferencesAreThoseOfTheWindow) {
    Life life;
    life.status.control.recovery.had_journal = true;
    auto rollout = installed();
    rollout->total.paths.legacy_fallbacks = 3;
    rollout->total.comparison.missing = 4;
    rollout->total.comparison.lost = 1;
    life.status.rollout = rollout;
    EXPECT_EQ(life.value("rollout.fallbacks"), 0) << "of an earlier run";
    EXPECT_EQ(life.value("rollout.lost_events"), 0);
    rollout = std::make_shared<RolloutStatus>(*rollout);
    rollout->total.paths.legacy_fallbacks = 4;
    rollout->total.paths.set_aside = 2;
    rollout->total.comparison.extra = 5;
    rollout->total.comparison.lost = 3;
    for (const char* symbol : {"A", "B", "C", "D", "E", "F", "G"}) {
        rollout->fallen.push_back({symbol, Sequence{5}, Sequence{6}, FallbackCause::Timeout, {}});
    }
    life.status.rollout = rollout;
    const Readings readings = life.look();
    const Reading* const fallbacks = find_reading(readings, "rollout.fallbacks");
    EXPECT_EQ(fallbacks->value, 3);
    EXPECT_NE(fallbacks->detail.find("E (timeout) and 2 more"), std::string::npos)
        << fallbacks->detail;
    EXPECT_EQ(find_reading(readings, "rollout.fallen_symbols")->value, 7);
    EXPECT_EQ(find_reading(readings, "rollout.differences")->value, 5);
    EXPECT_EQ(find_reading(readings, "rollout.lost_events")->value, 2);
    EXPECT_EQ(life.value("rollout.fallbacks", "", 70s), 0);
    EXPECT_EQ(life.value("rollout.differences", ""), 0);
    EXPECT_EQ(life.value("rollout.fallen_symbols"), 7) << "they stay";
}

TEST(RecentReadings, ConfidenceIsTheWindowsMean) {
    Life life;
    ChannelSummary& fmv = life.status.channels[2];
    EXPECT_EQ(life.value("channel.confidence", "fmv"), -1);
    fmv.confidences = 100;
    fmv.confidence_sum = 95;
    EXPECT_NEAR(life.value("channel.confidence", "fmv"), 0.95, 1e-9);
    life.look(70s);
    fmv.confidences += 50;
    fmv.confidence_sum += 35;
    EXPECT_NEAR(life.value("channel.confidence", "fmv"), 0.7, 1e-9);
}

TEST(RecentReadings, EveryReadingIsAKnownMetricAndEveryMetricIsRead) {
    Life life;
    EngineStatus& status = life.status;
    status.session = TradingSession::Regular;
    status.sources.resize(1);
    status.sources[0].name = "polygon";
    status.sources[0].state = "streaming";
    status.sources[0].feed.emplace();
    status.unknown_by_code = {{99, 12, "ABC", unix_nanos(7)}};
    status.rules.resize(1);
    status.control.snapshot.last = Sequence{5};
    status.rollout = installed();
    std::set<std::string> seen;
    for (int i = 0; i < 400; ++i) {
        for (int k = 0; k < 50; ++k) {
            status.channels[2].processing.record(5ms);
            status.control.router.routing_time.record(5ms);
            status.batch_latency.record(5ms);
        }
        status.channels[2].counts.in += 50;
        status.channels[2].confidences += 50;
        status.control.router.total_routed += 50;
        for (const Reading& reading : life.look()) {
            const AlertMetric* const metric = find_alert_metric(reading.name);
            ASSERT_NE(metric, nullptr) << reading.name;
            EXPECT_EQ(metric->whose.empty(),
                      reading.channel.empty() && reading.name != "rules.disabled_symbols")
                << reading.name;
            seen.insert(reading.name);
        }
    }
    for (const AlertMetric& metric : alert_metrics()) {
        EXPECT_TRUE(seen.contains(std::string(metric.name))) << metric.name;
    }
}

TEST(SystemState, IsWhatAnOperatorSeesFirst) {
    Life life;
    EXPECT_EQ(system_state(nullptr, {}), "NOT_READY");
    EXPECT_EQ(system_state(&life.status, {}), "READY");
    Alert alert;
    EXPECT_EQ(system_state(&life.status, {alert}), "READY") << "a warning";
    alert.severity = AlertSeverity::Error;
    EXPECT_EQ(system_state(&life.status, {alert}), "DEGRADED");
    life.status.channels[1].healthy = false;
    EXPECT_EQ(system_state(&life.status, {}), "DEGRADED");
    life.status.channels[1].status = ChannelStatus::Paused;
    EXPECT_EQ(system_state(&life.status, {}), "NOT_READY");
}

}  // namespace
}  // namespace tickstock

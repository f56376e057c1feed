// fill_control() of test_support.hpp.

#include <gtest/gtest.h>

#include "server/test_support.hpp"

namespace tickstock::testing {

void fill_control(EngineStatus& status) {
    ChannelSummary& fmv = status.channels[2];
    fmv.type = ChannelType::Fmv;
    status.channels[1].type = ChannelType::Ohlcv;
    fmv.name = "values";
    fmv.status = ChannelStatus::Paused;
    fmv.status_reason = "by api";
    fmv.healthy = false;
    fmv.why_unhealthy = {"12.5 % of the last 60 s failed, limit 10 %"};
    fmv.counts.in = 200;
    fmv.errors = 20;
    fmv.timed_out = 5;
    fmv.error_rate = 12.5;
    fmv.queue_size = 480;
    fmv.queue_limit = 500;
    fmv.oldest_age = std::chrono::milliseconds(1500);
    fmv.parked = 480;
    fmv.overflow_action = "drop_oldest";
    fmv.skipped = 3;
    fmv.circuit = CircuitState::Open;
    fmv.processing.record(std::chrono::microseconds(250));
    fmv.last_time = std::chrono::microseconds(125);
    fmv.dead_letter_total = 1;
    fmv.dead_letters = {{"valuation", "IBM", Sequence{70}, unix_nanos(7), "made up"}};
    fmv.last_errors = {{Sequence{71}, unix_nanos(8), "Channel values (fmv): made up"}};
    fmv.slowest = {{Sequence{72}, "IBM", unix_nanos(9), std::chrono::nanoseconds(3'000'007), 4}};
    fmv.circuit_history = {
        {Sequence{73}, unix_nanos(10), "fmv/0", CircuitState::Open, "5 in a row"}};
    ControlStatus& control = status.control;
    control.shards.resize(2);
    control.shards[1].shard = 1;
    control.shards[1].lag_records = 40;
    control.shards[1].reading_from_file = true;
    control.journal.directory = "data/journal";
    control.journal.state = "writing";
    control.journal.durability = "interval";
    control.journal.last = Sequence{100};
    control.journal.durable = Sequence{90};
    control.router.strategy = "health_based";
    control.router.total_routed = 99;
    control.router.routing_errors = 1;
    control.router.no_channel = 1;
    control.router.routing_time.record(std::chrono::nanoseconds(40));
    control.router.selection_time.record(std::chrono::microseconds(2));
    control.router.circuit_history = {
        {Sequence{75}, unix_nanos(13), "router", CircuitState::HalfOpen, "its time is over"}};
    control.snapshot.last = Sequence{80};
    control.snapshot.age = std::chrono::seconds(12);
    control.shed.level = 2;
    control.shed.by_class = {0, 0, 5, 7};
    control.universes = std::make_shared<std::vector<UniverseSummary>>(
        std::vector<UniverseSummary>{{"core", {"AAPL", "IBM"}, true}});
    control.decisions = {{Sequence{74}, "channel_change", "pause fmv: by api", unix_nanos(11),
                          unix_nanos(12), "api"}};
    control.decision_total = 1;
    control.recovery.had_journal = true;
    control.recovery.entries_run = 60;
    control.threads = {{"engine", 1.5}};
}

TEST(FillControl, MakesOneChannelUnhealthyAndSaysWhy) {
    EngineStatus status;
    fill_control(status);
    EXPECT_FALSE(status.channels[2].healthy);
    EXPECT_FALSE(status.channels[2].why_unhealthy.empty());
}

}  // namespace tickstock::testing

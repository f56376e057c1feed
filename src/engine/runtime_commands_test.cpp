// What a person may ask of the running engine: every answer is journaled, and a replay of the
// journal gives the same stream.

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::decisions_of;
using testing::lively_tape;
using testing::plain_run;
using testing::replay;
using Code = CommandAnswer::Code;

/// Takes the tape up to there.
void run_to(Bench& bench, std::size_t due) {
    bench.feed().due = due;
    bench.settle();
}

void expect_replay_equal(Bench& bench) {
    for (const unsigned shards : {1U, 3U}) {
        const auto again = replay(bench.disk, bench.config, shards);
        EXPECT_EQ(again.failure, "");
        ASSERT_FALSE(again.hashes.empty());
        EXPECT_EQ(again.hashes.back(), bench.stream->hash()) << shards << " shards";
    }
}

class RuntimePause : public ::testing::TestWithParam<ChannelType> {};

TEST_P(RuntimePause, LosesNothingAndReplaysEqually) {
    const ChannelType channel = GetParam();
    const auto index = static_cast<std::size_t>(channel);
    const RecordBatch tape = lively_tape(11, 1'200, 6);
    const auto plain = plain_run(tape);
    for (const unsigned shards : {1U, 3U}) {
        Bench bench(tape, shards);
        bench.feed().due = 0;
        bench.open();
        run_to(bench, 300);
        EXPECT_EQ(bench.command(PauseChannel{channel}).code, Code::Done);
        EXPECT_EQ(bench.command(PauseChannel{channel}).code, Code::Refused);
        run_to(bench, 800);
        const EngineStatus paused = bench.status();
        EXPECT_EQ(paused.channels[index].status, ChannelStatus::Paused);
        EXPECT_GT(paused.channels[index].parked, 0U);
        EXPECT_EQ(paused.channels[index].parked, paused.channels[index].queue_size);
        EXPECT_EQ(bench.command(ResumeChannel{channel}).code, Code::Done);
        run_to(bench, 900);
        EXPECT_EQ(bench.command(ResumeChannel{channel}).code, Code::Refused);
        run_to(bench, tape.records.size());
        const EngineStatus& status = bench.status();
        EXPECT_EQ(status.channels[index].parked, 0U);
        EXPECT_EQ(status.channels[index].status, ChannelStatus::Active);
        for (std::size_t i = 0; i < channel_type_count; ++i) {
            EXPECT_EQ(status.channels[i].counts.out, plain.accounting.channels[i].out);
        }
        EXPECT_EQ(status.accounting.coordination.in, plain.accounting.coordination.in)
            << "the lanes have found something else";
        expect_replay_equal(bench);
        EXPECT_TRUE(bench.stop());
    }
}

INSTANTIATE_TEST_SUITE_P(Channels, RuntimePause,
                         ::testing::Values(ChannelType::Tick, ChannelType::Ohlcv, ChannelType::Fmv),
                         [](const auto& channel) { return std::string(to_string(channel.param)); });

TEST(RuntimePause, TheSameEventsComeOfTradesOnlyAfterThePause) {
    RecordBatch tape = lively_tape(12, 1'000, 4);
    std::erase_if(tape.records, [](const Record& record) {
        return record.kind() == RecordKind::Bar || record.kind() == RecordKind::FairValue;
    });
    Bench whole(tape);
    whole.open();
    whole.settle();
    Bench bench(tape, 2);
    bench.feed().due = 0;
    bench.open();
    run_to(bench, 200);
    bench.command(PauseChannel{ChannelType::Tick});
    const auto before = bench.heard.total();
    run_to(bench, 500);
    EXPECT_EQ(bench.heard.total(), before) << "a paused lane has told something";
    bench.command(ResumeChannel{ChannelType::Tick});
    run_to(bench, tape.records.size());
    auto expected = whole.heard.of(whole.epoch());
    auto told = bench.heard.of(bench.epoch());
    EXPECT_GT(expected.size(), before + 20);
    std::sort(expected.begin(), expected.end());
    std::sort(told.begin(), told.end());
    EXPECT_EQ(told, expected);
}

TEST(RuntimePause, AllChannelsAtOnce) {
    const RecordBatch tape = lively_tape(13, 800, 6);
    Bench bench(tape, 2);
    bench.feed().due = 0;
    bench.open();
    std::size_t due = 0;
    for (int i = 0; i < 5; ++i) {
        run_to(bench, due += 70);
        for (const ChannelType channel :
             {ChannelType::Fmv, ChannelType::Tick, ChannelType::Ohlcv}) {
            EXPECT_EQ(bench.command(PauseChannel{channel}).code, Code::Done);
            run_to(bench, due += 5);
        }
        for (const ChannelType channel :
             {ChannelType::Tick, ChannelType::Ohlcv, ChannelType::Fmv}) {
            EXPECT_EQ(bench.command(ResumeChannel{channel}).code, Code::Done);
            run_to(bench, due += 5);
        }
    }
    run_to(bench, tape.records.size());
    expect_replay_equal(bench);
}

TEST(RuntimePause, WhatMemoryDoesNotHoldIsKeptOnTheDisk) {
    const RecordBatch tape = lively_tape(14, 20'000, 6);
    Bench bench(tape, 2);
    bench.feed().due = 0;
    bench.feed().longest = 500;
    bench.open();
    run_to(bench, 100);
    bench.command(PauseChannel{ChannelType::Tick});
    run_to(bench, 18'000);
    bench.command(ResumeChannel{ChannelType::Tick});
    run_to(bench, tape.records.size());
    const EngineStatus& status = bench.status();
    EXPECT_EQ(status.channels[0].counts.out, plain_run(tape).accounting.channels[0].out);
    expect_replay_equal(bench);
}

TEST(RuntimeCommands, UniversesAreSetChangedAndRemoved) {
    const RecordBatch tape = lively_tape(15, 900, 4);
    Bench bench(tape, 2);
    bench.config.pipeline.priority.drop_outside_universes = true;
    bench.config.universes.push_back({"core", {"YSYM", "ZSYM"}, true, ""});
    bench.feed().due = 0;
    bench.open();
    run_to(bench, 300);
    const CommandAnswer set = bench.command(SetUniverse{"mine", {SymbolText("XSYM")}, false});
    EXPECT_EQ(set.code, Code::Done);
    EXPECT_GT(set.sequence, 0U);
    const CommandAnswer again = bench.command(SetUniverse{"mine", {SymbolText("XSYM")}, false});
    EXPECT_EQ(again.code, Code::Done);
    EXPECT_EQ(again.sequence, 0U) << "nothing had to change";
    run_to(bench, 600);
    EXPECT_EQ(bench.status().control.universes->size(), 2U);
    EXPECT_EQ(bench.command(RemoveUniverse{"mine"}).code, Code::Done);
    EXPECT_EQ(bench.command(RemoveUniverse{"mine"}).code, Code::NotFound);
    run_to(bench, tape.records.size());
    const EngineStatus& status = bench.status();
    EXPECT_GT(status.accounting.priority.dropped_for(Reason::OutsideUniverses), 0U);
    EXPECT_EQ(status.control.universes->size(), 1U);
    expect_replay_equal(bench);
}

TEST(RuntimeCommands, AManualHaltMutesTheSymbolUntilItGoesOn) {
    const RecordBatch tape = lively_tape(16, 900, 3);
    for (const unsigned shards : {1U, 3U}) {
        Bench bench(tape, shards);
        bench.feed().due = 0;
        bench.open();
        EXPECT_EQ(bench.command(HaltSymbol{SymbolText("ZSYM"), true, "T1"}).code, Code::NotFound);
        run_to(bench, 300);
        EXPECT_EQ(bench.command(HaltSymbol{SymbolText("ZSYM"), true, "T1"}).code, Code::Done);
        run_to(bench, 600);
        EXPECT_EQ(bench.status().halted_symbols, 1U);
        EXPECT_EQ(bench.command(HaltSymbol{SymbolText("ZSYM"), false, "over"}).code, Code::Done);
        run_to(bench, tape.records.size());
        EXPECT_EQ(bench.status().halted_symbols, 0U);
        EXPECT_EQ(bench.status().events_by_type[static_cast<std::size_t>(EventType::Control)], 2U);
        expect_replay_equal(bench);
        EXPECT_TRUE(bench.stop());
    }
}

TEST(RuntimeCommands, ARuleIsSwitchedOffAndOn) {
    const RecordBatch tape = lively_tape(17, 900, 3);
    Bench bench(tape, 2);
    UserRule rule;
    rule.name = "cheap";
    rule.when = "price > 0";
    rule.cooldown = Nanos{0};
    bench.config.pipeline.rules.user.push_back(rule);
    bench.feed().due = 0;
    bench.open();
    const auto rule_events = [&] {
        return bench.status().events_by_type[static_cast<std::size_t>(EventType::Rule)];
    };
    run_to(bench, 300);
    const auto first = rule_events();
    EXPECT_GT(first, 0U);
    EXPECT_EQ(bench.command(SwitchRule{"cheap", false}).code, Code::Done);
    EXPECT_EQ(bench.command(SwitchRule{"cheap", false}).sequence, 0U);
    EXPECT_EQ(bench.command(SwitchRule{"dear", false}).code, Code::NotFound);
    run_to(bench, 600);
    EXPECT_EQ(rule_events(), first);
    EXPECT_EQ(bench.command(SwitchRule{"cheap", true}).code, Code::Done);
    run_to(bench, tape.records.size());
    EXPECT_GT(rule_events(), first);
    expect_replay_equal(bench);
}

TEST(RuntimeCommands, AnAnswerComesOnlyWhenTheJournalHasTheDecision) {
    Bench bench(lively_tape(18, 100, 3));
    bench.feed().due = 50;
    bench.open();
    bench.settle();
    bench.disk.set_faults([](MemoryDisk::Operation operation,
                             const std::string& path) -> std::optional<MemoryDisk::Fault> {
        const bool grows = operation == MemoryDisk::Operation::WriteAt ||
                           operation == MemoryDisk::Operation::Reserve;
        return grows && path.find("/journal/") != std::string::npos
                   ? std::optional(MemoryDisk::Fault{ENOSPC, 0, false})
                   : std::nullopt;
    });
    bool answered = false;
    bench.runtime->commands().post(
        {PauseChannel{ChannelType::Fmv}, "test", [&](const CommandAnswer& answer) {
             EXPECT_EQ(answer.code, Code::Done);
             answered = true;
         }});
    bench.run(20);
    EXPECT_FALSE(answered);
    bench.disk.set_faults(nullptr);
    bench.clock.advance(1s);
    bench.run(20);
    EXPECT_TRUE(answered);
}

TEST(RuntimeCommands, WhatComesAfterTheEndIsToldSo) {
    Bench bench(lively_tape(19, 100, 3));
    bench.open();
    bench.settle();
    Code code = Code::Done;
    CommandQueue& commands = bench.runtime->commands();
    commands.post({PauseChannel{ChannelType::Fmv}, "test",
                   [&](const CommandAnswer& answer) { code = answer.code; }});
    EXPECT_TRUE(bench.runtime->stop());
    EXPECT_EQ(code, Code::Stopping);
    EXPECT_FALSE(commands.post({PauseChannel{ChannelType::Fmv}, "test", [](CommandAnswer) {}}));
}

}  // namespace
}  // namespace tickstock

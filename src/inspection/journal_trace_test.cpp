// From a journal: the fate that each record met in the running engine, whatever people and starts
// did meanwhile, and from whatever state the trace begins.

#include "inspection/journal_trace.hpp"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "config/settings.hpp"
#include "inspection/test_journals.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::expect_traces_are_heard;
using testing::live_to;
using testing::lively_tape;
using testing::trace_journal;
using testing::whole;

std::string text_of(const TracedRecord& record) {
    std::string text = fmt::format("{}:", record.sequence().value());
    for (const FateStep& step : record.fate) {
        text +=
            fmt::format(" {} {} {} ×{}{} at {} ({})", to_string(step.stage),
                        to_string(step.outcome), step.reason ? to_string(*step.reason) : "",
                        step.count, step.released ? " released" : "", step.at.value(), step.note);
    }
    for (const TracedEvent& event : record.events) {
        text += "\n  " + event.body;
    }
    return text;
}

TEST(JournalTrace, OfAPlainRun) {
    Bench bench(lively_tape(101, 1'500, 5), 2);
    bench.config.journal.segment_bytes = 16 * 1024;
    bench.open();
    live_to(bench, 1'500);
    expect_traces_are_heard(bench);  // while the engine runs
    EXPECT_TRUE(bench.stop());
    expect_traces_are_heard(bench);
}

TEST(JournalTrace, WithAllThatPeopleMayDo) {
    Bench bench(lively_tape(102, 1'600, 4), 2);
    bench.config.journal.segment_bytes = 16 * 1024;
    bench.open();
    live_to(bench, 300);
    bench.command(HaltSymbol{SymbolText("ZSYM"), true, "news"});
    bench.command(PauseChannel{ChannelType::Tick});
    live_to(bench, 600);
    bench.command(PauseChannel{ChannelType::Ohlcv});
    live_to(bench, 800);
    bench.command(ResumeChannel{ChannelType::Tick});
    bench.command(HaltSymbol{SymbolText("ZSYM"), false, ""});
    live_to(bench, 1'000);
    bench.command(SetUniverse{"mine", {SymbolText("YSYM")}, true});
    bench.command(ResumeChannel{ChannelType::Ohlcv});
    live_to(bench, 1'600);
    expect_traces_are_heard(bench);
}

TEST(JournalTrace, OverStartsWithAndWithoutAnotherConfiguration) {
    Bench bench(lively_tape(103, 1'800, 4), 2);
    bench.open();
    live_to(bench, 600);
    EXPECT_TRUE(bench.stop());
    bench.open();  // goes on
    live_to(bench, 1'000);
    EXPECT_TRUE(bench.stop());
    bench.config.pipeline.trend.enabled = false;
    bench.config.pipeline.high_low.min_price_change *= 5;
    bench.open();  // a new epoch, warmed up
    live_to(bench, 1'800);
    EXPECT_TRUE(bench.runtime->recovery().new_epoch);
    expect_traces_are_heard(bench);
}

TEST(JournalTrace, SettingsThatChangeInTheMiddleActThere) {
    Bench bench(lively_tape(104, 1'600, 4), 2);
    bench.open();
    live_to(bench, 700);
    const Config before = bench.config;
    bench.config.pipeline.high_low.min_price_change *= 20;
    ASSERT_EQ(bench.command(Reconfigure{std::make_shared<const Config>(bench.config), "x"}).code,
              CommandAnswer::Code::Done);
    live_to(bench, 1'600);
    expect_traces_are_heard(bench);
    bench.config = before;  // whatever settings the asker has
    expect_traces_are_heard(bench);
}

TEST(JournalTrace, OfAnInputThatBeginsAgain) {
    Bench bench(lively_tape(105, 500, 3));
    bench.feed().loops = 2;
    bench.open();
    bench.settle();
    expect_traces_are_heard(bench);
}

TEST(JournalTrace, FromASnapshotItTellsTheSame) {
    for (const CoordinationMode mode : {CoordinationMode::Eager, CoordinationMode::Strict}) {
        Bench bench(lively_tape(106, 1'600, 5), 3);
        bench.config.pipeline.coordination.mode = mode;
        bench.config.journal.segment_bytes = 16 * 1024;
        bench.open();
        live_to(bench, 800, {400});
        bench.command(PauseChannel{ChannelType::Ohlcv});
        live_to(bench, 1'400, {1'000});
        bench.command(ResumeChannel{ChannelType::Ohlcv});
        live_to(bench, 1'600);
        const auto all = trace_journal(bench, whole("YSYM"));
        const auto newest = trace_journal(bench, {"YSYM", 60, Sequence{}, Sequence{}, {}});
        ASSERT_TRUE(all && newest && newest->tracer() != nullptr);
        EXPECT_NE(all->begin_kind(), "snapshot");
        EXPECT_EQ(newest->begin_kind(), "snapshot");
        EXPECT_GT(newest->begin().value(), 700U);
        EXPECT_EQ(newest->tracer()->check(), "");
        const auto& told = newest->tracer()->records();
        const auto& records = all->tracer()->records();
        ASSERT_EQ(told.size(), 60U);
        for (std::size_t i = 0; i < told.size(); ++i) {
            EXPECT_EQ(text_of(told[i]), text_of(records[records.size() - told.size() + i]));
        }
    }
}

TEST(JournalTrace, ARangeEndsWhereItIsToldTo) {
    Bench bench(lively_tape(107, 900, 3));
    bench.config.journal.segment_bytes = 16 * 1024;
    bench.open();
    live_to(bench, 900);
    const auto trace = trace_journal(bench, {"XSYM", 1'000, Sequence{200}, Sequence{400}, {}});
    ASSERT_TRUE(trace && trace->tracer() != nullptr);
    EXPECT_GE(trace->tracer()->records().front().sequence(), Sequence{200});
    EXPECT_LE(trace->tracer()->records().back().sequence(), Sequence{400});
    EXPECT_EQ(trace->through(), Sequence{400});
    EXPECT_EQ(trace->tracer()->check(), "");
    const auto newest = trace_journal(bench, {"XSYM", 10, Sequence{}, Sequence{400}, {}});
    ASSERT_TRUE(newest && newest->tracer() != nullptr);
    EXPECT_EQ(newest->tracer()->records().size(), 10U);
    EXPECT_EQ(newest->tracer()->records().back().sequence(),
              trace->tracer()->records().back().sequence());
}

TEST(JournalTrace, KnowsWhichSymbolsThereAre) {
    Bench bench(lively_tape(108, 200, 3));
    bench.open();
    live_to(bench, 200);
    const auto trace = trace_journal(bench, {"NOPE", 10, Sequence{}, Sequence{}, {}});
    ASSERT_NE(trace, nullptr);
    EXPECT_EQ(trace->tracer(), nullptr);
    EXPECT_EQ(trace->symbols().size(), 3U);
}

TEST(JournalTrace, WithoutAJournalSaysSo) {
    MemoryDisk disk;
    JournalTrace trace({disk, "data", {}, 0}, whole("UP"));
    EXPECT_EQ(trace.step(10), JournalTrace::Progress::Failed);
    EXPECT_NE(trace.failure().message.find("data/journal"), std::string::npos);
}

}  // namespace
}  // namespace tickstock

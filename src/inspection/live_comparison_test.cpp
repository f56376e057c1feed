// Two configurations over a running engine's journal: what is counted is what an offline run over
// the same journal finds.

#include "inspection/live_comparison.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "engine/configuration_text.hpp"
#include "inspection/comparison_report.hpp"
#include "inspection/test_journals.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::live_to;
using testing::lively_tape;

/// Highs and lows of a symbol are 30 s apart at least.
Result<Config> other_config(const Config& config,
                            const std::map<std::string, std::string>& settings) {
    if (settings.contains("no.such")) {
        return Error{"no.such: unknown"};
    }
    Config other = config;
    if (!settings.contains("nothing")) {
        other.pipeline.high_low.cooldown = 30s;
    }
    return other;
}

bool holds_in_time(const std::function<bool()>& condition) {
    for (const auto end = std::chrono::steady_clock::now() + 30s;
         std::chrono::steady_clock::now() < end; std::this_thread::sleep_for(5ms)) {
        if (condition()) {
            return true;
        }
    }
    return false;
}

struct Live {
    explicit Live(Bench& bench)
        : comparison(bench.disk, bench.config, clock, [&bench](const auto& settings) {
              return other_config(bench.config, settings);
          }) {}

    std::optional<Error> start(const std::string& setting = "high_low.cooldown_seconds") {
        std::promise<std::optional<Error>> answer;
        EXPECT_TRUE(comparison.start({{{setting, "30"}}, "test", "a question"},
                                     [&](std::optional<Error> error) { answer.set_value(error); }));
        auto future = answer.get_future();
        EXPECT_EQ(future.wait_for(30s), std::future_status::ready);
        return future.get();
    }
    bool says(const std::string& text) const {
        return comparison.status(0).find(text) != std::string::npos;
    }
    bool reads_through(std::uint64_t sequence) const {
        return holds_in_time(
            [&] { return says("\"read_through\":" + std::to_string(sequence) + ","); });
    }

    SystemClock clock;
    LiveComparison comparison;
};

/// The counts that the journal as a whole gives, found in one go; what is awaited still is not.
std::string offline_counts(Bench& bench, UnixNanos after = UnixNanos{}) {
    ComparisonTally tally(100, ComparisonTally::Keep::Newest);
    const Config other = other_config(bench.config, {}).value();
    const std::atomic<bool> is_cancelled{false};
    auto comparison = JournalComparison::open(
        {bench.disk, bench.config.data.directory + "/journal", bench.config, other, is_cancelled},
        [&](const ComparisonOutcome& outcome) {
            const ComparedEvent& one = outcome.a != nullptr ? *outcome.a : *outcome.b;
            if (one.event.detection.key.fire > after) {
                tally.add(outcome);
            }
        });
    EXPECT_TRUE(comparison.ok());
    while ((*comparison)->step(1) == JournalComparison::Progress::More) {
    }
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    write_tally(json, tally.total());
    json.end_object();
    EXPECT_GT(tally.total().only_a, 0U) << "the settings make no difference: nothing is tested";
    return "\"counts\":" + text;
}

TEST(LiveComparison, CountsWhatAnOfflineRunOverTheSameJournalFinds) {
    Bench bench(lively_tape(401, 3000, 4));
    bench.open();
    Live live(bench);
    ASSERT_FALSE(live.start());
    ASSERT_TRUE(holds_in_time([&] { return live.says("\"catching_up\":false"); }));
    live_to(bench, 3000);
    ASSERT_TRUE(live.reads_through(bench.status().last_sequence));
    EXPECT_TRUE(live.says(offline_counts(bench))) << live.comparison.status(0);
    EXPECT_TRUE(live.says("\"running\":true"));
    EXPECT_TRUE(live.comparison.stop());
    EXPECT_FALSE(live.comparison.stop());
    EXPECT_TRUE(live.says("\"running\":false"));
    EXPECT_TRUE(live.says(offline_counts(bench))) << "what was found stays";
}

TEST(LiveComparison, WhatWasBeforeItHadCaughtUpIsNotCounted) {
    Bench bench(lively_tape(402, 3000, 4));
    bench.open();
    live_to(bench, 3000);
    Live live(bench);
    ASSERT_FALSE(live.start());
    ASSERT_TRUE(holds_in_time([&] { return live.says("\"catching_up\":false"); }));
    EXPECT_TRUE(live.says("\"counts\":{\"a\":0,\"b\":0,")) << live.comparison.status(0);
}

TEST(LiveComparison, OneAtATimeAndAnotherAfterIt) {
    Bench bench(lively_tape(403, 300, 2));
    bench.open();
    live_to(bench, 300);
    Live live(bench);
    ASSERT_FALSE(live.start());
    EXPECT_FALSE(live.comparison.start({}, [](const auto&) { FAIL() << "it was refused"; }));
    EXPECT_TRUE(live.comparison.stop());
    EXPECT_FALSE(live.start());
}

TEST(LiveComparison, WhatCannotBeComparedIsSaid) {
    Bench bench(lively_tape(404, 300, 2));
    bench.open();
    live_to(bench, 300);
    Live live(bench);
    const auto unknown = live.start("no.such");
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->message, "no.such: unknown");
    EXPECT_TRUE(live.says("\"running\":false"));
    const auto same = live.start("nothing");
    ASSERT_TRUE(same);
    EXPECT_NE(same->message.find("nothing to compare"), std::string::npos);
}

}  // namespace
}  // namespace tickstock

// Rows that clients push: into the journal once, whatever happens on the way.

#include "engine/push_source.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::decisions_of;
using testing::replay;
using testing::ten_o_clock;
using Taken = PushQueue::Taken;

/// Row number `number` of a client: prices rise, so that nearly each is a high.
std::string row(std::uint64_t number, const std::string& symbol = "UP") {
    return fmt::format(R"({{"symbol":"{}","price":{}.5,"size":100,"timestamp":{}}})"
                       "\n",
                       symbol, 100 + number,
                       (ten_o_clock + 3 * static_cast<std::int64_t>(number)) * 1'000);
}

std::string rows(std::uint64_t first, std::uint64_t last, const std::string& symbol = "UP") {
    std::string text;
    for (std::uint64_t number = first; number <= last; ++number) {
        text += row(number, symbol);
    }
    return text;
}

/// An engine that nothing but pushed rows feeds.
class PushBench : public Bench {
public:
    PushBench() : Bench(RecordBatch{}) {
        config.source.clock = SourceClock::Event;
        more_sources = [this](std::vector<std::unique_ptr<LiveSource>>& sources) {
            auto source = std::make_unique<PushSource>(settings, SourceClock::Event, 300s, clock);
            push = source.get();
            sources.push_back(std::move(source));
        };
    }
    Taken submit(const std::string& client, std::uint64_t first, std::string text) {
        return push->submit({client, first, std::move(text),
                             [this](PushResult result) { results.push_back(std::move(result)); }});
    }
    /// Submits, and runs until it is answered.
    PushResult send(const std::string& client, std::uint64_t first, std::string text) {
        const std::size_t before = results.size();
        EXPECT_EQ(submit(client, first, std::move(text)), Taken::Yes);
        EXPECT_TRUE(run_until([&] { return results.size() > before; }, 1'000));
        return results.back();
    }
    void start() {
        open();
        round();  // sources start with the first step
    }

    PushSettings settings;
    PushSource* push = nullptr;
    std::vector<PushResult> results;
};

TEST(PushSource, RowsBecomeRecordsAndAreAnsweredWhenTheJournalHasThem) {
    PushBench bench;
    bench.start();
    const PushResult result = bench.send("ann/feed", 1, rows(1, 20));
    EXPECT_EQ(result.code, PushResult::Code::Done);
    EXPECT_EQ(result.rows, 20U);
    EXPECT_EQ(result.accepted, 20U);
    EXPECT_EQ(result.through, 20U);
    EXPECT_EQ(bench.push->through("ann/feed"), 20U);
    bench.settle();
    const auto& told = bench.heard.of(bench.epoch());
    ASSERT_GT(told.size(), 10U);
    EXPECT_THAT(told.front(), ::testing::HasSubstr(R"("source":"websocket")"));
    const auto again = replay(bench.disk, bench.config);
    EXPECT_EQ(again.records, 20U);
    EXPECT_EQ(again.hashes.back(), bench.stream->hash());
    ASSERT_EQ(decisions_of<PushedBy>(again).size(), 1U);
    EXPECT_EQ(decisions_of<PushedBy>(again)[0].client, "ann/feed");
}

TEST(PushSource, ARepeatedNumberCountsOnce) {
    PushBench bench;
    bench.start();
    bench.send("a", 1, rows(1, 10));
    const PushResult again = bench.send("a", 6, rows(6, 15));
    EXPECT_EQ(again.duplicates, 5U);
    EXPECT_EQ(again.accepted, 5U);
    EXPECT_EQ(again.through, 15U);
    EXPECT_EQ(bench.send("b", 1, rows(16, 17)).accepted, 2U) << "another client's numbers";
    EXPECT_EQ(bench.send("", 0, rows(18, 19)).duplicates, 0U);
    EXPECT_EQ(bench.send("", 0, rows(18, 19)).duplicates, 0U) << "nobody numbers them";
    EXPECT_EQ(replay(bench.disk, bench.config).records, 21U);
    EXPECT_EQ(bench.status().accounting.sources.dropped_for(Reason::Duplicate), 5U);
}

TEST(PushSource, BadRowsAreToldByLineAndHarmNoOther) {
    PushBench bench;
    bench.start();
    const PushResult result = bench.send(
        "a", 1,
        row(1) + "\n  \nnonsense\n" + row(3) + R"({"symbol":"UP","price":-1,"timestamp":1})");
    EXPECT_EQ(result.rows, 4U);
    EXPECT_EQ(result.accepted, 2U);
    EXPECT_EQ(result.rejected, 2U);
    EXPECT_EQ(result.through, 4U);
    ASSERT_EQ(result.first_rejected.size(), 2U);
    EXPECT_EQ(result.first_rejected[0].line, 4U);
    EXPECT_EQ(result.first_rejected[0].reason, Reason::Malformed);
    EXPECT_EQ(result.first_rejected[0].excerpt, "nonsense");
    EXPECT_EQ(result.first_rejected[1].line, 6U);
    EXPECT_EQ(result.first_rejected[1].reason, Reason::PriceOutOfRange);
    const PushResult nothing_good = bench.send("a", 5, "{\n");
    EXPECT_EQ(nothing_good.rejected, 1U);
    EXPECT_EQ(nothing_good.sequence, 0U);
}

TEST(PushSource, AFullQueueTakesNothing) {
    PushBench bench;
    bench.settings.queue_bytes = 4'096;
    bench.start();
    std::size_t taken = 0;
    while (bench.submit("a", 1 + 10 * taken, rows(1 + 10 * taken, 10 + 10 * taken)) == Taken::Yes) {
        ASSERT_LT(++taken, 100U);
    }
    EXPECT_GE(taken, 3U);
    EXPECT_LE(bench.push->queued_bytes(), 4'096U);
    EXPECT_TRUE(bench.run_until([&] { return bench.results.size() == taken; }, 1'000));
    EXPECT_EQ(bench.push->queued_bytes(), 0U);
    EXPECT_EQ(bench.submit("a", 1 + 10 * taken, rows(1, 1)), Taken::Yes);
    bench.settle();
    EXPECT_EQ(bench.results.size(), taken + 1);
}

TEST(PushSource, AStoppingEngineSaysSo) {
    PushBench bench;
    bench.start();
    bench.send("a", 1, rows(1, 5));
    PushSource* const push = bench.push;
    bench.submit("a", 6, rows(6, 9));  // never polled
    bench.runtime->drain();
    EXPECT_TRUE(bench.run_until([&] { return bench.runtime->drained(); }));
    EXPECT_EQ(bench.results.back().code, PushResult::Code::Stopping);
    EXPECT_EQ(push->submit({"a", 6, rows(6, 9), [](PushResult) { FAIL(); }}), Taken::Stopped);
    EXPECT_TRUE(bench.runtime->stop());
}

TEST(PushSource, NothingIsAnsweredBeforeTheJournalHasIt) {
    PushBench bench;
    bench.config.journal.durability = Durability::Always;
    bench.start();
    bench.settle();
    bench.sync_stalls = true;
    ASSERT_EQ(bench.submit("a", 1, rows(1, 5)), Taken::Yes);
    bench.run(200);
    EXPECT_TRUE(bench.results.empty()) << "not on the disk";
    bench.sync_stalls = false;
    bench.settle();
    ASSERT_EQ(bench.results.size(), 1U);
    EXPECT_EQ(bench.results[0].accepted, 5U);
}

/// Killed at any moment, with snapshots on the way; two clients start over from where `through`
/// says, or from the very beginning: every row is in the journal once, in its client's order.
TEST(PushSource, EveryRowCountsOnceOverKills) {
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U}) {
        PushBench bench;
        bench.random.seed(seed);
        bench.config.journal.durability = seed % 2 == 0 ? Durability::Always : Durability::Interval;
        constexpr std::uint64_t all = 400;
        std::array<std::uint64_t, 2> next{1, 1};
        const std::array<std::string, 2> names{"ann/x", "bob/y"};
        const std::array<std::string, 2> symbols{"AA", "BB"};
        int kills = 0;
        bench.start();
        while (next[0] <= all || next[1] <= all) {
            const std::size_t who = bench.random() % 2;
            if (next[who] <= all) {
                const std::uint64_t last = std::min(all, next[who] + bench.random() % 30);
                bench.submit(names[who], next[who], rows(next[who], last, symbols[who]));
                next[who] = last + 1;
            }
            bench.run(static_cast<int>(bench.random() % 4));
            if (bench.random() % 8 == 0) {
                bench.pass(61s, 1s);  // a snapshot
            }
            if (kills < 12 && bench.random() % 5 == 0) {
                ++kills;
                if (bench.config.journal.durability == Durability::Always) {
                    bench.cut_power(bench.random());
                } else {
                    bench.kill();
                }
                std::size_t answered_rows = 0;
                for (const PushResult& result : bench.results) {
                    answered_rows += result.accepted;
                }
                bench.results.clear();
                bench.start();
                (void)answered_rows;
                for (std::size_t i = 0; i < 2; ++i) {
                    next[i] = bench.random() % 2 == 0 ? 1 : bench.push->through(names[i]) + 1;
                }
            }
        }
        bench.settle();
        EXPECT_GT(kills, 3);
        const auto again = replay(bench.disk, bench.config);
        EXPECT_EQ(again.records, 2 * all) << "seed " << seed;
        EXPECT_EQ(again.hashes.back(), bench.stream->hash());
        EXPECT_TRUE(bench.stop());
    }
}

/// Source ids mean other sources when other inputs begin: nobody is credited with their numbers.
TEST(PushSource, AnotherInputsNumbersAreNoClients) {
    PushBench bench;
    bench.start();
    bench.send("a", 1, rows(1, 5));
    bench.kill();
    bench.feeds.front()->tape = testing::rising_tape(20);
    for (Record& record : bench.feeds.front()->tape.records) {
        record.header().source_sequence = 1'000'000;
    }
    bench.feeds.front()->identity = "another";
    bench.more_sources = {};
    bench.add_feed(testing::rising_tape(20));  // stands where the pushed rows stood
    for (Record& record : bench.feeds.back()->tape.records) {
        record.header().source_sequence = 1'000'000;
    }
    bench.open();
    bench.settle();
    bench.kill();
    PushBench fresh;  // for its way to open a push source
    bench.feeds.pop_back();
    bench.more_sources = [&](std::vector<std::unique_ptr<LiveSource>>& sources) {
        auto source =
            std::make_unique<PushSource>(PushSettings{}, SourceClock::Event, 300s, bench.clock);
        bench.push = source.get();
        sources.push_back(std::move(source));
    };
    bench.start();
    EXPECT_EQ(bench.push->through("a"), 5U);
}

TEST(PushSource, AStartRemembersAsManyClientsAsTheSettingsSay) {
    PushBench bench;
    bench.config.source.push.clients = 20'000;
    bench.start();
    for (int i = 0; i < 12'000; ++i) {
        bench.submit("c" + std::to_string(i), 1, row(1));
        if (i % 50 == 0) {
            bench.run(3);
        }
    }
    bench.settle();
    bench.kill();
    bench.start();
    EXPECT_EQ(bench.push->through("c0"), 1U);
    EXPECT_EQ(bench.push->through("c11999"), 1U);
}

TEST(PushClients, TheOldestAreForgottenFirst) {
    PushClients clients;
    clients.set_limit(2);
    clients.reached("a", 5);
    clients.reached("b", 6);
    clients.reached("a", 4);
    clients.reached("c", 7);
    EXPECT_EQ(clients.through("a"), 5U) << "a number never goes back";
    EXPECT_EQ(clients.through("b"), 0U);
    EXPECT_EQ(clients.through("c"), 7U);
    clients.set_current(SourceId{3}, "a");
    StateWriter out;
    clients.archive(out);
    const std::string saved = out.take();
    StateReader in(saved);
    PushClients loaded;
    loaded.set_limit(2);
    loaded.archive(in);
    EXPECT_TRUE(in.ok());
    EXPECT_EQ(loaded.all(), clients.all());
    EXPECT_EQ(loaded.current(SourceId{3}), "a");
}

}  // namespace
}  // namespace tickstock

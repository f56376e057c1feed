// A start without a journal goes on with what the history knows of the open session.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using testing::Bench;
using testing::decisions_of;
using ::testing::HasSubstr;
using testing::replay;
using testing::rising_tape;
using testing::ten_o_clock;

RestoredSession known(Price high, Price low, std::uint32_t highs) {
    RestoredSession restored;
    restored.symbol = SymbolText("UP");
    restored.session.last = from_unix_second(ten_o_clock - 60);
    restored.session.open = Price::from_cents(10'000);
    restored.session.high = high;
    restored.session.low = low;
    restored.session.high_ts = restored.session.low_ts = restored.session.last;
    restored.session.highs = highs;
    return restored;
}

TEST(RestoreSessions, ATradeInsideTheKnownExtremesIsNoNews) {
    for (const unsigned shards : {1U, 3U}) {
        const RecordBatch tape = rising_tape(20);  // 100 USD, 1 % up each
        Bench bench(tape, shards);
        const Price tenth = tape.records[9].trade().price;
        bench.history = [&] { return std::vector{known(tenth, Price::from_cents(9'000), 7)}; };
        bench.open();
        bench.settle();
        EXPECT_EQ(bench.runtime->recovery().sessions_restored, 1U);
        const auto& told = bench.heard.of(bench.epoch());
        ASSERT_FALSE(told.empty());
        std::vector<std::string> highs;
        for (const std::string& body : told) {
            if (body.find(R"("type":"high")") != std::string::npos) {
                highs.push_back(body);
            }
            EXPECT_EQ(body.find(R"("type":"low")"), std::string::npos);
        }
        ASSERT_FALSE(highs.empty());
        EXPECT_THAT(highs[0], HasSubstr(R"("count_up":8)")) << "the count goes on";
        EXPECT_THAT(highs[0], HasSubstr(R"("session_low":90,)"));
        const auto again = replay(bench.disk, bench.config, 2);
        EXPECT_EQ(again.hashes.back(), bench.stream->hash());
        EXPECT_EQ(decisions_of<RestoreSessions>(again).size(), 1U);
        EXPECT_TRUE(bench.stop());
        // The next start has a journal: the history is not asked.
        bench.history = [] {
            ADD_FAILURE() << "asked again";
            return std::vector<RestoredSession>{};
        };
        bench.open();
        bench.settle();
    }
}

TEST(RestoreSessions, AnOlderSessionIsForgottenWithTheFirstTrade) {
    Bench bench(rising_tape(3));
    bench.history = [] {
        RestoredSession old = known(Price::from_cents(99'900), Price::from_cents(1), 9);
        old.session.last -= std::chrono::hours(48);
        return std::vector{old};
    };
    bench.open();
    bench.settle();
    const auto& told = bench.heard.of(bench.epoch());
    ASSERT_FALSE(told.empty());
    EXPECT_THAT(told[0], HasSubstr(R"("count_up":1)"));
}

}  // namespace
}  // namespace tickstock

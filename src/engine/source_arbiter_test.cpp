// Several live sources for one symbol: which one's records are taken.

#include "engine/source_arbiter.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/price.hpp"
#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::decisions_of;
using testing::replay;
using testing::ten_o_clock;

class NamedSource final : public LiveSource {
public:
    explicit NamedSource(bool covers_all = true) : covers_all_(covers_all) {}
    Poll poll(Nanos, RecordBatch&) override { return {}; }
    std::string name() const override { return "named"; }
    std::string detail() const override { return ""; }
    std::string identity() const override { return ""; }
    void resume(std::uint64_t, std::uint64_t) override {}
    bool covers(std::string_view, RecordKind) const override { return covers_all_; }
    StageCounts counts() const override { return {}; }

private:
    bool covers_all_;
};

/// Two or three sources, the best first; symbols 0 and 1 known to all.
class Arbiter : public ::testing::Test {
protected:
    Arbiter() {
        symbols.intern("AA");
        symbols.intern("BB");
        for (std::uint16_t i = 0; i < 2; ++i) {
            arbiter.add(SourceId{i}, sources[i]);
        }
    }
    Record trade(int ms, std::uint32_t symbol = 0) {
        Trade trade;
        trade.header.symbol = SymbolId{symbol};
        trade.header.ts_event = from_unix_second(ten_o_clock) + ms * 1ms;
        trade.header.ts_recv = trade.header.ts_event + 20ms;
        trade.price = Price::from_cents(10'000 + ms);
        trade.size = Size::from_shares(1);
        return trade;
    }
    /// Offsets in ms of what is taken of the source's trades at these times.
    std::vector<int> offer(std::uint16_t source, std::vector<int> times, std::uint32_t symbol = 0) {
        std::vector<Record> records;
        for (const int ms : times) {
            records.push_back(trade(ms, symbol));
        }
        offered += records.size();
        const std::vector<int> taken = filter(arbiter, source, records);
        taken_total += taken.size();
        EXPECT_EQ(offered, taken_total + arbiter.standby() + arbiter.held());
        return taken;
    }
    /// Times in ms of what is taken, released ones first.
    std::vector<int> filter(SourceArbiter& by, std::uint16_t source, std::vector<Record> records,
                            const std::string* client = nullptr) {
        released.clear();
        by.filter({SourceId{source}, ids, client, records}, symbols, released);
        std::vector<int> taken;
        const auto add = [&](const Record& record) {
            taken.push_back(
                static_cast<int>((record.header().ts_event - from_unix_second(ten_o_clock)) / 1ms));
        };
        for (const SourceArbiter::Released& group : released) {
            std::ranges::for_each(group.records, add);
        }
        std::ranges::for_each(records, add);
        return taken;
    }
    using Times = std::vector<int>;

    std::array<NamedSource, 2> sources;
    SymbolTable symbols;
    std::vector<SymbolId> ids{SymbolId{0}, SymbolId{1}};
    SourceArbiter arbiter{5s};
    std::vector<SourceArbiter::Released> released;
    std::size_t offered = 0;
    std::size_t taken_total = 0;
};

TEST_F(Arbiter, TheBetterOneIsTakenWhileItIsFresh) {
    EXPECT_EQ(offer(0, {0, 100}), (Times{0, 100}));
    EXPECT_EQ(offer(1, {0, 100, 200}), Times{});
    EXPECT_EQ(offer(0, {200, 300}), (Times{200, 300}));
    EXPECT_EQ(arbiter.held(), 3U);
    EXPECT_EQ(arbiter.switches(SourceId{0}), 0U);
}

TEST_F(Arbiter, BeforeTheBetterOneSpeaksTheOtherIsTaken) {
    EXPECT_EQ(offer(1, {0, 100}), (Times{0, 100}));
    EXPECT_EQ(offer(0, {0, 100, 200}), Times{200}) << "what was taken is not taken again";
    EXPECT_EQ(offer(1, {300}), Times{});
}

TEST_F(Arbiter, WhenItGoesStaleTheNextGoesOnWithoutAHole) {
    offer(0, {0, 1'000});
    EXPECT_EQ(offer(1, {0, 1'000, 2'000, 4'000, 5'900}), Times{});
    EXPECT_EQ(offer(1, {6'001}), (Times{2'000, 4'000, 5'900, 6'001})) << "held until then";
    EXPECT_EQ(arbiter.switches(SourceId{0}), 1U);
    EXPECT_EQ(offer(1, {7'000}), Times{7'000});
    EXPECT_EQ(arbiter.switches(SourceId{0}), 1U) << "once";
    EXPECT_EQ(offer(0, {2'000, 4'000, 6'001, 7'000, 8'000}), Times{8'000}) << "back again";
    EXPECT_EQ(offer(1, {8'000, 9'000}), Times{});
}

TEST_F(Arbiter, AToldGapSwitchesAtOnce) {
    offer(0, {0, 1'000});
    offer(1, {0, 1'000, 1'100});
    arbiter.set_down(SourceId{0});
    EXPECT_EQ(offer(1, {1'200}), (Times{1'100, 1'200}));
    EXPECT_EQ(offer(0, {1'100, 1'200, 1'300}), Times{1'300});
}

TEST_F(Arbiter, ASourceThatHasNotTheSymbolIsNoRival) {
    NamedSource first(false);
    SourceArbiter other(5s);
    other.add(SourceId{0}, first);
    other.add(SourceId{1}, sources[1]);
    filter(other, 0, {trade(0, 0)});
    EXPECT_EQ(filter(other, 1, {trade(10, 1)}).size(), 1U);
    EXPECT_TRUE(filter(other, 1, {trade(20, 0)}).empty()) << "of that one it has records";
}

TEST_F(Arbiter, HeldRowsStayTheirClients) {
    const std::string ann = "ann/a";
    const std::string bob = "bob/b";
    filter(arbiter, 0, {trade(0)});
    filter(arbiter, 1, {trade(100), trade(200)}, &ann);
    filter(arbiter, 1, {trade(300)}, &bob);
    filter(arbiter, 1, {trade(400)}, &ann);
    EXPECT_EQ(arbiter.held(), 4U);
    EXPECT_EQ(filter(arbiter, 1, {trade(5'001)}, &bob), (Times{100, 200, 300, 400, 5'001}));
    ASSERT_EQ(released.size(), 3U);
    EXPECT_EQ(released[0].client, ann);
    EXPECT_EQ(released[0].records.size(), 2U);
    EXPECT_EQ(released[1].client, bob);
    EXPECT_EQ(released[2].client, ann);
}

TEST_F(Arbiter, AtOneTimeAsManyAsTheOtherHadAreTheSame) {
    offer(0, {0, 1'000, 1'000});
    arbiter.set_down(SourceId{0});
    EXPECT_EQ(offer(1, {1'000, 1'000, 1'000, 1'001}), (Times{1'000, 1'001}))
        << "the third was not taken before";
}

TEST_F(Arbiter, ACopyWithFinerTimesIsNoOther) {
    offer(0, {1'000});
    arbiter.set_down(SourceId{0});
    Record copy = trade(1'000);
    copy.header().ts_event += 400us;
    EXPECT_TRUE(filter(arbiter, 1, {copy}).empty()) << "the wire has ms";
}

/// Two feeds of the same market, each with outages of its own and one behind the other: every
/// moment that either has is taken once, in order.
TEST_F(Arbiter, NothingIsDoubledAndWhatOneHasIsTaken) {
    for (const unsigned seed : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U}) {
        std::mt19937 random(seed);
        SourceArbiter one(2s);
        one.add(SourceId{0}, sources[0]);
        one.add(SourceId{1}, sources[1]);
        std::vector<int> taken;
        std::set<int> missing;
        bool out = false;
        for (int ms = 0; ms < 200'000; ms += 10) {
            if (ms % 5'000 == 0) {
                out = random() % 3 == 0;
            }
            for (std::uint16_t source = 0; source < 2; ++source) {
                if (source == 0 && out) {
                    continue;
                }
                std::ranges::copy(filter(one, source, {trade(ms)}), std::back_inserter(taken));
            }
        }
        EXPECT_TRUE(std::is_sorted(taken.begin(), taken.end()));
        EXPECT_EQ(std::adjacent_find(taken.begin(), taken.end()), taken.end()) << "doubled";
        // An outage that ends before the first one is stale leaves its hole: at most 2 s each.
        EXPECT_GT(taken.size(), 18'000U);
    }
}

/// Through the whole engine: live sources of a tape each, the second takes over and gives back.
TEST(RuntimeSources, TheStreamGoesOnWhenTheBetterSourceGoesStale) {
    const RecordBatch tape = testing::rising_tape(60, 1s);
    Bench bench(tape);
    bench.add_feed(tape);
    for (const auto& feed : bench.feeds) {
        feed->rule.live = true;
        feed->rule.clock_event = true;
        feed->identity = "live";
        feed->ends = false;
        feed->due = 20;
        feed->longest = 1;
    }
    bench.open();
    bench.settle();
    bench.feeds[1]->due = 60;  // the first one has fallen silent
    bench.settle();
    bench.feeds[0]->due = 60;
    bench.settle();
    const auto again = replay(bench.disk, bench.config);
    EXPECT_EQ(again.records, 60U) << "each trade once";
    EXPECT_EQ(again.hashes.back(), bench.stream->hash());
    EXPECT_TRUE(decisions_of<SourceGap>(again).empty()) << "a quiet source is no broken one";
    const EngineStatus& status = bench.status();
    EXPECT_EQ(status.sources[0].switches, 1U);
    EXPECT_EQ(
        status.accounting.sources.dropped_for(Reason::Standby) + status.accounting.sources.held,
        60U);
    EXPECT_TRUE(bench.stop());
}

}  // namespace
}  // namespace tickstock

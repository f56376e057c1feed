#include "engine/live_engine.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace tickstock {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t ten_o_clock = 1'709'650'800;

/// Trades of one symbol, a second apart unless told otherwise, each 1 % above the last.
class RisingReader final : public RecordReader {
public:
    explicit RisingReader(int trades, Nanos apart = std::chrono::seconds(1),
                          Nanos before_last = Nanos{0})
        : left_(trades), apart_(apart), before_last_(before_last) {}

    bool read(RecordBatch& batch) override {
        batch.clear();
        if (left_ == 0) {
            return false;
        }
        if (price_ == 10'000) {
            batch.new_symbols.emplace_back("UP");
        }
        Trade trade;
        trade.header.symbol = SymbolId{0};
        trade.header.ts_event = next_;
        next_ += left_ == 2 ? apart_ + before_last_ : apart_;
        trade.header.ts_recv = trade.header.ts_event;
        trade.price = Price::from_cents(price_);
        trade.size = Size::from_shares(100);
        price_ += price_ / 100;
        batch.records.emplace_back(trade);
        --left_;
        ++counts_.in;
        ++counts_.out;
        return true;
    }
    StageCounts counts() const override { return counts_; }

private:
    int left_;
    const Nanos apart_;
    const Nanos before_last_;
    UnixNanos next_ = from_unix_second(ten_o_clock);
    std::int64_t price_ = 10'000;
    StageCounts counts_;
};

LiveInput rising_input(int trades, double speed, bool loop) {
    LiveInput input;
    input.name = "rising";
    input.speed = speed;
    input.source =
        std::make_unique<PacedSource>([trades] { return std::make_unique<RisingReader>(trades); },
                                      PacedSourceOptions{speed, loop, std::nullopt});
    return input;
}

/// Waits, bounded, for what the engine's thread shall bring about.
template <class Condition>
bool eventually(Condition condition) {
    for (int i = 0; i < 2000; ++i) {
        if (condition()) {
            return true;
        }
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

std::unique_ptr<MultiChannelSystem> new_system() {
    return MultiChannelSystem::create(PipelineSettings{}, 1).value();
}

TEST(LiveEngine, PublishesEveryEventAndSaysThatTheInputHasEnded) {
    const SystemClock clock;
    EventStream stream(make_epoch(), {});
    LiveEngine engine(Config{}, new_system(), rising_input(11, 0, false), stream, clock);
    engine.start();
    ASSERT_TRUE(eventually([&] {
        const auto status = engine.status();
        return status && status->sources[0].state == "ended";
    }));
    engine.stop();
    const auto status = engine.status();
    EXPECT_TRUE(status->ready);
    EXPECT_TRUE(status->accounting.closes());
    EXPECT_EQ(status->accounting.sources.out, 11U);
    EXPECT_EQ(status->batch_latency_by_kind[static_cast<std::size_t>(SourceKind::Tick)].count(),
              status->batch_latency.count());
    EXPECT_EQ(status->batch_latency_by_kind[static_cast<std::size_t>(SourceKind::Ohlcv)].count(),
              0U);
    EXPECT_EQ(stream.range().last.value(), 10U);  // every trade but the first is a high
    EXPECT_EQ(status->events_by_type[static_cast<std::size_t>(EventType::High)], 10U);
}

TEST(LiveEngine, EveryLoopIsANewEpochWithEmptyState) {
    const SystemClock clock;
    EventStream stream(make_epoch(), {});
    const std::string first_epoch = stream.range().epoch;
    LiveEngine engine(Config{}, new_system(), rising_input(5, 0, true), stream, clock);
    engine.start();
    ASSERT_TRUE(eventually([&] { return stream.range().epoch != first_epoch; }));
    engine.stop();
    EXPECT_LE(stream.range().last.value(), 4U);  // offsets begin at 1 again
    EXPECT_TRUE(engine.status()->accounting.closes());
    EXPECT_GT(stream.counts().out, 4U);
    const auto trades =
        engine.status()->records_by_kind[static_cast<std::size_t>(RecordKind::Trade)];
    EXPECT_EQ(trades, engine.status()->accounting.sequencer.out) << "a loop must not set it back";
    EXPECT_EQ(engine.status()->channels[0].events, engine.status()->accounting.coordination.in);
}

TEST(LiveEngine, APendingHighComesOutAtItsDeadlineWithoutAnyRecord) {
    const SystemClock clock;
    EventStream stream(make_epoch(), {});
    LiveInput input;
    input.name = "quiet";
    input.speed = 1;
    input.source =
        std::make_unique<PacedSource>([] { return std::make_unique<RisingReader>(4, 50ms, 1h); },
                                      PacedSourceOptions{1, false, from_unix_second(ten_o_clock)});
    LiveEngine engine(Config{}, new_system(), std::move(input), stream, clock);
    EXPECT_EQ(new_system()->next_deadline(), time_never);
    engine.start();
    // The second trade is a high, the third waits for the cooldown, the fourth is an hour away.
    EXPECT_TRUE(eventually([&] { return stream.range().last.value() == 2; }));
    engine.stop();
    EXPECT_EQ(engine.status()->accounting.sequencer.out, 3U);
    EXPECT_TRUE(engine.status()->ready);
}

TEST(LiveEngine, ADisabledChannelIsShutDownAndNotMissing) {
    const SystemClock clock;
    EventStream stream(make_epoch(), {});
    Config config;
    config.pipeline.channels[2].enabled = false;
    LiveEngine engine(config, new_system(), rising_input(3, 0, false), stream, clock);
    engine.start();
    ASSERT_TRUE(eventually([&] { return engine.status() != nullptr; }));
    engine.stop();
    EXPECT_EQ(engine.status()->channels[2].status, ChannelStatus::Shutdown);
    EXPECT_EQ(engine.status()->channels[0].status, ChannelStatus::Active);
}

TEST(LiveEngine, StopsAtOnceWhileItWaitsForASlowMarket) {
    const SystemClock clock;
    EventStream stream(make_epoch(), {});
    LiveEngine engine(Config{}, new_system(), rising_input(100, 0.001, false), stream, clock);
    engine.start();
    ASSERT_TRUE(eventually([&] { return engine.status() != nullptr; }));
    engine.stop();
    EXPECT_EQ(engine.status()->sources[0].state, "stopped");
    EXPECT_TRUE(engine.status()->accounting.closes());
}

TEST(MakeEpoch, IsThirtyTwoHexDigitsAndNeverTheSame) {
    const std::string epoch = make_epoch();
    EXPECT_EQ(epoch.size(), 32U);
    EXPECT_EQ(epoch.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_NE(epoch, make_epoch());
}

}  // namespace
}  // namespace tickstock

#include "channels/processing_channel.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "channels/test_support.hpp"

namespace tickstock {
namespace {

Record bar_of(std::int64_t open, std::int64_t high, std::int64_t low, std::int64_t close) {
    Bar bar;
    bar.open = Price::from_cents(open);
    bar.high = Price::from_cents(high);
    bar.low = Price::from_cents(low);
    bar.close = Price::from_cents(close);
    return bar;
}

TEST(TickChannel, DropsTradesThatUpdateNothing) {
    TickChannel channel({}, false);
    const Record trade = Trade{};
    channel.push(item_of(trade, Eligibility()));
    channel.push(item_of(trade, Eligibility(Eligibility::volume_bit)));
    EXPECT_EQ(channel.counts().dropped_for(Reason::Ineligible), 1U);
    EXPECT_EQ(channel.next_batch(true).size(), 1U);
    EXPECT_TRUE(channel.counts().closes());
}

TEST(TickChannel, KeepsCorrectionsWhateverTheirConditions) {
    TickChannel channel({}, false);
    Trade trade;
    trade.correction = Trade::correction_cancel;
    const Record record = trade;
    channel.push(item_of(record, Eligibility()));
    EXPECT_EQ(channel.next_batch(true).size(), 1U);
}

TEST(TickChannel, TakesSecondBarsOnlyWhenTheFeedMakesThem) {
    Bar bar;
    bar.timeframe = Timeframe::Second1;
    const Record record = bar;
    TickChannel trades_make_them({}, false);
    trades_make_them.push(item_of(record));
    EXPECT_EQ(trades_make_them.counts().dropped_for(Reason::SecondBarNotUsed), 1U);
    TickChannel feed_makes_them({}, true);
    feed_makes_them.push(item_of(record));
    EXPECT_EQ(feed_makes_them.next_batch(true).size(), 1U);
}

TEST(TickChannel, HandsTheSessionOfADroppedTradeOnOutsideItsCounts) {
    TickChannel channel({}, false);
    const Record trade = Trade{};
    IntakeItem first = item_of(trade, Eligibility());
    first.note.enters_session = true;
    channel.push(first);                          // ineligible, yet the first of its session
    channel.push(item_of(trade, Eligibility()));  // ineligible
    channel.push_session(first);                  // dropped before this stage
    channel.push(item_of(trade));
    EXPECT_EQ(channel.counts().held, 1U);
    const auto batch = channel.next_batch(true);
    ASSERT_EQ(batch.size(), 3U);
    EXPECT_TRUE(batch[0].note.session_only);
    EXPECT_TRUE(batch[1].note.session_only);
    EXPECT_FALSE(batch[2].note.session_only);
    EXPECT_EQ(channel.counts().in, 3U);
    EXPECT_EQ(channel.counts().out, 1U);
    EXPECT_EQ(channel.counts().dropped_for(Reason::Ineligible), 2U);
    EXPECT_TRUE(channel.counts().closes());
    EXPECT_TRUE(channel.next_batch(true).empty());
}

TEST(OHLCVChannel, RefusesBarsThatContradictThemselves) {
    OHLCVChannel channel({});
    const std::vector<Record> good{bar_of(10, 12, 9, 11), bar_of(10, 10, 10, 10)};
    const std::vector<Record> bad{bar_of(10, 9, 8, 9), bar_of(10, 12, 11, 12),
                                  bar_of(10, 11, 9, 12), bar_of(10, 11, 9, 8)};
    for (const Record& record : good) {
        channel.push(item_of(record));
    }
    for (const Record& record : bad) {
        channel.push(item_of(record));
    }
    EXPECT_EQ(channel.counts().dropped_for(Reason::BarInconsistent), bad.size());
    EXPECT_EQ(channel.next_batch(true).size(), good.size());
}

TEST(FMVChannel, NeedsAMarketPrice) {
    FMVChannel channel({});
    const Record record = FairValue{};
    channel.push(item_of(record));
    IntakeItem compared = item_of(record);
    compared.reference.price = Price::from_cents(1);
    channel.push(compared);
    EXPECT_EQ(channel.counts().dropped_for(Reason::NoReference), 1U);
    EXPECT_EQ(channel.next_batch(true).size(), 1U);
}

TEST(ProcessingChannel, ADisabledOneDropsEverythingByThatReason) {
    ChannelSettings settings;
    settings.enabled = false;
    TickChannel channel(settings, false);
    const Record trade = Trade{};
    channel.push(item_of(trade));
    EXPECT_EQ(channel.counts().dropped_for(Reason::ChannelDisabled), 1U);
    EXPECT_TRUE(channel.next_batch(true).empty());
    EXPECT_TRUE(channel.counts().closes());
}

TEST(ProcessingChannel, AHybridBatchClosesWhenFullOrAtTheTail) {
    ChannelSettings settings;
    settings.strategy = BatchingStrategy::Hybrid;
    settings.max_batch_size = 3;
    settings.max_wait = std::chrono::milliseconds(50);
    OHLCVChannel channel(settings);
    const Record bar = bar_of(10, 10, 10, 10);
    for (int i = 0; i < 2; ++i) {
        channel.push(item_of(bar));
    }
    EXPECT_TRUE(channel.next_batch(false).empty());
    EXPECT_EQ(channel.counts().held, 2U);
    channel.push(item_of(bar));
    channel.push(item_of(bar));
    EXPECT_EQ(channel.next_batch(false).size(), 3U);
    EXPECT_TRUE(channel.next_batch(false).empty());
    EXPECT_EQ(channel.next_batch(true).size(), 1U);
    EXPECT_TRUE(channel.next_batch(true).empty());
    EXPECT_EQ(channel.batches(), 2U);
}

RC_GTEST_PROP(ProcessingChannelProperty, GivesEveryRecordOnceAndInOrder,
              (const std::vector<bool>& steps, std::uint8_t limit)) {
    ChannelSettings settings;
    settings.strategy = BatchingStrategy::SizeBased;
    settings.max_batch_size = limit;
    TickChannel channel(settings, false);
    const std::vector<Record> records(steps.size() + 1, Record(Trade{}));
    std::vector<const Record*> given;
    const auto take = [&](bool at_tail) {
        for (auto batch = channel.next_batch(at_tail); !batch.empty();
             batch = channel.next_batch(at_tail)) {
            RC_ASSERT(batch.size() <= std::max<std::size_t>(limit, 1));
            for (const IntakeItem& item : batch) {
                given.push_back(item.record);
            }
        }
    };
    for (std::size_t i = 0; i < steps.size(); ++i) {
        channel.push(item_of(records[i]));
        if (steps[i]) {
            take(false);
        }
        RC_ASSERT(channel.counts().closes());
    }
    take(true);
    RC_ASSERT(given.size() == steps.size());
    for (std::size_t i = 0; i < given.size(); ++i) {
        RC_ASSERT(given[i] == &records[i]);
    }
    RC_ASSERT(channel.counts().held == 0U);
}

}  // namespace
}  // namespace tickstock

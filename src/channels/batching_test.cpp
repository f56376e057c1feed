#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <deque>
#include <tuple>
#include <utility>
#include <vector>

#include "channels/processing_channel.hpp"
#include "channels/test_support.hpp"

namespace tickstock {
namespace {

using std::chrono::milliseconds;

ChannelSettings settings_of(BatchingStrategy strategy, std::uint64_t size, Nanos wait) {
    ChannelSettings settings;
    settings.strategy = strategy;
    settings.max_batch_size = size;
    settings.max_wait = wait;
    return settings;
}

TEST(Batching, ImmediateGivesAllThatWaits) {
    TickChannel channel(settings_of(BatchingStrategy::Immediate, 1, milliseconds(50)), false);
    const Record trade = Trade{};
    EXPECT_EQ(channel.next_close(), Nanos::max());
    channel.push(item_of(trade), milliseconds(1));
    channel.push(item_of(trade), milliseconds(2));
    EXPECT_EQ(channel.next_close(), milliseconds(1));
    EXPECT_EQ(channel.next_batch(false, milliseconds(2)).size(), 2U);
    EXPECT_EQ(channel.batch_arrival(), milliseconds(1));
}

TEST(Batching, TimeBasedClosesAfterTheFirstRecordsWait) {
    TickChannel channel(settings_of(BatchingStrategy::TimeBased, 2, milliseconds(50)), false);
    const Record trade = Trade{};
    for (const int at : {10, 20, 30}) {
        channel.push(item_of(trade), milliseconds(at));
    }
    EXPECT_EQ(channel.next_close(), milliseconds(60));
    EXPECT_TRUE(channel.next_batch(false, milliseconds(60) - Nanos(1)).empty());
    EXPECT_EQ(channel.next_batch(false, milliseconds(60)).size(), 3U) << "of any size";
    EXPECT_EQ(channel.next_close(), Nanos::max());
}

TEST(Batching, SizeBasedWaitsForeverButForTheTail) {
    TickChannel channel(settings_of(BatchingStrategy::SizeBased, 2, milliseconds(50)), false);
    const Record trade = Trade{};
    channel.push(item_of(trade), milliseconds(0));
    EXPECT_EQ(channel.next_close(), Nanos::max());
    EXPECT_TRUE(channel.next_batch(false, std::chrono::hours(1)).empty());
    EXPECT_EQ(channel.next_batch(true, std::chrono::hours(1)).size(), 1U);
}

TEST(Batching, HybridWaitsOfWhatIsLeftCountFromItsOwnArrival) {
    TickChannel channel(settings_of(BatchingStrategy::Hybrid, 2, milliseconds(50)), false);
    const Record trade = Trade{};
    for (const int at : {10, 11, 40}) {
        channel.push(item_of(trade), milliseconds(at));
    }
    EXPECT_EQ(channel.next_batch(false, milliseconds(41)).size(), 2U);
    EXPECT_EQ(channel.batch_arrival(), milliseconds(10));
    EXPECT_EQ(channel.next_close(), milliseconds(90));
    EXPECT_TRUE(channel.next_batch(false, milliseconds(89)).empty());
    EXPECT_EQ(channel.next_batch(false, milliseconds(90)).size(), 1U);
    EXPECT_EQ(channel.batch_arrival(), milliseconds(40));
}

TEST(Batching, PriorityOneIsImmediateOrRefused) {
    ChannelSettings settings;
    EXPECT_TRUE(ProcessingChannel::strategy_allowed(settings));
    settings.strategy = BatchingStrategy::Hybrid;
    EXPECT_FALSE(ProcessingChannel::strategy_allowed(settings));
    settings.priority = 2;
    EXPECT_TRUE(ProcessingChannel::strategy_allowed(settings));
}

RC_GTEST_PROP(BatchingProperty, BatchesAreThoseOfAPlainQueue,
              (std::uint8_t strategy_number, std::uint8_t size,
               const std::vector<std::tuple<std::uint8_t, std::uint8_t, bool>>& steps)) {
    const auto strategy = static_cast<BatchingStrategy>(strategy_number % 4);
    const std::size_t limit = 1 + size % 5;
    const Nanos wait = milliseconds(20);
    TickChannel channel(settings_of(strategy, limit, wait), false);
    // More than the channel keeps of what it gave before it moves the rest to the front.
    std::deque<Record> records;
    std::deque<std::pair<const Record*, Nanos>> queue;
    Nanos now{0};
    for (const auto& [count, pause, at_tail] : steps) {
        now += milliseconds(pause % 16);
        for (unsigned i = 0; i < count % 64U; ++i) {
            records.push_back(trade_of(records.size()));
            queue.emplace_back(&records.back(), now);
            channel.push(item_of(records.back()), now);
        }
        now += milliseconds(pause / 16);
        const bool by_time =
            strategy != BatchingStrategy::SizeBased && strategy != BatchingStrategy::Immediate;
        const bool by_size =
            strategy == BatchingStrategy::SizeBased || strategy == BatchingStrategy::Hybrid;
        const Nanos close = queue.empty()                             ? Nanos::max()
                            : strategy == BatchingStrategy::Immediate ? queue.front().second
                            : by_time                                 ? queue.front().second + wait
                                                                      : Nanos::max();
        RC_ASSERT(channel.next_close() == close);
        const bool closes = !queue.empty() && (at_tail || (by_size && queue.size() >= limit) ||
                                               (!queue.empty() && close <= now));
        const std::size_t expected = !closes   ? 0
                                     : by_size ? std::min(limit, queue.size())
                                               : queue.size();
        const auto batch = channel.next_batch(at_tail, now);
        RC_ASSERT(batch.size() == expected);
        for (const IntakeItem& item : batch) {
            RC_ASSERT(item.record == queue.front().first);
            if (&item == &batch.front()) {
                RC_ASSERT(channel.batch_arrival() == queue.front().second);
            }
            queue.pop_front();
        }
        RC_ASSERT(channel.waiting() == queue.size());
        RC_ASSERT(channel.counts().held == queue.size());
    }
}

TEST(Batching, ALongQueueThatIsNeverEmptyTakesNoMoreAndMoreRoom) {
    TickChannel channel(settings_of(BatchingStrategy::SizeBased, 10, Nanos{0}), false);
    std::deque<Record> records;
    std::uint64_t next = 0;
    for (std::uint64_t i = 0; i < 100'005; ++i) {
        records.push_back(trade_of(i));
        channel.push(item_of(records.back()), Nanos(i));
        if (i % 10 == 4 && i > 10) {  // five stay behind
            const auto batch = channel.next_batch(false);
            ASSERT_EQ(batch.size(), 10U);
            EXPECT_EQ(channel.batch_arrival(), Nanos(next));
            for (const IntakeItem& item : batch) {
                ASSERT_EQ(item.record->header().sequence.value(), next++);
            }
        }
    }
    EXPECT_LE(channel.held_capacity(), 16'384U);
}

}  // namespace
}  // namespace tickstock

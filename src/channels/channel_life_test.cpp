#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <tuple>
#include <vector>

#include "channels/processing_channel.hpp"
#include "channels/test_support.hpp"

namespace tickstock {
namespace {

std::vector<std::uint64_t> sequences_of(std::span<const IntakeItem> batch) {
    std::vector<std::uint64_t> sequences;
    for (const IntakeItem& item : batch) {
        sequences.push_back(item.record->header().sequence.value());
    }
    return sequences;
}
using Sequences = std::vector<std::uint64_t>;

TEST(ChannelLife, GoesFromWarmUpToActive) {
    TickChannel channel({}, false);
    EXPECT_EQ(channel.status(), ChannelStatus::Initializing);
    const Record trade = trade_of(1);
    channel.push(item_of(trade));
    EXPECT_EQ(channel.next_batch(true).size(), 1U) << "warm-up is work";
    channel.initialize();
    EXPECT_EQ(channel.status(), ChannelStatus::Active);
}

TEST(ChannelLife, KeepsCopiesWhilePausedAndGivesThemFirst) {
    TickChannel channel({}, false);
    ParkedItems parked;
    channel.park_in(parked);
    Record one = trade_of(1);
    channel.push(item_of(one));  // waits when the pause comes
    channel.set_status(ChannelStatus::Paused);
    one = trade_of(99);  // the channel has its own by now
    Record two = trade_of(2);
    channel.push(item_of(two));
    two = trade_of(99);
    IntakeItem ineligible = item_of(two, Eligibility());
    channel.push(ineligible);
    EXPECT_TRUE(channel.next_batch(true).empty());
    EXPECT_EQ(channel.next_close(), Nanos::max());
    EXPECT_EQ(channel.counts().held, 2U);
    EXPECT_EQ(channel.counts().dropped_for(Reason::Ineligible), 1U);
    channel.set_status(ChannelStatus::Active);
    const Record three = trade_of(3);
    channel.push(item_of(three));
    EXPECT_EQ(sequences_of(channel.next_batch(false, Nanos(7))), (Sequences{1, 2}));
    EXPECT_EQ(channel.batch_arrival(), Nanos(7));
    EXPECT_EQ(sequences_of(channel.next_batch(false)), Sequences{3});
    EXPECT_EQ(channel.counts().held, 0U);
    EXPECT_TRUE(channel.counts().closes());
}

TEST(ChannelLife, WithoutAPlaceToParkItemsStayWhereTheyAre) {
    TickChannel channel({}, false);
    channel.set_status(ChannelStatus::Error);
    const Record trade = trade_of(1);
    channel.push(item_of(trade));
    EXPECT_TRUE(channel.next_batch(true).empty());
    channel.set_status(ChannelStatus::Active);
    EXPECT_EQ(channel.next_batch(true)[0].record, &trade);
}

TEST(ChannelLife, ASkippedRecordIsDroppedAndItsSessionEntered) {
    TickChannel channel({}, false);
    const Record trade = trade_of(1);
    IntakeItem first = item_of(trade);
    first.note.enters_session = true;
    EXPECT_FALSE(channel.push(first, Nanos{0}, true));
    EXPECT_EQ(channel.counts().dropped_for(Reason::Skipped), 1U);
    const auto batch = channel.next_batch(true);
    ASSERT_EQ(batch.size(), 1U);
    EXPECT_TRUE(batch[0].note.session_only);
    EXPECT_TRUE(channel.counts().closes());
}

TEST(ChannelLife, OldestOfTheKeptAreSkipped) {
    TickChannel channel({}, false);
    ParkedItems parked;
    channel.park_in(parked);
    channel.set_status(ChannelStatus::Paused);
    std::vector<Record> records;
    for (std::uint64_t i = 1; i <= 5; ++i) {
        records.push_back(trade_of(i));
        IntakeItem item = item_of(records.back());
        item.note.enters_session = i == 1;
        channel.push(item);
    }
    EXPECT_EQ(parked.oldest(2), (std::vector<Sequence>{Sequence(1), Sequence(2)}));
    EXPECT_EQ(channel.skip_parked(3), 3U);
    EXPECT_EQ(channel.counts().dropped_for(Reason::Skipped), 3U);
    EXPECT_EQ(channel.counts().held, 2U);
    EXPECT_EQ(channel.skip_parked(0), 0U);
    channel.set_status(ChannelStatus::Active);
    const auto batch = channel.next_batch(true);
    EXPECT_EQ(sequences_of(batch), (Sequences{1, 4, 5}));
    EXPECT_TRUE(batch[0].note.session_only);
    EXPECT_EQ(channel.counts().out, 2U);
    EXPECT_TRUE(channel.counts().closes());
    EXPECT_EQ(channel.counts().held, 0U);
}

TEST(ChannelLife, ShutdownDrainsButNotWhatAPauseKeeps) {
    ChannelSettings settings;
    settings.strategy = BatchingStrategy::SizeBased;
    settings.max_batch_size = 10;
    const Record trade = trade_of(1);
    TickChannel active(settings, false);
    active.push(item_of(trade));
    EXPECT_TRUE(active.next_batch(false).empty());
    active.shutdown();
    EXPECT_FALSE(active.drained());
    EXPECT_EQ(active.next_batch(false).size(), 1U);
    EXPECT_TRUE(active.drained());

    TickChannel paused(settings, false);
    ParkedItems parked;
    paused.park_in(parked);
    paused.set_status(ChannelStatus::Paused);
    paused.push(item_of(trade));
    paused.shutdown();
    EXPECT_TRUE(paused.next_batch(true).empty());
    EXPECT_TRUE(paused.drained());
    EXPECT_EQ(parked.size(), 1U);
}

TEST(ChannelLife, AReturnAfterAnErrorBeginsHealthAnew) {
    TickChannel channel({}, false, {2, std::chrono::seconds(60)});
    for (int i = 0; i < 2; ++i) {
        channel.on_batch_done({20, {}, {}, 20, 0}, Nanos(1));
    }
    channel.set_status(ChannelStatus::Error);
    EXPECT_EQ(channel.health().why_unhealthy(Nanos(2)).size(), 3U);
    channel.set_status(ChannelStatus::Active, Nanos(3));
    EXPECT_TRUE(channel.health().healthy(Nanos(3)));
    EXPECT_EQ(channel.health().failures_in_row(), 0U);
    EXPECT_EQ(channel.metrics(Nanos(3)).error_count, 40U);
}

TEST(ChannelLife, ValidateSaysWhatPushWouldAndCountsNothing) {
    ChannelSettings settings;
    settings.name = "default_tick";
    TickChannel channel(settings, false);
    const Record trade = trade_of(12);
    EXPECT_EQ(channel.validate(item_of(trade)), std::nullopt);
    EXPECT_EQ(channel.validate(item_of(trade, Eligibility())), Reason::Ineligible);
    EXPECT_EQ(channel.counts().in, 0U);
    const auto good = channel.push_with_result(item_of(trade));
    EXPECT_TRUE(good.success);
    EXPECT_TRUE(good.errors.empty());
    EXPECT_EQ(good.metadata.at("sequence"), "12");
    const auto bad = channel.push_with_result(item_of(trade, Eligibility()));
    EXPECT_FALSE(bad.success);
    EXPECT_EQ(bad.errors, std::vector<std::string>{"Channel default_tick (tick): ineligible"});
    EXPECT_EQ(bad.metadata.at("reason"), "ineligible");
    EXPECT_FALSE(channel.push_with_result(item_of(trade), Nanos{0}, true).success);
    EXPECT_EQ(channel.counts().in, 3U);
    settings.enabled = false;
    TickChannel off(settings, false);
    EXPECT_EQ(off.push_with_result(item_of(trade), Nanos{0}, true).metadata.at("reason"),
              "channel_disabled");
}

TEST(ChannelLife, TotalsAndKeptItemsGoToAnother) {
    TickChannel before({}, false);
    ParkedItems parked;
    before.park_in(parked);
    std::vector<Record> records{trade_of(1), trade_of(2), trade_of(3)};
    before.push(item_of(records[0]));
    before.on_batch_done({before.next_batch(true).size(), {}, {}, 1, 5}, Nanos(1));
    before.push(item_of(records[0], Eligibility()));
    before.set_status(ChannelStatus::Paused);
    before.push(item_of(records[1]));
    IntakeItem session = item_of(records[2], Eligibility());
    session.note.enters_session = true;
    before.push(session);
    StateWriter out;
    before.save_totals(out);
    out(parked);

    TickChannel after({}, false);
    ParkedItems its_parked;
    after.park_in(its_parked);
    StateReader in(out.text());
    after.add_totals(in);
    EXPECT_EQ(after.counts().held, 0U);
    EXPECT_TRUE(after.counts().closes());
    after.set_status(ChannelStatus::Paused);
    ParkedItems::for_each(in, [&](const ParkedItem& item) { after.push_parked(item); });
    EXPECT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(after.counts().in, before.counts().in);
    EXPECT_EQ(after.counts().held, 1U);
    after.set_status(ChannelStatus::Active);
    EXPECT_EQ(sequences_of(after.next_batch(true)), (Sequences{2, 3}));
    EXPECT_TRUE(after.counts().closes());
    const ChannelMetrics metrics = after.metrics(Nanos(2));
    EXPECT_EQ(metrics.processed_count, 1U);
    EXPECT_EQ(metrics.error_count, 1U);
    EXPECT_EQ(metrics.events_generated, 5U);
    EXPECT_EQ(after.batches(), 2U);
}

RC_GTEST_PROP(ChannelLifeProperty, PausesLoseAndReorderNothing,
              (const std::vector<std::tuple<std::uint8_t, bool, bool>>& steps)) {
    ChannelSettings settings;
    settings.strategy = BatchingStrategy::SizeBased;
    settings.max_batch_size = 3;
    TickChannel channel(settings, false);
    MemorySpillStore store;
    ParkedItems parked(&store, 4);
    channel.park_in(parked);
    std::deque<Record> records;
    Sequences given;
    const auto take = [&](bool at_tail) {
        for (auto batch = channel.next_batch(at_tail); !batch.empty();
             batch = channel.next_batch(at_tail)) {
            const auto more = sequences_of(batch);
            given.insert(given.end(), more.begin(), more.end());
        }
    };
    for (const auto& [count, pause, at_tail] : steps) {
        channel.set_status(pause ? ChannelStatus::Paused : ChannelStatus::Active);
        for (unsigned i = 0; i < count % 32U; ++i) {
            records.push_back(trade_of(records.size()));
            channel.push(item_of(records.back()));
        }
        take(at_tail);
        RC_ASSERT(given.size() + channel.counts().held == records.size());
        RC_ASSERT(channel.counts().closes());
    }
    channel.shutdown();
    channel.set_status(ChannelStatus::Active);
    take(true);
    RC_ASSERT(given.size() == records.size());
    for (std::size_t i = 0; i < given.size(); ++i) {
        RC_ASSERT(given[i] == i);
    }
}

}  // namespace
}  // namespace tickstock

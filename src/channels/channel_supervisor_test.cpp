#include "channels/channel_supervisor.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class Supervisor : public ::testing::Test {
protected:
    void fail(unsigned in_row) {
        supervisor_.on_failures(0, in_row);
        supervisor_.on_failures(1, in_row);
    }
    /// What it wants at `now`, journaled and applied as the engine does.
    std::optional<ChannelStatus> step(Nanos now) {
        const auto change = supervisor_.poll(now);
        if (!change) {
            return std::nullopt;
        }
        supervisor_.applied(*change, now, true);
        return change->to;
    }
    void start() { supervisor_.applied({ChannelType::Fmv, ChannelStatus::Active, ""}, {}, true); }

    ChannelSupervisor supervisor_{ChannelType::Fmv, 2, {}};
};

TEST_F(Supervisor, WantsErrorWhenEveryShardKeepsFailing) {
    start();
    supervisor_.on_failures(0, 9);
    supervisor_.on_failures(1, 4);
    EXPECT_FALSE(supervisor_.poll(seconds(1)));
    supervisor_.on_failures(1, 5);
    const auto change = supervisor_.poll(seconds(1));
    ASSERT_TRUE(change);
    EXPECT_EQ(change->channel, ChannelType::Fmv);
    EXPECT_EQ(change->to, ChannelStatus::Error);
    EXPECT_EQ(change->reason, "5 failed batches in a row on every shard");
    EXPECT_TRUE(supervisor_.poll(seconds(2))) << "until it is applied";
    EXPECT_EQ(supervisor_.status(), ChannelStatus::Active);
    supervisor_.applied(*change, seconds(3), true);
    EXPECT_EQ(supervisor_.status(), ChannelStatus::Error);
    EXPECT_EQ(supervisor_.next_poll(), seconds(63));
    EXPECT_FALSE(supervisor_.poll(seconds(63) - Nanos(1)));
    const auto back = supervisor_.poll(seconds(63));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->to, ChannelStatus::Active);
    EXPECT_EQ(back->reason, "begun anew after an error, 1 of 5 in an hour");
}

TEST_F(Supervisor, AShardWithoutRecordsHasNoSay) {
    start();
    supervisor_.on_failures(0, 0, true);
    supervisor_.on_failures(1, 0, true);
    EXPECT_FALSE(supervisor_.poll(seconds(1))) << "a silent channel does not fail";
    supervisor_.on_failures(1, 4);
    EXPECT_FALSE(supervisor_.poll(seconds(2)));
    supervisor_.on_failures(0, 4, true);
    supervisor_.on_failures(1, 5);
    EXPECT_EQ(step(seconds(3)), ChannelStatus::Error);
    EXPECT_EQ(step(seconds(63)), ChannelStatus::Active);
    supervisor_.on_failures(1, 0, true);
    EXPECT_FALSE(supervisor_.poll(seconds(64))) << "begun anew, and silent";
    supervisor_.on_failures(0, 0);
    supervisor_.on_failures(1, 9);
    EXPECT_FALSE(supervisor_.poll(seconds(65))) << "it works where a record has come again";
}

TEST_F(Supervisor, ShardsThatHaveNotSeenTheReturnYetDoNotCount) {
    start();
    fail(5);
    EXPECT_EQ(step(seconds(0)), ChannelStatus::Error);
    EXPECT_EQ(step(seconds(60)), ChannelStatus::Active);
    fail(5);  // as it stood
    EXPECT_FALSE(supervisor_.poll(seconds(61)));
    fail(0);
    fail(5);  // it has come to this once more
    EXPECT_EQ(step(seconds(62)), ChannelStatus::Error);
    EXPECT_EQ(step(seconds(122)), ChannelStatus::Active);
    fail(7);  // straight past what it was
    EXPECT_EQ(step(seconds(123)), ChannelStatus::Error);
}

TEST_F(Supervisor, FiveReturnsInAnHourThenItStaysUntilAPersonComes) {
    start();
    Nanos now{0};
    for (unsigned i = 1; i <= 5; ++i) {
        fail(0);
        fail(5);
        EXPECT_EQ(step(now), ChannelStatus::Error);
        now += minutes(2);
        EXPECT_EQ(step(now), ChannelStatus::Active) << i;
        EXPECT_EQ(supervisor_.returns(now), i);
        EXPECT_FALSE(supervisor_.failed());
    }
    fail(0);
    fail(5);
    EXPECT_EQ(step(now), ChannelStatus::Error);
    EXPECT_EQ(step(now + minutes(1)), std::nullopt);
    EXPECT_TRUE(supervisor_.failed());
    EXPECT_EQ(supervisor_.next_poll(), Nanos::max());
    EXPECT_EQ(step(now + minutes(2)), std::nullopt);
    EXPECT_EQ(supervisor_.pause("ann", now).refusal,
              "fmv is in error and stays so until it is resumed");
    const auto answer = supervisor_.resume("ann");
    ASSERT_TRUE(answer.change);
    supervisor_.applied(*answer.change, now + minutes(3), false);
    EXPECT_FALSE(supervisor_.failed());
    EXPECT_EQ(supervisor_.status(), ChannelStatus::Active);
    EXPECT_EQ(supervisor_.returns(now + minutes(3)), 0U);
}

TEST_F(Supervisor, TheHourSlides) {
    start();
    Nanos now{0};
    for (int i = 0; i < 40; ++i) {
        fail(0);
        fail(5);
        EXPECT_EQ(step(now), ChannelStatus::Error);
        now += minutes(12);  // the sixth return is an hour after the first
        EXPECT_EQ(step(now), ChannelStatus::Active);
        EXPECT_LE(supervisor_.returns(now), 5U);
    }
    EXPECT_FALSE(supervisor_.failed());
}

TEST_F(Supervisor, PauseAndResumeAnswerWhenTheyMakeNoSense) {
    EXPECT_EQ(supervisor_.resume("ann").refusal, "fmv is starting");
    start();
    EXPECT_EQ(supervisor_.resume("ann").refusal, "fmv is active already");
    const auto pause = supervisor_.pause("ann", {});
    ASSERT_TRUE(pause.change);
    EXPECT_EQ(pause.change->to, ChannelStatus::Paused);
    EXPECT_EQ(pause.change->reason, "by ann");
    supervisor_.applied(*pause.change, seconds(1), false);
    EXPECT_EQ(supervisor_.reason(), "by ann");
    EXPECT_EQ(supervisor_.pause("bob", {}).refusal, "fmv is paused already");
    fail(9);
    EXPECT_FALSE(supervisor_.poll(minutes(90))) << "a pause is a person's to end";
    const auto resume = supervisor_.resume("bob");
    ASSERT_TRUE(resume.change);
    supervisor_.applied(*resume.change, minutes(91), false);
    EXPECT_FALSE(supervisor_.poll(minutes(91)));
    supervisor_.applied({ChannelType::Fmv, ChannelStatus::Error, "x"}, seconds(100), true);
    EXPECT_EQ(supervisor_.pause("ann", seconds(117)).refusal,
              "fmv is in error; it is begun anew in 43 s at the latest");
    EXPECT_TRUE(supervisor_.resume("ann").change) << "before its time";
    supervisor_.applied({ChannelType::Fmv, ChannelStatus::Shutdown, ""}, seconds(101), true);
    EXPECT_EQ(supervisor_.pause("ann", {}).refusal, "fmv is shut down");
    EXPECT_EQ(supervisor_.resume("ann").refusal, "fmv is shut down");
    EXPECT_FALSE(supervisor_.poll(minutes(500)));
}

}  // namespace
}  // namespace tickstock

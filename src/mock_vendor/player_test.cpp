#include "mock_vendor/player.hpp"

#include <gtest/gtest.h>

#include "mock_vendor/test_tape.hpp"

namespace tickstock {
namespace {

/// Takes everything; what came is a list of sequence numbers and marks.
class Taker final : public Receiver {
public:
    explicit Taker(const Tape& tape, const char* topic = "T.*") : topics_(tape) {
        topics_.add(topic);
    }
    const TopicSet& topics() const override { return topics_; }
    const std::string& account() const override { return account_; }
    bool has_room() const override { return room; }
    void append(std::string_view message) override {
        const std::size_t at = message.find("\"q\":") + 4;
        got += ' ' + std::string(message.substr(at, message.find_first_of(",}", at) - at));
    }
    void flush() override { got += " |"; }
    void repeat_frame() override { got += " repeat"; }
    void split_frame(std::uint64_t) override { got += " split"; }
    void stall(Nanos) override { got += " stall"; }
    void cut(const Fault&) override { got += " cut"; }
    void kill() override { got += " kill"; }
    void end_of_tape() override { got += " end"; }

    std::string got;
    bool room = true;

private:
    TopicSet topics_;
    std::string account_ = "stocks key";
};

/// Ten trades of two symbols in turn, two in each second.
Tape ten_trades() {
    TapeBuilder builder;
    for (int i = 0; i < 10; ++i) {
        builder.trade(static_cast<std::uint32_t>(i % 2), i / 2 * 1000,
                      static_cast<std::uint64_t>(i + 1));
    }
    return builder.build();
}

Fault fault_at(std::string_view text) {
    return *parse_fault(text, 3);
}

/// Steps until the player waits or ends.
Player::Step run(Player& player, Nanos now) {
    Player::Step step;
    do {
        step = player.step(now);
    } while (step.then == Player::Step::Then::Again);
    return step;
}

using Then = Player::Step::Then;
constexpr Nanos second = std::chrono::seconds(1);

TEST(Player, PaceIsTheTapesOwnClock) {
    const Tape tape = ten_trades();
    PlayerOptions options;
    options.speed = 2;
    Player player(tape, options, {});
    EXPECT_EQ(run(player, second).then, Then::Wait);  // nobody has subscribed
    Taker taker(tape);
    player.subscribed(taker, 5 * second);
    const auto step = run(player, 5 * second);
    EXPECT_EQ(step.then, Then::WaitTill);
    EXPECT_EQ(step.at, 5 * second + second / 2);
    EXPECT_EQ(taker.got, " 1 2 |");
    EXPECT_EQ(run(player, 6 * second - Nanos(1)).at, 6 * second);
    EXPECT_EQ(taker.got, " 1 2 | 3 4 |");
    player.left(taker);  // time goes on
    run(player, 6 * second);
    player.subscribed(taker, 6 * second);
    EXPECT_EQ(run(player, 7 * second).then, Then::Ended);
    EXPECT_EQ(taker.got, " 1 2 | 3 4 | 7 8 9 10 | end");
    EXPECT_EQ(player.counts().passed, 10U);
}

TEST(Player, WithoutAPaceRoomIsThePace) {
    const Tape tape = ten_trades();
    PlayerOptions options;
    options.speed = 0;
    Player player(tape, options, {});
    Taker taker(tape);
    player.subscribed(taker, second);
    const auto step = run(player, second);
    EXPECT_EQ(step.then, Then::WaitTill);
    EXPECT_EQ(step.at, second + options.settle);
    taker.room = false;
    EXPECT_EQ(run(player, 2 * second).then, Then::Wait);
    EXPECT_EQ(player.position(), 0U);
    taker.room = true;
    EXPECT_EQ(run(player, 2 * second).then, Then::Ended);
    EXPECT_EQ(taker.got, " 1 2 3 4 5 6 7 8 9 10 | end");
}

TEST(Player, ACutLosesExactlySoManyRecords) {
    const Tape tape = ten_trades();
    PlayerOptions options;
    options.speed = 0;
    options.settle = Nanos{0};
    Player player(tape, options, {fault_at("slow-kill@2:4")});
    Taker first(tape);
    player.subscribed(first, second);
    EXPECT_EQ(run(player, second).then, Then::Wait);
    EXPECT_EQ(first.got, " 1 2 | cut kill");
    EXPECT_EQ(player.position(), 6U);
    EXPECT_EQ(run(player, 1000 * second).then, Then::Wait);  // nobody is there
    EXPECT_EQ(player.position(), 6U);
    Taker back(tape);
    player.subscribed(back, 1000 * second);
    EXPECT_EQ(run(player, 1000 * second).then, Then::Ended);
    EXPECT_EQ(back.got, " 7 8 9 10 | end");
    ASSERT_EQ(player.outcomes().size(), 1U);
    const FaultOutcome& outcome = player.outcomes()[0];
    EXPECT_EQ(outcome.lost_from, 2U);
    EXPECT_EQ(outcome.lost_to, 6U);
    EXPECT_TRUE(outcome.returned);
}

TEST(Player, WhoComesBackWithLessIsWaitedFor) {
    const Tape tape = ten_trades();
    PlayerOptions options;
    options.speed = 0;
    options.settle = Nanos{0};
    Player player(tape, options, {fault_at("drop@2:1")});
    Taker first(tape);
    player.subscribed(first, second);
    run(player, second);
    Taker less(tape, "T.A");
    player.subscribed(less, second);
    const auto step = run(player, second);
    EXPECT_EQ(step.then, Then::WaitTill);
    EXPECT_EQ(step.at, second + options.patience);
    EXPECT_EQ(run(player, step.at).then, Then::Ended);
    EXPECT_EQ(less.got, " 5 7 9 | end");
    EXPECT_FALSE(player.outcomes()[0].returned);
}

TEST(Player, OthersGetWhatTheCutOneLoses) {
    const Tape tape = ten_trades();
    PlayerOptions options;
    options.speed = 0;
    options.settle = Nanos{0};
    Player player(tape, options, {fault_at("drop@2:3")});
    Taker a(tape, "T.A");
    Taker b(tape, "T.B");
    player.subscribed(a, second);
    player.subscribed(b, second);
    EXPECT_EQ(run(player, second).then, Then::WaitTill);
    EXPECT_EQ(a.got, " 1 | cut");  // record 2 is of A
    EXPECT_EQ(b.got, " 2 4");
    EXPECT_EQ(player.position(), 5U);
    Taker back(tape, "T.A");
    player.subscribed(back, second);
    EXPECT_EQ(run(player, second).then, Then::Ended);
    EXPECT_EQ(back.got, " 7 9 | end");
    EXPECT_EQ(b.got, " 2 4 6 8 10 | end");
}

TEST(Player, OrderAndFrames) {
    const Tape tape = ten_trades();
    PlayerOptions options;
    options.speed = 0;
    options.settle = Nanos{0};
    Player player(tape, options,
                  {fault_at("reorder@1"), fault_at("duplicate@5"), fault_at("duplicate@6:frame"),
                   fault_at("split@7"), fault_at("stall@8"), fault_at("reorder-any@9")});
    Taker taker(tape);
    player.subscribed(taker, second);
    run(player, second);
    // 2 and 3 are a second apart: the next pair that may change places is 3 and 4.
    EXPECT_EQ(taker.got, " 1 2 4 3 5 6 6 repeat 7 split 8 | stall 9 10 | end");
    EXPECT_EQ(player.faults_left(), 1U);  // there is nothing behind the last to change with
}

TEST(Player, ArmedFaultsAndLoops) {
    const Tape tape = ten_trades();
    PlayerOptions options;
    options.speed = 1;
    options.begin = 4;
    options.loop = true;
    Player player(tape, options, {fault_at("auth-fail@0"), fault_at("reject-rest@6:429")});
    EXPECT_TRUE(player.take_armed_auth());
    EXPECT_FALSE(player.take_armed_auth());
    EXPECT_FALSE(player.take_armed_rest());
    Taker taker(tape);
    player.subscribed(taker, Nanos{0});
    run(player, 3 * second);
    EXPECT_EQ(taker.got.substr(0, 16), " 5 6 7 8 9 10 | ");
    EXPECT_GT(player.counts().loops, 0U);
    EXPECT_EQ(player.take_armed_rest()->status, 429U);
}

}  // namespace
}  // namespace tickstock

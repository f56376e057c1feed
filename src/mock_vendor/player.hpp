#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "mock_vendor/fault.hpp"
#include "mock_vendor/message_encoder.hpp"
#include "mock_vendor/tape.hpp"
#include "mock_vendor/topics.hpp"

namespace tickstock {

/// A connection that has subscribed, as the player sees it.
class Receiver {
public:
    virtual ~Receiver() = default;

    virtual const TopicSet& topics() const = 0;
    /// Connections of one account and market: a client that comes back has the same.
    virtual const std::string& account() const = 0;
    /// False while so much waits to be sent that a tape without a pace shall wait for it.
    virtual bool has_room() const = 0;

    /// One message into the frame that is being gathered.
    virtual void append(std::string_view message) = 0;
    /// Sends the gathered frame, if there is one.
    virtual void flush() = 0;
    /// The frame that holds the next message shall go out twice, or in pieces.
    virtual void repeat_frame() = 0;
    virtual void split_frame(std::uint64_t seed) = 0;
    virtual void stall(Nanos how_long) = 0;
    /// The connection's end as the fault tells it; the player forgets the receiver. With HalfOpen
    /// and SlowKill it falls silent instead.
    virtual void cut(const Fault& fault) = 0;
    /// The end of one that was cut by SlowKill.
    virtual void kill() = 0;
    /// Nothing more comes.
    virtual void end_of_tape() = 0;
};

struct PlayerOptions {
    double speed = 1;       ///< tape seconds a second; 0 = as fast as the receivers take it
    bool loop = false;      ///< from `begin` again at the end
    std::size_t begin = 0;  ///< records before count as passed
    /// Without a pace: the tape begins so long after the last subscribe message.
    Nanos settle = std::chrono::milliseconds(50);
    /// Without a pace: how long the tape waits for one who was cut, while others listen.
    Nanos patience = std::chrono::seconds(30);
};

/// What became of a fault.
struct FaultOutcome {
    Fault fault;
    std::size_t struck_at = 0;  ///< record
    unsigned receivers = 0;     ///< how many it struck
    std::size_t lost_from = 0;  ///< cuts: first record that was not offered
    std::size_t lost_to = 0;    ///< and the one behind the last
    bool returned = false;      ///< the client came back
};

struct PlayerCounts {
    std::uint64_t passed = 0;   ///< records, loops included
    std::uint64_t offered = 0;  ///< messages appended to frames, over all receivers
    std::uint64_t untold = 0;   ///< records that the wire has no message for (halts, longer bars)
    std::uint64_t loops = 0;
};

/// Moves a tape on and hands its records to receivers: pace, order, faults. One thread; its time is
/// what step() is told. What it sends depends on tape, plan and the receivers' calls only, not on
/// time, when there is no pace.
class Player {
public:
    Player(const Tape& tape, PlayerOptions options, std::vector<Fault> faults);

    /// A receiver has subscribed, or changed its topics.
    void subscribed(Receiver& receiver, Nanos now);
    /// It is gone (or has no topics any more). Unknown ones are no error.
    void left(Receiver& receiver);

    struct Step {
        enum class Then : std::uint8_t {
            Again,     ///< call again at once
            WaitTill,  ///< at `at`, or when something has changed
            Wait,      ///< until something has changed: who listens, who has room
            Ended,     ///< the tape is at its end
        };
        Then then = Then::Wait;
        Nanos at{0};
    };
    /// Moves on, a bounded number of records at a time.
    Step step(Nanos now);

    /// How far the tape is: REST tells records below only.
    std::size_t position() const { return position_; }
    bool has_ended() const { return ended_; }
    bool has_receivers() const { return !receivers_.empty(); }
    /// True while one that a fault has cut is awaited.
    bool awaits_return() const { return !absences_.empty(); }

    /// Faults of the kinds auth-fail, auth-timeout and reject-rest that wait for their victim;
    /// taking one is its stroke.
    std::optional<Fault> take_armed_auth();
    std::optional<Fault> take_armed_rest();

    const PlayerCounts& counts() const { return counts_; }
    const std::vector<FaultOutcome>& outcomes() const { return outcomes_; }
    std::size_t faults_left() const { return plan_.size() - next_fault_ + pending_.size(); }

private:
    /// One who was cut.
    struct Absence {
        std::size_t outcome;
        std::string account;
        TopicSet topics;
        std::size_t left;  ///< records to lose; without a pace
        Receiver* to_kill;
        Nanos since;
        std::vector<Receiver*> returned;  ///< of the account, subscribed since
    };

    bool is_paced() const { return options_.speed > 0; }
    Nanos due() const;  ///< when the next record passes; with a pace
    bool may_end(const Absence& absence) const;
    bool end_absences();
    std::optional<Step> must_wait(Nanos now);
    void wind();  ///< ends a pass
    void arm_from_plan();
    /// True when the record has been dealt with by a fault.
    bool strike(Nanos now);
    void strike_cut(const Fault& fault, Nanos now);
    bool strike_reorder(const Fault& fault);
    std::vector<Receiver*> struck_by(std::size_t index) const;
    bool is_absent(const Receiver& receiver) const;
    void offer(std::size_t index, unsigned times = 1);
    void pass_record();
    void note(const Fault& fault, std::size_t receivers);
    void flush_all();

    const Tape& tape_;
    const PlayerOptions options_;
    const std::vector<Fault> plan_;
    MessageEncoder encoder_;
    std::size_t next_fault_ = 0;
    std::deque<Fault> pending_;  ///< due, waiting for someone to strike
    std::deque<Fault> armed_auth_;
    std::deque<Fault> armed_rest_;
    std::vector<Receiver*> receivers_;  ///< in the order in which they subscribed
    std::deque<Absence> absences_;
    std::vector<FaultOutcome> outcomes_;
    PlayerCounts counts_;
    std::size_t position_;
    std::optional<Nanos> started_;  ///< the moment of options_.begin
    UnixNanos tape_clock_;          ///< at position_ (paced)
    UnixNanos tape_start_;
    Nanos settled_at_{0};
    bool ended_ = false;
};

}  // namespace tickstock

#include "mock_vendor/player.hpp"

#include <algorithm>
#include <utility>

namespace tickstock {
namespace {

constexpr std::size_t records_a_step = 2048;

}  // namespace

Player::Player(const Tape& tape, PlayerOptions options, std::vector<Fault> faults)
    : tape_(tape),
      options_(options),
      plan_(std::move(faults)),
      encoder_(tape),
      position_(options.begin) {
    if (position_ < tape_.size()) {
        tape_start_ = tape_clock_ = tape_.clock(position_);
    }
    arm_from_plan();
}

void Player::subscribed(Receiver& receiver, Nanos now) {
    if (receiver.topics().empty()) {
        left(receiver);
        return;
    }
    if (!started_) {
        started_ = now;
    }
    settled_at_ = now + options_.settle;
    if (std::find(receivers_.begin(), receivers_.end(), &receiver) == receivers_.end()) {
        receivers_.push_back(&receiver);
        for (Absence& absence : absences_) {
            if (absence.account == receiver.account()) {
                absence.returned.push_back(&receiver);
            }
        }
    }
    if (end_absences()) {
        settled_at_ = now;  // back with all that it had: nothing else is to be waited for
    }
}

void Player::left(Receiver& receiver) {
    std::erase(receivers_, &receiver);
    for (Absence& absence : absences_) {
        std::erase(absence.returned, &receiver);
        if (absence.to_kill == &receiver) {
            absence.to_kill = nullptr;
        }
    }
}

bool Player::may_end(const Absence& absence) const {
    return (is_paced() || absence.left == 0) &&
           std::any_of(absence.returned.begin(), absence.returned.end(),
                       [&](const Receiver* one) { return one->topics().covers(absence.topics); });
}

/// True when someone was absent and all are back.
bool Player::end_absences() {
    const bool were_any = !absences_.empty();
    for (auto absence = absences_.begin(); absence != absences_.end();) {
        if (!may_end(*absence)) {
            ++absence;
            continue;
        }
        outcomes_[absence->outcome].returned = true;
        Receiver* victim = absence->to_kill;
        absence = absences_.erase(absence);
        if (victim != nullptr) {
            victim->kill();
        }
    }
    return were_any && absences_.empty();
}

Nanos Player::due() const {
    const auto ns = static_cast<double>((tape_clock_ - tape_start_).count()) / options_.speed;
    constexpr double limit = 4e18;
    return *started_ + Nanos(static_cast<std::int64_t>(std::min(ns, limit)));
}

/// Nothing when the next record may pass now.
std::optional<Player::Step> Player::must_wait(Nanos now) {
    using Then = Step::Then;
    if (is_paced()) {
        const Nanos at = due();
        return at > now ? std::optional(Step{Then::WaitTill, at}) : std::nullopt;
    }
    if (std::any_of(absences_.begin(), absences_.end(),
                    [](const Absence& absence) { return absence.left > 0; })) {
        // What the absent ones lose passes; others listen meanwhile at their pace.
    } else if (receivers_.empty()) {
        return Step{Then::Wait};
    } else if (now < settled_at_) {
        return Step{Then::WaitTill, settled_at_};
    } else if (!absences_.empty()) {
        const Nanos till = absences_.front().since + options_.patience;
        if (now < till) {
            return Step{Then::WaitTill, till};
        }
        absences_.pop_front();
    }
    const bool all_have_room = std::all_of(receivers_.begin(), receivers_.end(),
                                           [](const Receiver* one) { return one->has_room(); });
    return all_have_room ? std::nullopt : std::optional(Step{Then::Wait});
}

Player::Step Player::step(Nanos now) {
    if (ended_) {
        return {Step::Then::Ended};
    }
    if (!started_) {
        return {Step::Then::Wait};
    }
    for (std::size_t i = 0; i < records_a_step; ++i) {
        if (position_ >= tape_.size()) {
            wind();
            return {ended_ ? Step::Then::Ended : Step::Then::Again};
        }
        if (const auto wait = must_wait(now)) {
            if (is_paced()) {
                flush_all();  // a frame holds what came together
            }
            return *wait;
        }
        arm_from_plan();
        if (!strike(now)) {
            offer(position_);
            pass_record();
        }
    }
    return {Step::Then::Again};
}

void Player::pass_record() {
    ++position_;
    ++counts_.passed;
    if (position_ < tape_.size()) {
        tape_clock_ = std::max(tape_clock_, tape_[position_].header().ts_recv);
    }
    for (Absence& absence : absences_) {
        FaultOutcome& outcome = outcomes_[absence.outcome];
        outcome.lost_to = std::max(outcome.lost_to, position_);
        if (absence.left > 0 && --absence.left == 0 && absence.to_kill != nullptr) {
            std::exchange(absence.to_kill, nullptr)->kill();
        }
    }
    if (!absences_.empty() && end_absences()) {
        settled_at_ = Nanos{0};  // who came back sooner than all was lost that is to be lost
    }
}

void Player::wind() {
    flush_all();
    if (options_.loop && tape_.size() > options_.begin) {
        ++counts_.loops;
        position_ = options_.begin;
        started_ = is_paced() ? due() : *started_;
        tape_clock_ = tape_start_;
        return;
    }
    ended_ = true;
    for (Absence& absence : absences_) {
        if (absence.to_kill != nullptr) {
            std::exchange(absence.to_kill, nullptr)->kill();
        }
    }
    const std::vector<Receiver*> told = receivers_;
    for (Receiver* receiver : told) {
        receiver->end_of_tape();
    }
}

void Player::flush_all() {
    const std::vector<Receiver*> all = receivers_;  // one may leave when it is told
    for (Receiver* receiver : all) {
        receiver->flush();
    }
}

bool Player::is_absent(const Receiver& receiver) const {
    return !is_paced() &&
           std::any_of(absences_.begin(), absences_.end(), [&](const Absence& absence) {
               return absence.left > 0 &&
                      std::find(absence.returned.begin(), absence.returned.end(), &receiver) !=
                          absence.returned.end();
           });
}

void Player::offer(std::size_t index, unsigned times) {
    const Record& record = tape_[index];
    const VendorChannel channel = channel_of(record);
    if (channel == VendorChannel::None) {
        ++counts_.untold;
        return;
    }
    std::string_view message;
    for (Receiver* receiver : receivers_) {
        if (!receiver->topics().takes(channel, record.header().symbol) || is_absent(*receiver)) {
            continue;
        }
        if (message.empty()) {
            message = encoder_.encode(index);
        }
        for (unsigned i = 0; i < times; ++i) {
            receiver->append(message);
            ++counts_.offered;
        }
    }
}

}  // namespace tickstock

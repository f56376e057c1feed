// The player's faults: when they are due, whom they strike, what is lost.
#include <algorithm>
#include <utility>

#include "mock_vendor/player.hpp"

namespace tickstock {

/// Moves what is due at this position from the plan to where it waits for its victim.
void Player::arm_from_plan() {
    while (next_fault_ < plan_.size() && plan_[next_fault_].record <= position_) {
        const Fault& fault = plan_[next_fault_++];
        switch (fault.kind) {
            case FaultKind::AuthFail:
            case FaultKind::AuthTimeout: armed_auth_.push_back(fault); break;
            case FaultKind::RejectRest: armed_rest_.push_back(fault); break;
            default: pending_.push_back(fault);
        }
    }
}

std::optional<Fault> Player::take_armed_auth() {
    if (armed_auth_.empty()) {
        return std::nullopt;
    }
    const Fault fault = armed_auth_.front();
    armed_auth_.pop_front();
    note(fault, 1);
    return fault;
}

std::optional<Fault> Player::take_armed_rest() {
    if (armed_rest_.empty()) {
        return std::nullopt;
    }
    const Fault fault = armed_rest_.front();
    armed_rest_.pop_front();
    note(fault, 1);
    return fault;
}

void Player::note(const Fault& fault, std::size_t receivers) {
    FaultOutcome outcome;
    outcome.fault = fault;
    outcome.struck_at = position_;
    outcome.receivers = static_cast<unsigned>(receivers);
    outcome.lost_from = outcome.lost_to = position_;
    outcomes_.push_back(outcome);
}

/// Those that would get the record.
std::vector<Receiver*> Player::struck_by(std::size_t index) const {
    const Record& record = tape_[index];
    const VendorChannel channel = channel_of(record);
    std::vector<Receiver*> struck;
    for (Receiver* receiver : receivers_) {
        if (channel != VendorChannel::None && !is_absent(*receiver) &&
            receiver->topics().takes(channel, record.header().symbol)) {
            struck.push_back(receiver);
        }
    }
    return struck;
}

/// The oldest pending fault that finds a victim at this record does its work; one a record.
bool Player::strike(Nanos now) {
    if (pending_.empty()) {
        return false;
    }
    const std::vector<Receiver*> struck = struck_by(position_);
    if (struck.empty()) {
        return false;
    }
    for (auto at = pending_.begin(); at != pending_.end(); ++at) {
        const Fault fault = *at;
        if (fault.kind == FaultKind::Reorder || fault.kind == FaultKind::ReorderAny) {
            if (strike_reorder(fault)) {
                pending_.erase(at);
                return true;
            }
            continue;
        }
        pending_.erase(at);
        if (cuts_connection(fault.kind)) {
            strike_cut(fault, now);
            return true;
        }
        note(fault, struck.size());
        for (Receiver* receiver : struck) {
            switch (fault.kind) {
                case FaultKind::Stall:
                    receiver->flush();
                    receiver->stall(std::chrono::milliseconds(fault.milliseconds));
                    break;
                case FaultKind::Split: receiver->split_frame(fault.seed); break;
                case FaultKind::Duplicate:
                    if (fault.whole_frame) {
                        receiver->repeat_frame();
                    }
                    break;
                default: break;
            }
        }
        if (fault.kind == FaultKind::Stall) {
            return true;  // before the record, which the stalled one holds
        }
        offer(position_, fault.kind == FaultKind::Duplicate && !fault.whole_frame ? 2 : 1);
        pass_record();
        return true;
    }
    return false;
}

void Player::strike_cut(const Fault& fault, Nanos now) {
    const std::vector<Receiver*> struck = struck_by(position_);
    note(fault, struck.size());
    for (Receiver* receiver : struck) {
        receiver->flush();
    }
    for (Receiver* receiver : struck) {
        Receiver* to_kill = fault.kind == FaultKind::SlowKill ? receiver : nullptr;
        absences_.push_back({outcomes_.size() - 1,
                             receiver->account(),
                             receiver->topics(),
                             fault.lost,
                             to_kill,
                             now,
                             {}});
        std::erase(receivers_, receiver);
        receiver->cut(fault);
        if (to_kill != nullptr && fault.lost == 0) {
            absences_.back().to_kill = nullptr;
            to_kill->kill();
        }
    }
}

/// This record and the next change places, when the wire may do that to them.
bool Player::strike_reorder(const Fault& fault) {
    const std::size_t next = position_ + 1;
    if (next >= tape_.size() || struck_by(next).empty()) {
        return false;
    }
    const RecordHeader& a = tape_[position_].header();
    const RecordHeader& b = tape_[next].header();
    if (fault.kind == FaultKind::Reorder &&
        (a.symbol == b.symbol || unix_millis(a.ts_event) != unix_millis(b.ts_event))) {
        return false;
    }
    note(fault, struck_by(next).size());
    offer(next);
    offer(position_);
    pass_record();
    pass_record();
    return true;
}

}  // namespace tickstock

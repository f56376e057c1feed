#include "detectors/trend_state.hpp"

#include <algorithm>
#include <cmath>

namespace tickstock {
namespace {

/// None: the score is neutral.
Direction direction_of(double score, const TrendLimits& limits) {
    if (std::abs(score) < std::min(limits.weak, limits.strong) || score == 0) {
        return Direction::None;
    }
    return score > 0 ? Direction::Up : Direction::Down;
}

/// Of a score that is not neutral.
Strength strength_of(double score, const TrendLimits& limits) {
    const double size = std::abs(score);
    return size >= limits.strong     ? Strength::Strong
           : size >= limits.moderate ? Strength::Moderate
                                     : Strength::Weak;
}

}  // namespace

bool TrendState::on_score(double score, const TrendLimits& limits, UnixNanos t) {
    const Direction direction = direction_of(score, limits);
    const Strength strength = strength_of(score, limits);
    const bool never_emitted = last_emitted_ == Direction::None;
    const bool a_third = 3 * (t - emitted_at_) >= limits.interval;
    const bool whole = t - emitted_at_ >= limits.interval;
    // A direction that is set is always the last emitted one, so one comparison finds the turn.
    const bool turned =
        direction != Direction::None && !never_emitted && direction != last_emitted_;
    if (turned && a_third) {
        return emit(direction, strength, score, t);
    }
    if (direction_ != Direction::None && retraced(score, limits)) {
        direction_ = Direction::None;
        return false;
    }
    if (direction == Direction::None || turned) {
        return false;
    }
    const bool worth_telling = direction_ == Direction::None
                                   ? never_emitted || whole
                                   : whole || (strength > strength_ && a_third);
    return worth_telling && emit(direction, strength, score, t);
}

bool TrendState::retraced(double score, const TrendLimits& limits) {
    const double along = direction_ == Direction::Up ? score : -score;
    peak_ = std::max(peak_, along);
    return along < limits.kept * peak_;
}

bool TrendState::emit(Direction direction, Strength strength, double score, UnixNanos t) {
    const bool is_new = direction_ != direction;
    if (is_new) {
        direction_ = direction;
        set_at_ = t;
        peak_ = std::abs(score);
    }
    const bool turned = last_emitted_ != Direction::None && last_emitted_ != direction;
    turn_ = !turned                      ? TrendData::Turn::None
            : direction == Direction::Up ? TrendData::Turn::DownNowUp
                                         : TrendData::Turn::UpNowDown;
    last_emitted_ = direction;
    emitted_at_ = t;
    strength_ = strength;
    ++(direction == Direction::Up ? count_up_ : count_down_);
    return true;
}

}  // namespace tickstock

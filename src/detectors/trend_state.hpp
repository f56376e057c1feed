#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/event.hpp"

namespace tickstock {

/// What a score is measured against: period, multiplier and volatility factor are in.
struct TrendLimits {
    double weak = 0;
    double moderate = 0;
    double strong = 0;
    double kept = 0.5;  ///< share of its peak below which a trend is over: 1 − retracement
    Nanos interval{0};
};

/// Which way a symbol is trending, and when that is worth an event (SPEC 7.3). Knows scores and
/// times only. The direction is that of the last emission or, after a retracement, None.
/// A plain value, reset by assignment.
class TrendState {
public:
    /// Takes the score of a ready sample. True: emit; all of the below then tells that emission.
    bool on_score(double score, const TrendLimits& limits, UnixNanos t);

    Direction direction() const { return direction_; }
    Strength strength() const { return strength_; }
    TrendData::Turn turn() const { return turn_; }
    /// Since the emission that set the direction.
    Nanos age(UnixNanos t) const { return t - set_at_; }
    std::uint32_t count_up() const { return count_up_; }
    std::uint32_t count_down() const { return count_down_; }

    /// Emitted before, in the same trading session.
    void restore_counts(std::uint32_t up, std::uint32_t down) {
        count_up_ = up;
        count_down_ = down;
    }

    template <class Archive>
    void archive(Archive& a) {
        a(set_at_, emitted_at_, peak_, count_up_, count_down_, direction_, last_emitted_, strength_,
          turn_);
    }

private:
    bool retraced(double score, const TrendLimits& limits);
    bool emit(Direction direction, Strength strength, double score, UnixNanos t);

    UnixNanos set_at_;
    UnixNanos emitted_at_;
    double peak_ = 0;  // greatest score in its direction since the direction was set
    std::uint32_t count_up_ = 0;
    std::uint32_t count_down_ = 0;
    Direction direction_ = Direction::None;
    Direction last_emitted_ = Direction::None;
    Strength strength_ = Strength::Weak;  // last emitted
    TrendData::Turn turn_ = TrendData::Turn::None;
};

}  // namespace tickstock

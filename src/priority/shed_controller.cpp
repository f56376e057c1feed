#include "priority/shed_controller.hpp"

#include "base/assert.hpp"
#include "priority/event_class.hpp"

namespace tickstock {
namespace {

/// Capacities are far below 2^57 (the settings end at 10^9).
constexpr std::uint64_t rise_percent = 98;
constexpr std::uint64_t fall_percent = 90;

}  // namespace

ShedController::ShedController(std::uint8_t level) : level_(level) {
    TS_ASSERT(level <= shed_level_limit);
}

std::optional<ShedChange> ShedController::update(std::uint64_t pending, std::uint64_t capacity,
                                                 Nanos now) {
    above_ = pending * 100 > capacity * rise_percent;
    if (pending * 100 >= capacity * fall_percent) {
        below_since_.reset();
        const bool may_rise = !risen_at_ || now - *risen_at_ >= rise_pause;
        if (above_ && may_rise && level_ < shed_level_limit) {
            risen_at_ = now;
            return move_to(level_ + 1);
        }
        return std::nullopt;
    }
    if (!below_since_) {
        below_since_ = now;
    }
    if (level_ > 0 && now - *below_since_ >= fall_after) {
        below_since_ = now;
        return move_to(level_ - 1);
    }
    return std::nullopt;
}

Nanos ShedController::wake_at() const {
    if (above_) {
        return level_ < shed_level_limit && risen_at_ ? *risen_at_ + rise_pause : Nanos::max();
    }
    return level_ > 0 && below_since_ ? *below_since_ + fall_after : Nanos::max();
}

ShedChange ShedController::move_to(int level) {
    level_ = static_cast<std::uint8_t>(level);
    return ShedChange{level_};
}

}  // namespace tickstock

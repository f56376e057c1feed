#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "model/decision.hpp"

namespace tickstock {

/// When to shed events, and how many classes of them (SPEC 10). Above 98 % of the capacity the
/// level rises at once by one, and by one more each second that it lasts; after 10 s in which it
/// was never at 90 % or more it falls by one, and again after each further 10 s. Between the two
/// it stays. What it says becomes a journaled decision; PriorityManager obeys that and not this.
/// Pure: times are monotonic and passed in. One thread, the one that takes decisions.
class ShedController {
public:
    static constexpr Nanos rise_pause = std::chrono::seconds(1);
    static constexpr Nanos fall_after = std::chrono::seconds(10);

    /// `level` = what the journal says at start.
    explicit ShedController(std::uint8_t level = 0);

    /// The level to decide now, when it is another one; level() then has it already. `pending` =
    /// events not yet published. `now` never goes back.
    std::optional<ShedChange> update(std::uint64_t pending, std::uint64_t capacity, Nanos now);

    std::uint8_t level() const { return level_; }

    /// When update() would say something even if `pending` stayed what it was; Nanos::max() for
    /// never.
    Nanos wake_at() const;

private:
    ShedChange move_to(int level);

    std::uint8_t level_;
    std::optional<Nanos> risen_at_;     // the last time
    std::optional<Nanos> below_since_;  // 90 %, or since the level fell
    bool above_ = false;                // 98 %, at the last update
};

}  // namespace tickstock

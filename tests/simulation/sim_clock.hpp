#pragma once

#include "base/clock.hpp"
#include "base/time.hpp"

namespace tickstock::sim {

/// Virtual time. `now` is the true time of the simulated world, which only the simulator moves; the
/// engine's wall clock may be wrong (steps), and its monotonic clock starts anew with the machine.
class SimClock final : public Clock {
public:
    explicit SimClock(UnixNanos now) : now_(now), start_(now), booted_(now - Nanos{1'000}) {}

    UnixNanos wall() const override { return now_ + wall_error_; }
    Nanos monotonic() const override { return now_ - booted_; }

    UnixNanos now() const { return now_; }
    Nanos elapsed() const { return now_ - start_; }
    void advance(Nanos by) { now_ += by; }
    /// The monotonic clock's value at a true time.
    Nanos monotonic_at(UnixNanos time) const { return time - booted_; }
    UnixNanos true_time(Nanos monotonic) const { return booted_ + monotonic; }

    void step_wall(Nanos by) { wall_error_ += by; }
    void reboot() { booted_ = now_ - Nanos{1'000}; }

private:
    UnixNanos now_;
    UnixNanos start_;
    UnixNanos booted_;
    Nanos wall_error_{0};
};

}  // namespace tickstock::sim

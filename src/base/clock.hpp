#pragma once

#include <chrono>

#include "base/time.hpp"

namespace tickstock {

/// The outside world's time, passed in wherever the runtime needs it (pacing, heartbeats, ts_pub).
/// The pure stages never see one.
class Clock {
public:
    virtual ~Clock() = default;

    /// Wall time, for labels only.
    virtual UnixNanos wall() const = 0;

    /// Never goes back, for durations only; its zero has no meaning.
    virtual Nanos monotonic() const = 0;
};

class SystemClock final : public Clock {
public:
    UnixNanos wall() const override {
        return std::chrono::time_point_cast<Nanos>(std::chrono::system_clock::now());
    }
    Nanos monotonic() const override {
        return std::chrono::duration_cast<Nanos>(
            std::chrono::steady_clock::now().time_since_epoch());
    }
};

/// A clock that stands still until a test moves it.
class ManualClock final : public Clock {
public:
    explicit ManualClock(UnixNanos wall) : wall_(wall) {}

    UnixNanos wall() const override { return wall_; }
    Nanos monotonic() const override { return monotonic_; }

    void advance(Nanos by) {
        wall_ += by;
        monotonic_ += by;
    }

private:
    UnixNanos wall_;
    Nanos monotonic_{0};
};

}  // namespace tickstock

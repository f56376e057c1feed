#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace tickstock {

/// At most `limit` a second, the rest counted. Time is passed in (monotonic). One thread, or a lock
/// around it.
class RateCap {
public:
    explicit RateCap(unsigned limit) : limit_(limit) {}

    /// Whether one more may pass at `now`. When a new second begins, take_suppressed() tells what
    /// the one before held back.
    bool allow(Nanos now) {
        if (!started_ || now - window_ >= std::chrono::seconds(1)) {
            started_ = true;
            window_ = now;
            passed_ = 0;
        }
        if (passed_ < limit_) {
            ++passed_;
            return true;
        }
        ++suppressed_;
        return false;
    }

    /// How many were held back since the last call.
    std::uint64_t take_suppressed() {
        const auto suppressed = suppressed_;
        suppressed_ = 0;
        return suppressed;
    }

private:
    unsigned limit_;
    bool started_ = false;
    Nanos window_{0};
    unsigned passed_ = 0;
    std::uint64_t suppressed_ = 0;
};

}  // namespace tickstock

#pragma once

#include <chrono>
#include <cstdint>

namespace tickstock::fanout {

// The load client measures the real server from outside, so it reads the machine's clocks.

inline std::int64_t monotonic_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

/// Comparable with `ts_pub`, being of the same machine.
inline std::int64_t wall_ns() {
    return std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace tickstock::fanout

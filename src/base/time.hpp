#pragma once

#include <chrono>
#include <cstdint>

namespace tickstock {

/// Duration in nanoseconds.
using Nanos = std::chrono::nanoseconds;

/// A point in time: nanoseconds since 1970-01-01T00:00:00Z. Every record, event and deadline uses
/// it; nothing inside the pipeline reads a clock to make one.
using UnixNanos = std::chrono::sys_time<Nanos>;

constexpr UnixNanos unix_nanos(std::int64_t ns) {
    return UnixNanos{Nanos{ns}};
}

constexpr std::int64_t to_ns(UnixNanos t) {
    return t.time_since_epoch().count();
}

/// Later than every deadline: "no deadline is open".
inline constexpr UnixNanos time_never = UnixNanos::max();

/// "Not known" for an optional time inside a record.
inline constexpr UnixNanos time_unknown = UnixNanos{};

/// The UTC second that holds `t` (floor, also before 1970).
constexpr std::int64_t unix_second(UnixNanos t) {
    return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

constexpr UnixNanos from_unix_second(std::int64_t second) {
    return UnixNanos{std::chrono::seconds{second}};
}

}  // namespace tickstock

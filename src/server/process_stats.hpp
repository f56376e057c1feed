#pragma once

#include <cstdint>

namespace tickstock {

/// This process as the kernel sees it; zero where it does not tell.
struct ProcessStats {
    std::uint64_t resident_bytes = 0;
    double cpu_seconds = 0;  ///< user and system, since the start
    std::uint64_t open_fds = 0;
    double start_time_seconds = 0;  ///< since 1970
};

ProcessStats read_process_stats();

}  // namespace tickstock

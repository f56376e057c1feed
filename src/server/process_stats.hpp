#pragma once

#include <cstdint>

namespace tickstock {

/// This process as the kernel sees it; zero where it does not tell.
struct ProcessStats {
    std::uint64_t resident_bytes = 0;
    std::uint64_t resident_peak_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    double cpu_seconds = 0;  ///< user and system, since the start
    std::uint64_t open_fds = 0;
    std::uint64_t max_fds = 0;
    std::uint64_t threads = 0;
    std::uint64_t voluntary_switches = 0;  ///< of all threads, also those that have ended
    std::uint64_t nonvoluntary_switches = 0;
    std::uint64_t minor_faults = 0;
    std::uint64_t major_faults = 0;  ///< with a read from the disk
    double start_time_seconds = 0;   ///< since 1970
};

ProcessStats read_process_stats();

}  // namespace tickstock

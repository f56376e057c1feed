#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace tickstock::validate {

/// What a figure was measured on. Without it a figure says little.
struct Machine {
    std::string cpu;     ///< model name
    unsigned cores = 0;  ///< that this process may use
    std::uint64_t memory_bytes = 0;
    std::string system;      ///< kernel and its release
    double load_before = 0;  ///< load average of the last minute, when the run began
    double load_after = 0;   ///< the same at its end; the run itself is in it
};

/// From /proc; what it does not tell stays empty.
Machine read_machine();
/// Load average of the last minute; 0 where the system does not tell.
double load_average();

/// A process's memory in bytes, from /proc/PID/status.
struct ProcessMemory {
    std::uint64_t resident = 0;
    std::uint64_t anonymous = 0;
    std::uint64_t peak_resident = 0;  ///< since its start
};
Result<ProcessMemory> read_memory(pid_t process);
/// The part of read_memory() that reads the text, for tests.
Result<ProcessMemory> parse_memory(const std::string& status);

/// What a process has used of all processors since its start, from /proc/PID/stat: user and system.
Result<Nanos> read_processor_time(pid_t process);
/// The part of read_processor_time() that reads the text, for tests.
Result<Nanos> parse_processor_time(const std::string& stat, std::int64_t ticks_per_second);

}  // namespace tickstock::validate

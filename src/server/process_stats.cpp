#include "server/process_stats.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace tickstock {
namespace {

/// The fields of /proc/self/stat after the process's name, which may hold spaces.
std::vector<std::string> stat_fields() {
    std::ifstream in("/proc/self/stat");
    std::string line;
    std::getline(in, line);
    std::istringstream rest(line.substr(std::min(line.rfind(')') + 1, line.size())));
    std::vector<std::string> fields;
    for (std::string field; rest >> field;) {
        fields.push_back(std::move(field));
    }
    return fields;
}

double boot_time_seconds() {
    std::ifstream in("/proc/stat");
    for (std::string word; in >> word;) {
        if (word == "btime") {
            double seconds = 0;
            in >> seconds;
            return seconds;
        }
    }
    return 0;
}

double number(const std::vector<std::string>& fields, std::size_t index) {
    return index < fields.size() ? std::stod(fields[index]) : 0;
}

}  // namespace

ProcessStats read_process_stats() {
    ProcessStats stats;
    std::uint64_t total_pages = 0;
    std::uint64_t resident_pages = 0;
    std::ifstream("/proc/self/statm") >> total_pages >> resident_pages;
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    stats.resident_bytes = resident_pages * page;
    stats.virtual_bytes = total_pages * page;

    // proc(5): field 3 is the first here; 14 utime, 15 stime, 22 starttime, in clock ticks; 20
    // the number of threads.
    const auto fields = stat_fields();
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    stats.cpu_seconds = (number(fields, 11) + number(fields, 12)) / ticks;
    stats.start_time_seconds = boot_time_seconds() + number(fields, 19) / ticks;

    stats.threads = static_cast<std::uint64_t>(number(fields, 17));

    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        stats.resident_peak_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
        stats.voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw);
        stats.nonvoluntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw);
        stats.minor_faults = static_cast<std::uint64_t>(usage.ru_minflt);
        stats.major_faults = static_cast<std::uint64_t>(usage.ru_majflt);
    }
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        stats.max_fds = files.rlim_cur;
    }

    std::error_code error;
    for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
         at.increment(error)) {
        ++stats.open_fds;
    }
    return stats;
}

}  // namespace tickstock

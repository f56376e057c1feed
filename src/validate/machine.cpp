#include "validate/machine.hpp"

#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>

namespace tickstock::validate {
namespace {

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// What stands behind `key` and a colon in a line of `text`; empty when there is no such line.
std::string_view value_of(std::string_view text, std::string_view key) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        if (line.starts_with(key)) {
            line.remove_prefix(std::min(line.find(':') + 1, line.size()));
            line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
            return line;
        }
        at = end + 1;
    }
    return {};
}

/// "6856 kB" in bytes.
std::optional<std::uint64_t> kibibytes(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && std::string_view(end).starts_with(" kB")
               ? std::optional(number * 1024)
               : std::nullopt;
}

unsigned usable_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    return sched_getaffinity(0, sizeof set, &set) == 0 ? static_cast<unsigned>(CPU_COUNT(&set)) : 1;
}

}  // namespace

double load_average() {
    std::ifstream file("/proc/loadavg");
    double load = 0;
    return file >> load ? load : 0;
}

Machine read_machine() {
    Machine machine;
    machine.cpu = value_of(text_of("/proc/cpuinfo"), "model name");
    machine.cores = usable_cores();
    machine.memory_bytes = kibibytes(value_of(text_of("/proc/meminfo"), "MemTotal")).value_or(0);
    utsname names{};
    if (::uname(&names) == 0) {
        machine.system = std::string(names.sysname) + " " + names.release;
    }
    machine.load_before = load_average();
    return machine;
}

Result<ProcessMemory> parse_memory(const std::string& status) {
    const auto resident = kibibytes(value_of(status, "VmRSS"));
    const auto anonymous = kibibytes(value_of(status, "RssAnon"));
    const auto peak = kibibytes(value_of(status, "VmHWM"));
    if (!resident || !anonymous || !peak) {
        return Error{"the process's status has no VmRSS, RssAnon or VmHWM"};
    }
    return ProcessMemory{*resident, *anonymous, *peak};
}

Result<Nanos> parse_processor_time(const std::string& stat, std::int64_t ticks_per_second) {
    // The second field is the program's name in brackets; it may hold spaces and brackets itself.
    const std::size_t name_end = stat.rfind(')');
    std::istringstream fields(name_end == std::string::npos ? "" : stat.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
        fields >> skipped;
    }
    std::int64_t user = 0;
    std::int64_t system = 0;
    if (!(fields >> user >> system) || ticks_per_second <= 0) {
        return Error{"the process's stat has no processor time"};
    }
    return std::chrono::nanoseconds((user + system) * (1'000'000'000 / ticks_per_second));
}

Result<Nanos> read_processor_time(pid_t process) {
    return parse_processor_time(text_of("/proc/" + std::to_string(process) + "/stat"),
                                ::sysconf(_SC_CLK_TCK));
}

Result<ProcessMemory> read_memory(pid_t process) {
    return parse_memory(text_of("/proc/" + std::to_string(process) + "/status"));
}

}  // namespace tickstock::validate

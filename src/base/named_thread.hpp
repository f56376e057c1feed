#pragma once

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock {

/// A thread's name and the processor time it has used, in seconds.
struct ThreadTime {
    std::string name;
    double cpu_seconds = 0;
};

/// Names the thread that makes it, for people and tools, and lists it in thread_times() until it is
/// destroyed there. Made at the begin of each long-lived thread; costs the thread nothing later.
class NamedThread {
public:
    /// The system shows the first 15 bytes of `name`.
    explicit NamedThread(std::string_view name);
    ~NamedThread();
    NamedThread(const NamedThread&) = delete;
    NamedThread& operator=(const NamedThread&) = delete;

private:
    friend std::vector<ThreadTime> thread_times();
    const std::string name_;
    clockid_t cpu_clock_{};
};

/// The named threads of this process that run now, by name; those of one name together. Any thread;
/// takes a lock that is otherwise taken only where threads begin and end.
std::vector<ThreadTime> thread_times();

}  // namespace tickstock

#include "base/named_thread.hpp"

#include <pthread.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "base/assert.hpp"

namespace tickstock {
namespace {

struct Registry {
    std::mutex mutex;
    std::vector<const NamedThread*> threads;
};

Registry& registry() {
    static Registry all;
    return all;
}

}  // namespace

NamedThread::NamedThread(std::string_view name) : name_(name) {
    constexpr std::size_t longest = 15;
    pthread_setname_np(pthread_self(), name_.substr(0, longest).c_str());
    TS_ASSERT(pthread_getcpuclockid(pthread_self(), &cpu_clock_) == 0);
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    all.threads.push_back(this);
}

NamedThread::~NamedThread() {
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    std::erase(all.threads, this);
}

std::vector<ThreadTime> thread_times() {
    std::map<std::string, double> by_name;
    {
        Registry& all = registry();
        const std::lock_guard lock(all.mutex);  // none of them ends meanwhile
        for (const NamedThread* thread : all.threads) {
            timespec used{};
            clock_gettime(thread->cpu_clock_, &used);
            by_name[thread->name_] +=
                static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
        }
    }
    std::vector<ThreadTime> times;
    for (const auto& [name, seconds] : by_name) {
        times.push_back({name, seconds});
    }
    return times;
}

}  // namespace tickstock

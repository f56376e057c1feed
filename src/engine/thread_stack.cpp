#include "engine/thread_stack.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

namespace tickstock {
namespace {

constexpr int most_frames = 40;
constexpr int frames_of_handler = 2;  // the handler, and how the kernel came to it
constexpr std::size_t longest_name = 120;
constexpr auto patience = std::chrono::milliseconds(500);
constexpr auto pause = std::chrono::milliseconds(1);

enum class Stage { Idle, Wanted, Reading, Read };

/// Between the one who asks and the handler on the other thread, which may take no lock.
struct Request {
    std::atomic<Stage> stage{Stage::Idle};
    std::atomic<pid_t> thread{0};
    std::array<void*, most_frames> frames{};  // the handler's while Reading, then the asker's
    int count = 0;
};
constinit Request request;
static_assert(std::atomic<Stage>::is_always_lock_free && std::atomic<pid_t>::is_always_lock_free);

/// Only notes addresses: names need memory and locks, which the interrupted code may hold.
void on_signal(int) {
    const int kept = errno;
    Stage wanted = Stage::Wanted;
    if (request.thread.load() == gettid() &&
        request.stage.compare_exchange_strong(wanted, Stage::Reading)) {
        request.count = backtrace(request.frames.data(), most_frames);
        request.stage.store(Stage::Read);
    }
    errno = kept;
}

bool wait_for_answer() {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (request.stage.load() != Stage::Read) {
        if (std::chrono::steady_clock::now() >= end) {
            Stage wanted = Stage::Wanted;
            // A late answer finds nobody. One that hangs while it reads keeps the request for ever.
            request.stage.compare_exchange_strong(wanted, Stage::Idle);
            return false;
        }
        std::this_thread::sleep_for(pause);
    }
    return true;
}

std::string name_of(const char* symbol) {
    int failed = 0;
    const std::unique_ptr<char, decltype(&std::free)> readable(
        abi::__cxa_demangle(symbol, nullptr, nullptr, &failed), &std::free);
    std::string name = failed == 0 ? readable.get() : symbol;
    if (name.size() > longest_name) {
        name.resize(longest_name);
        name += "...";
    }
    return name;
}

std::string describe(void* frame) {
    const auto address = reinterpret_cast<std::uintptr_t>(frame);
    Dl_info info{};
    if (dladdr(frame, &info) == 0 || info.dli_fname == nullptr) {
        return fmt::format("{:#x}", address);
    }
    std::string text;
    if (info.dli_sname != nullptr) {
        text = fmt::format("{}+{:#x} ", name_of(info.dli_sname),
                           address - reinterpret_cast<std::uintptr_t>(info.dli_saddr));
    }
    return text + fmt::format("{}(+{:#x})",
                              std::filesystem::path(info.dli_fname).filename().string(),
                              address - reinterpret_cast<std::uintptr_t>(info.dli_fbase));
}

}  // namespace

int thread_stack_signal() {
    return SIGUSR2;
}

void prepare_thread_stacks() {
    static std::once_flag once;
    std::call_once(once, [] {
        std::array<void*, 4> frames{};
        backtrace(frames.data(), static_cast<int>(frames.size()));  // loads libgcc
        struct sigaction action {};
        action.sa_handler = on_signal;
        action.sa_flags = SA_RESTART;
        sigemptyset(&action.sa_mask);
        sigaction(thread_stack_signal(), &action, nullptr);
    });
}

std::vector<std::string> thread_stack(pid_t thread) {
    static std::mutex one_at_a_time;
    const std::lock_guard lock(one_at_a_time);
    prepare_thread_stacks();
    std::vector<std::string> lines;
    if (request.stage.load() != Stage::Idle) {
        return lines;  // an earlier answer hangs
    }
    request.thread.store(thread);
    request.stage.store(Stage::Wanted);
    if (tgkill(getpid(), thread, thread_stack_signal()) != 0) {
        request.stage.store(Stage::Idle);
        return lines;
    }
    if (!wait_for_answer()) {
        return lines;
    }
    for (int i = frames_of_handler; i < request.count; ++i) {
        lines.push_back(describe(request.frames[static_cast<std::size_t>(i)]));
    }
    request.stage.store(Stage::Idle);
    return lines;
}

}  // namespace tickstock

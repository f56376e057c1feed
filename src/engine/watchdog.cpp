#include "engine/watchdog.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "base/assert.hpp"
#include "base/named_thread.hpp"
#include "engine/thread_stack.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

/// So much later than asked, the watchdog itself stood still.
constexpr Nanos late = std::chrono::seconds(1);

double seconds(Nanos time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

Watchdog::Watchdog(Limits limits, const Clock& clock,
                   std::function<void(const std::string&)> on_stuck)
    : limits_{std::min(limits.tell, limits.stuck), limits.stuck},
      clock_(clock),
      on_stuck_(std::move(on_stuck)) {
    prepare_thread_stacks();
}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        end_.notify_all();
    }
    if (thread_.joinable()) {
        thread_.join();
    }
    TS_ASSERT(entries_.empty());
}

void Watchdog::start() {
    TS_ASSERT(!thread_.joinable());
    thread_ = std::thread([this] { run(); });
}

void Watchdog::run() {
    const NamedThread named("ts-watchdog");
    for (;;) {
        look();
        std::unique_lock lock(mutex_);
        if (end_.wait_for(lock, look_interval, [this] { return ending_; })) {
            return;
        }
    }
}

void Watchdog::add(const WatchedLoop& loop, std::string_view name, Kind kind) {
    const std::lock_guard lock(mutex_);
    Entry entry;
    entry.loop = &loop;
    entry.name = name;
    entry.kind = kind;
    entry.thread = gettid();
    entry.seen = loop.state_.load(std::memory_order_relaxed);
    entry.since = clock_.monotonic();
    stalls_.try_emplace(entry.name, 0);
    entries_.push_back(std::move(entry));
}

void Watchdog::remove(const WatchedLoop& loop) {
    const std::lock_guard lock(mutex_);
    entries_.remove_if([&](const Entry& entry) { return entry.loop == &loop; });
}

void Watchdog::look() {
    const std::lock_guard lock(mutex_);
    const Nanos now = clock_.monotonic();
    if (last_look_ && now - *last_look_ > look_interval + late) {
        log_warn("watchdog",
                 "nothing was watched for {:.1f} s: the process or the machine stood still",
                 seconds(now - *last_look_));
        for (Entry& entry : entries_) {
            entry.since = now;
        }
    }
    for (Entry& entry : entries_) {
        look_at(entry, now);
    }
    last_look_ = clock_.monotonic();
}

void Watchdog::look_at(Entry& entry, Nanos now) {
    const std::uint64_t state = entry.loop->state_.load(std::memory_order_relaxed);
    if (state != entry.seen || (state & WatchedLoop::parked_bit) != 0) {
        if (entry.told) {
            log_warn("watchdog", "{} goes on after {:.1f} s", entry.name,
                     seconds(now - entry.since));
        }
        entry.seen = state;
        entry.since = now;
        entry.told = entry.given_up = false;
        return;
    }
    const Nanos silent = now - entry.since;
    if (silent > limits_.tell && !entry.told) {
        entry.told = true;
        ++stalls_[entry.name];
        tell(entry, silent);
    }
    if (silent > limits_.stuck && entry.kind == Kind::Work && !entry.given_up) {
        entry.given_up = true;
        log_error("watchdog", "{} is stuck: no step has ended for {:.1f} s", entry.name,
                  seconds(silent));
        on_stuck_(entry.name);
    }
}

/// The stack's lines have the thread's name as their area, so that each has a cap of its own.
void Watchdog::tell(Entry& entry, Nanos silent) {
    if (entry.kind == Kind::Disk) {
        log_error("watchdog", "{}: the disk has not answered for {:.1f} s", entry.name,
                  seconds(silent));
    } else {
        log_error("watchdog", "{}: no step has ended for {:.1f} s", entry.name, seconds(silent));
    }
    const std::vector<std::string> stack = thread_stack(entry.thread);
    if (stack.empty()) {
        log_error(entry.name, "no stack: the thread answers no signal (it waits in the kernel)");
    }
    for (std::size_t i = 0; i < stack.size(); ++i) {
        log_error(entry.name, "#{} {}", i, stack[i]);
    }
}

std::vector<Watchdog::Stalls> Watchdog::stalls() const {
    const std::lock_guard lock(mutex_);
    std::vector<Stalls> all;
    for (const auto& [thread, count] : stalls_) {
        Stalls stalls{thread, count};
        for (const Entry& entry : entries_) {
            if (entry.name == thread) {
                stalls.now = stalls.now || entry.told;
                stalls.kind = entry.kind;
            }
        }
        all.push_back(std::move(stalls));
    }
    return all;
}

std::unique_ptr<Watchdog> make_watchdog(const EngineSettings& settings, const Clock& clock) {
    if (settings.watchdog == Nanos{0}) {
        return nullptr;
    }
    Watchdog::Limits limits;
    limits.stuck = settings.watchdog;
    return std::make_unique<Watchdog>(limits, clock, [](const std::string& thread) {
        log_error("watchdog", "the process ends with status {} because of {}; start it again",
                  exit_stuck, thread);
        log_flush();
        std::_Exit(exit_stuck);
    });
}

}  // namespace tickstock

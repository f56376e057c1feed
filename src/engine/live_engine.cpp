#include "engine/live_engine.hpp"

#include <algorithm>
#include <fstream>
#include <random>

#include "base/assert.hpp"
#include "base/named_thread.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

constexpr Nanos longest_park = std::chrono::seconds(1);
/// The disk's thread looks by itself, so that no run of records has to wake it.
constexpr Nanos disk_park = std::chrono::milliseconds(200);
constexpr unsigned cores_of_one_thread = 2;
constexpr Nanos shards_turn = std::chrono::milliseconds(1);

bool is_one_thread(const EngineSettings& settings) {
    return settings.threads == 1 ||
           (settings.threads == 0 && std::thread::hardware_concurrency() <= cores_of_one_thread);
}

Runtime::Step both(const Runtime::Step& a, const Runtime::Step& b) {
    return {a.worked || b.worked, a.failed || b.failed, std::min(a.wake_at, b.wake_at)};
}

}  // namespace

EpochId random_epoch() {
    std::random_device random;
    EpochId epoch{};
    for (std::uint8_t& byte : epoch) {
        byte = static_cast<std::uint8_t>(random());
    }
    return epoch;
}

BootId machine_boot() {
    BootId boot{};
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string text;
    std::getline(file, text);
    std::size_t digit = 0;
    for (const char c : text) {
        const int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (value >= 0 && digit < 2 * boot.size()) {
            boot[digit / 2] = static_cast<std::uint8_t>(boot[digit / 2] << 4 | value);
            ++digit;
        }
    }
    return boot;
}

LiveEngine::LiveEngine(Runtime& runtime, const Config& config, const Clock& clock,
                       std::function<void(const std::string&)> on_failure, Watchdog* watchdog)
    : runtime_(runtime),
      clock_(clock),
      on_failure_(std::move(on_failure)),
      watchdog_(watchdog),
      one_thread_(is_one_thread(config.engine)),
      disk_waits_(config.journal.durability == Durability::Always ? Waits::ForWork
                                                                  : Waits::ForTime) {
    runtime_.set_wake([this] { wake(); });
    runtime_.set_snapshot_thread();
}

LiveEngine::~LiveEngine() {
    stop();
}

void LiveEngine::start() {
    TS_ASSERT(threads_.empty());
    using enum Watchdog::Kind;
    threads_.emplace_back(
        [this] { run("ts-disk", Disk, disk_waits_, [this] { return runtime_.step_sync(); }); });
    threads_.emplace_back([this] {
        run("ts-snapshot", Disk, Waits::ForTime, [this] { return runtime_.step_snapshot(); });
    });
    if (one_thread_) {
        threads_.emplace_back(
            [this] { run("ts-engine", Work, Waits::ForWork, [this] { return step_all(); }); });
        return;
    }
    for (unsigned shard = 0; shard < runtime_.shards(); ++shard) {
        threads_.emplace_back([this, shard] {
            const std::string name = "ts-shard-" + std::to_string(shard);
            run(name.c_str(), Work, Waits::ForWork,
                [this, shard] { return runtime_.step_shard(shard); });
        });
    }
    threads_.emplace_back([this] {
        run("ts-sequencer", Work, Waits::ForWork,
            [this] { return step_sequencer_and_publisher(); });
    });
}

/// The shards catch up before more is admitted, as far as their turn goes: with many inputs, or
/// while they read from the file, one run a turn would never do.
Runtime::Step LiveEngine::step_all() {
    Runtime::Step step = step_sequencer_and_publisher();
    const Nanos end_of_turn = clock_.monotonic() + shards_turn;
    for (bool more = true; more;) {
        more = false;
        for (unsigned shard = 0; shard < runtime_.shards(); ++shard) {
            const Runtime::Step done = runtime_.step_shard(shard);
            more = more || done.worked;
            step = both(step, done);
        }
        more = more && clock_.monotonic() < end_of_turn;
    }
    return both(step, runtime_.step_publisher());
}

Runtime::Step LiveEngine::step_sequencer_and_publisher() {
    if (drain_wanted_.load()) {
        runtime_.drain();
    }
    const Runtime::Step step = runtime_.step_sequencer();
    const Runtime::Step done = one_thread_ ? step : both(step, runtime_.step_publisher());
    if (drain_wanted_.load() && runtime_.drained()) {
        end();
    }
    return done;
}

/// One thread's life: step while there is work, park while there is none.
void LiveEngine::run(const char* name, Watchdog::Kind kind, Waits waits,
                     const std::function<Runtime::Step()>& step) {
    const NamedThread named(name);
    WatchedLoop loop(watchdog_, name, kind);
    try {
        for (;;) {
            loop.beat();
            const std::uint64_t seen = wakes_.load();
            const Runtime::Step done = step();
            if (done.failed) {
                give_up(runtime_.failure());
                return;
            }
            if (!park(loop, waits, seen, done.worked ? Nanos{0} : done.wake_at)) {
                return;
            }
        }
    } catch (const std::exception& error) {
        log_error("engine", "thread {} died: {}", name, error.what());
        give_up(std::string(name) + ": " + error.what());
    }
}

/// Nothing can be trusted any more: all threads end, and the owner is told once.
void LiveEngine::give_up(const std::string& why) {
    end();
    if (!failed_.exchange(true)) {
        on_failure_(why);
    }
}

void LiveEngine::end() {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    wake_.notify_all();
}

/// Waits until `until` (0 = not at all), a wake since `seen`, or the end. False at the end.
bool LiveEngine::park(WatchedLoop& loop, Waits waits, std::uint64_t seen, Nanos until) {
    std::unique_lock lock(mutex_);
    const bool for_work = waits == Waits::ForWork;
    if (until > Nanos{0}) {
        const Nanos wait =
            std::min(until - clock_.monotonic(), for_work ? longest_park : disk_park);
        if (wait > Nanos{0}) {
            loop.park();
            wake_.wait_for(lock, wait,
                           [&] { return ending_ || (for_work && wakes_.load() != seen); });
        }
    }
    return !ending_;
}

void LiveEngine::wake() {
    ++wakes_;
    const std::lock_guard lock(mutex_);
    wake_.notify_all();
}

bool LiveEngine::stop() {
    if (threads_.empty()) {
        return true;
    }
    drain_wanted_ = true;
    wake();
    for (std::thread& thread : threads_) {
        thread.join();
    }
    threads_.clear();
    return runtime_.stop() && !failed_.load();
}

}  // namespace tickstock

#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "engine/runtime.hpp"
#include "engine/watchdog.hpp"

namespace tickstock {

/// Gives a Runtime its threads. On up to two cores (or engine.threads = 1) one thread does
/// sequencer, shards and publisher in turn; otherwise each shard has one of its own and the
/// sequencer's also publishes. One more waits for the disk, and one writes snapshots. Threads park
/// while nothing is due. A failure, or a thread that dies of an exception, is loud: `on_failure` is
/// called once, and the process is expected to end.
class LiveEngine {
public:
    /// `runtime`, `clock` and `watchdog` must outlive this. `on_failure` is called on the thread
    /// that failed. Null `watchdog`: nobody watches the threads.
    LiveEngine(Runtime& runtime, const Config& config, const Clock& clock,
               std::function<void(const std::string&)> on_failure, Watchdog* watchdog = nullptr);
    ~LiveEngine();
    LiveEngine(const LiveEngine&) = delete;
    LiveEngine& operator=(const LiveEngine&) = delete;

    void start();

    /// Takes no more records, publishes what the ones at hand have caused, ends the threads, takes
    /// a snapshot and closes the journal. False when something failed. The starting thread.
    bool stop();

    unsigned threads() const { return static_cast<unsigned>(threads_.size()); }

private:
    enum class Waits : std::uint8_t { ForWork, ForTime };

    void run(const char* name, Watchdog::Kind kind, Waits waits,
             const std::function<Runtime::Step()>& step);
    void give_up(const std::string& why);
    void end();
    Runtime::Step step_all();
    Runtime::Step step_sequencer_and_publisher();
    void wake();
    bool park(WatchedLoop& loop, Waits waits, std::uint64_t seen, Nanos until);

    Runtime& runtime_;
    const Clock& clock_;
    const std::function<void(const std::string&)> on_failure_;
    Watchdog* const watchdog_;
    const bool one_thread_;
    const Waits disk_waits_;
    std::vector<std::thread> threads_;  // the starting thread's
    std::atomic<bool> failed_{false};
    std::atomic<bool> drain_wanted_{false};

    std::atomic<std::uint64_t> wakes_{0};
    std::mutex mutex_;  // for the two below
    std::condition_variable wake_;
    bool ending_ = false;
};

/// Random, 128 bits. Not for the pipeline: epochs are in no hash.
EpochId random_epoch();
/// The machine's boot, from the system; zeros where it does not tell.
BootId machine_boot();

}  // namespace tickstock

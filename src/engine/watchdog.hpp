#pragma once

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"

namespace tickstock {

class WatchedLoop;

/// Says which thread's loop no longer comes round (RELIABILITY 51). Silent for longer than
/// `limits.tell`: an error in the log with the thread's stack, once. For longer than
/// `limits.stuck`: `on_stuck`, once, which in the product ends the process. A loop that waits for
/// the disk by design is told only: a slow disk is no stuck thread.
///
/// Silence is measured between looks, so it is up to look_interval longer than told. A look that
/// comes more than a second late says that the process or the machine stood still, not one thread:
/// all loops then count from new.
class Watchdog {
public:
    enum class Kind : std::uint8_t {
        Work,  ///< each step is short
        Disk,  ///< a step may take as long as the disk does
    };
    struct Limits {
        Nanos tell = std::chrono::seconds(2);
        Nanos stuck = std::chrono::seconds(10);
    };
    struct Stalls {
        std::string thread;
        std::uint64_t count = 0;  ///< told so far
        bool now = false;         ///< told, and no step has ended since
        Kind kind = Kind::Work;
    };
    static constexpr Nanos look_interval = std::chrono::milliseconds(250);

    /// `on_stuck` gets the thread's name; called in look(), it may not call this object.
    /// `clock` outlives this.
    Watchdog(Limits limits, const Clock& clock, std::function<void(const std::string&)> on_stuck);
    /// All loops have ended.
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// Looks every look_interval from now on, on a thread of its own ("ts-watchdog").
    void start();

    /// One look at all loops, for tests without start().
    void look();

    /// By thread name, also of loops that have ended. Any thread.
    std::vector<Stalls> stalls() const;

private:
    friend class WatchedLoop;
    struct Entry {
        const WatchedLoop* loop = nullptr;
        std::string name;
        Kind kind = Kind::Work;
        pid_t thread = 0;
        std::uint64_t seen = 0;  // its beat at the last look …
        Nanos since{0};          // … and when a look first saw that
        bool told = false;
        bool given_up = false;
    };

    void add(const WatchedLoop& loop, std::string_view name, Kind kind);
    void remove(const WatchedLoop& loop);
    void run();
    void look_at(Entry& entry, Nanos now);
    void tell(Entry& entry, Nanos silent);

    const Limits limits_;
    const Clock& clock_;
    const std::function<void(const std::string&)> on_stuck_;
    mutable std::mutex mutex_;  // for all below; a thread takes it at its begin and its end only
    std::list<Entry> entries_;
    std::map<std::string, std::uint64_t> stalls_;
    std::optional<Nanos> last_look_;  // its end
    bool ending_ = false;
    std::condition_variable end_;
    std::thread thread_;
};

/// The part of a watched thread: made and destroyed on it, beats before each step. One store, no
/// lock, no clock.
class WatchedLoop {
public:
    /// Without a `watchdog` beats go nowhere. A loop counts as parked until its first beat.
    WatchedLoop(Watchdog* watchdog, std::string_view name, Watchdog::Kind kind)
        : watchdog_(watchdog) {
        if (watchdog_ != nullptr) {
            watchdog_->add(*this, name, kind);
        }
    }
    ~WatchedLoop() {
        if (watchdog_ != nullptr) {
            watchdog_->remove(*this);
        }
    }
    WatchedLoop(const WatchedLoop&) = delete;
    WatchedLoop& operator=(const WatchedLoop&) = delete;

    /// A step begins; also the end of parked().
    void beat() { state_.store((state_.load(relaxed) | parked_bit) + 1, relaxed); }
    /// Waits for work from here to the next beat(), however long.
    void park() { state_.store(state_.load(relaxed) | parked_bit, relaxed); }

private:
    friend class Watchdog;
    static constexpr auto relaxed = std::memory_order_relaxed;
    static constexpr std::uint64_t parked_bit = 1;  // the rest counts beats

    alignas(64) std::atomic<std::uint64_t> state_{parked_bit};  // written by its thread only
    Watchdog* const watchdog_;
};

/// Exit status of a process that its watchdog has ended: to be started again.
constexpr int exit_stuck = 70;

/// The product's, by engine.watchdog_seconds: a stuck loop ends the process with exit_stuck, as
/// abruptly as SIGKILL would. Null when the setting is 0. Not started.
std::unique_ptr<Watchdog> make_watchdog(const EngineSettings& settings, const Clock& clock);

}  // namespace tickstock

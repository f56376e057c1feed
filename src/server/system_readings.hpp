#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/status.hpp"
#include "engine/watchdog.hpp"
#include "history/history_writer.hpp"
#include "monitoring/alert.hpp"
#include "monitoring/reading.hpp"
#include "monitoring/windows.hpp"
#include "server/process_stats.hpp"
#include "server/recent_readings.hpp"

namespace tickstock {

/// All readings of the running system, look by look: engine, process, threads, history. The
/// monitor's thread; pure, all is passed in.
class SystemReadings {
public:
    /// The engine tells of itself once a second; silent for longer than this it does not work.
    static constexpr Nanos status_patience = std::chrono::seconds(10);
    /// A start may take so long before its not being ready counts.
    static constexpr Nanos start_grace = std::chrono::seconds(60);
    /// What a start has gathered may be worked off for so long before it counts as load.
    static constexpr Nanos settle_time = std::chrono::seconds(5);

    struct Input {
        std::shared_ptr<const EngineStatus> status;  ///< null = the engine has not begun
        ProcessStats process;
        std::vector<Watchdog::Stalls> stalls;
        std::optional<HistoryStatus> history;  ///< nothing = storage is off
        Nanos now{0};                          ///< monotonic
        Nanos window{0};
    };
    Readings look(const Input& input);

private:
    void add_process(const Input& input, Readings& readings);
    void add_threads(const Input& input, Readings& readings);
    void add_health(const Input& input, Readings& readings);
    void add_uptime(bool ready, const Input& input, Readings& readings);
    bool has_settled(const Input& input);

    RecentReadings recent_;
    std::map<std::string, RecentIncrease> stalls_;
    RecentIncrease cpu_;
    std::optional<Nanos> first_look_;
    std::shared_ptr<const EngineStatus> told_;  // the last status …
    Nanos told_at_{0};                          // … and when it was new
    std::optional<Nanos> ready_since_;          // start-up is over
    bool was_ready_ = false;                    // nothing was missing, once
    Nanos looked_{0};
    Nanos ready_{0};  // time of being ready
};

/// What an operator sees first (S3): READY, DEGRADED, NOT_READY. Degraded: an alert of severity
/// error or critical stands, or a channel is unhealthy. `status` may be null.
std::string_view system_state(const EngineStatus* status, const std::vector<Alert>& active);

}  // namespace tickstock

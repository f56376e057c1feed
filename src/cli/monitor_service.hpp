#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "config/problem.hpp"
#include "engine/status.hpp"
#include "engine/watchdog.hpp"
#include "history/history_writer.hpp"
#include "monitoring/alert_board.hpp"
#include "monitoring/monitor.hpp"
#include "monitoring/webhook_set.hpp"
#include "server/system_readings.hpp"

namespace tickstock {

/// The monitoring of a running server (SPEC 13): looks at everything each monitoring.interval on a
/// thread of its own ("ts-monitor"), and tells the board, the log and the webhooks.
class MonitorService {
public:
    /// All outlive this.
    struct Parts {
        const Clock& clock;
        std::function<std::shared_ptr<const EngineStatus>()> status;  ///< any thread; null = none
        Watchdog* watchdog = nullptr;                                 ///< may be null
        const HistoryWriter* history = nullptr;                       ///< null = storage is off
        /// After each look: how many alerts of severity error or critical stand. The monitor's
        /// thread; may be empty.
        std::function<void(std::uint64_t)> tell_error_alerts = {};
    };

    /// What create() would refuse in a configuration that load_config() takes: a secret that cannot
    /// be read. Any thread; reads files.
    static std::optional<ConfigProblem> check(const Config& config);

    /// Errors name the setting: an address that is none, a secret that cannot be read.
    static Result<std::unique_ptr<MonitorService>> create(const Config& config, Parts parts);
    ~MonitorService();
    MonitorService(const MonitorService&) = delete;
    MonitorService& operator=(const MonitorService&) = delete;

    /// For the server; always there.
    const AlertBoard& board() const { return board_; }

    /// Takes thresholds, rules and webhooks at the next look. Any thread, never waits. What cannot
    /// be (a secret that cannot be read) is told in the log, and the webhooks stay as they were.
    void set_settings(const Config& config);

    /// Puts the resolved alerts of an earlier process, newest first, into the history. Before
    /// start().
    void restore(std::vector<Alert> resolved);

    void start();
    /// Ends the thread; webhooks then have Webhook::stop_time for what waits.
    void stop();

    /// One look, for the thread and for tests without start().
    void look();

private:
    /// What it takes of a configuration.
    struct Settings {
        MonitoringSettings monitoring;
        std::vector<AlertRule> rules;
    };

    MonitorService(const Config& config, Parts parts);
    Result<bool> set_webhooks(const MonitoringSettings& settings);
    void take_settings();
    void run();

    const Parts parts_;
    AlertBoard board_;
    MonitoringSettings settings_;  // the thread's, as are the next three
    Monitor monitor_;
    SystemReadings readings_;
    WebhookSet webhooks_;
    std::mutex mutex_;  // guards the rest but the thread
    std::condition_variable changed_;
    std::optional<Settings> next_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace tickstock

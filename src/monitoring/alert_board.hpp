#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "monitoring/alert.hpp"
#include "monitoring/monitor_rule.hpp"
#include "monitoring/reading.hpp"

namespace tickstock {

/// What everybody sees of the alerts; plain values. No pointer is null.
struct AlertReport {
    std::vector<Alert> active;  ///< worst first, then oldest first
    std::shared_ptr<const std::vector<Alert>> recent =
        std::make_shared<const std::vector<Alert>>();  ///< resolved, newest first
    std::uint64_t raised = 0;                          ///< ever; = active + resolved
    std::uint64_t resolved = 0;                        ///< ever
    std::uint64_t suppressed = 0;       ///< within the cooldown of one of their type and channel
    std::uint64_t webhook_sent = 0;     ///< messages that a webhook took
    std::uint64_t webhook_failed = 0;   ///< given up after all attempts
    std::uint64_t webhook_dropped = 0;  ///< the queue was full, or the program stopped
    std::uint64_t webhook_waiting = 0;
    UnixNanos looked;  ///< wall time of the last look
    std::shared_ptr<const std::vector<MonitorRule>> rules =
        std::make_shared<const std::vector<MonitorRule>>();
    Readings readings;  ///< of the last look
    /// Thresholds in effect; without addresses and files.
    std::shared_ptr<const MonitoringSettings> settings =
        std::make_shared<const MonitoringSettings>();
};

/// Hands the newest report from the monitor's thread to all others.
class AlertBoard {
public:
    void publish(std::shared_ptr<const AlertReport> report) {
        const std::lock_guard lock(mutex_);
        report_ = std::move(report);
    }
    /// Never null.
    std::shared_ptr<const AlertReport> report() const {
        const std::lock_guard lock(mutex_);
        return report_;
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const AlertReport> report_ = std::make_shared<const AlertReport>();
};

}  // namespace tickstock

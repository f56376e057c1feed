#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "monitoring/alert_board.hpp"
#include "monitoring/alert_book.hpp"

namespace tickstock {

/// S3's ChannelMonitor: readings in, alerts out. Pure: times are passed in. One thread.
class Monitor {
public:
    Monitor(const MonitoringSettings& settings, const std::vector<AlertRule>& people);

    /// New thresholds, rules and times act at the next look; what no rule wants any more resolves.
    void configure(const MonitoringSettings& settings, const std::vector<AlertRule>& people);

    /// Holds the rules against the readings; with monitoring.enabled off all alerts resolve.
    /// `monotonic` never goes back.
    std::vector<AlertNotice> look(Readings readings, UnixNanos wall, Nanos monotonic);

    /// AlertBook::restore().
    void restore(std::vector<Alert> resolved) { book_.restore(std::move(resolved)); }

    /// As of the last look; what webhooks did is the caller's to add.
    AlertReport report() const;

private:
    std::shared_ptr<const MonitoringSettings> settings_;
    std::shared_ptr<const std::vector<MonitorRule>> rules_;
    AlertBook book_;
    Readings readings_;
    UnixNanos looked_;
};

}  // namespace tickstock

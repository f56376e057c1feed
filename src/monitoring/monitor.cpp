#include "monitoring/monitor.hpp"

#include <utility>

namespace tickstock {

Monitor::Monitor(const MonitoringSettings& settings, const std::vector<AlertRule>& people)
    : book_({settings.cooldown, settings.history}) {
    configure(settings, people);
}

void Monitor::configure(const MonitoringSettings& settings, const std::vector<AlertRule>& people) {
    rules_ = std::make_shared<const std::vector<MonitorRule>>(monitor_rules(settings, people));
    book_.set_limits({settings.cooldown, settings.history});
    MonitoringSettings shown = settings;
    shown.webhook_urls.clear();
    shown.webhook_secret_file.clear();
    settings_ = std::make_shared<const MonitoringSettings>(std::move(shown));
}

std::vector<AlertNotice> Monitor::look(Readings readings, UnixNanos wall, Nanos monotonic) {
    readings_ = std::move(readings);
    looked_ = wall;
    return book_.look(settings_->enabled ? find_alerts(*rules_, readings_) : std::vector<Finding>(),
                      wall, monotonic);
}

AlertReport Monitor::report() const {
    AlertReport report;
    report.active = book_.active();
    report.recent = book_.recent();
    report.raised = book_.raised();
    report.resolved = book_.resolved();
    report.suppressed = book_.suppressed();
    report.looked = looked_;
    report.rules = rules_;
    report.readings = readings_;
    report.settings = settings_;
    return report;
}

}  // namespace tickstock

#include "monitoring/alert_log.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "config/alert_files.hpp"
#include "metrics/log.hpp"
#include "monitoring/alert_json.hpp"

namespace tickstock {
namespace {

LogLevel level_of(const AlertNotice& notice) {
    if (notice.change == AlertChange::Resolved || notice.alert.severity == AlertSeverity::Info) {
        return LogLevel::Info;
    }
    return notice.alert.severity == AlertSeverity::Warning ? LogLevel::Warn : LogLevel::Error;
}

}  // namespace

void log_alert(const AlertNotice& notice) {
    const LogLevel level = level_of(notice);
    if (!log_enabled(level)) {
        return;
    }
    const Alert& alert = notice.alert;
    std::string text = fmt::format("alert {} {}: {} ({}){}: {}", alert.id, to_string(notice.change),
                                   alert.type, to_string(alert.severity),
                                   alert.channel.empty() ? "" : " " + alert.channel, alert.message);
    if (alert.resolved) {
        text += fmt::format(", after {:.1f} s",
                            std::chrono::duration<double>(*alert.resolved - alert.raised).count());
    }
    log_text(level, "monitoring", text);
}

}  // namespace tickstock

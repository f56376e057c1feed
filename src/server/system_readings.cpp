#include "server/system_readings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "server/readiness.hpp"
#include "server/status_readings.hpp"

namespace tickstock {
namespace {

double seconds(Nanos time) {
    return std::chrono::duration<double>(time).count();
}

// Of the reading system.health.
constexpr double good = 0;
constexpr double degraded = 1;
constexpr double not_working = 2;

/// What tells of load: it means nothing while a start catches up.
bool tells_load(const Reading& reading) {
    constexpr std::array names{"channel.queue_percent",      "channel.degradation",
                               "channel.success_rate",       "channel_routing.avg_routing_time_ms",
                               "channel_routing.error_rate", "channel_routing.success_rate"};
    return std::ranges::find(names, reading.name) != names.end() ||
           reading.name.find(".latency_") != std::string::npos;
}

Reading health_of(const HistoryStatus& history) {
    const double value = history.state == HistoryState::Failed        ? not_working
                         : history.state == HistoryState::Unreachable ? degraded
                                                                      : good;
    return {"system.health",
            "storage",
            value,
            fmt::format("the history is {}: {}", to_string(history.state), history.last_error),
            {}};
}

}  // namespace

void SystemReadings::add_process(const Input& input, Readings& readings) {
    const auto resident = static_cast<double>(input.process.resident_bytes);
    readings.push_back({"process.memory_bytes",
                        "",
                        resident,
                        fmt::format("{:.0f} MB of memory are in use", resident / 1e6),
                        {}});
    readings.push_back(
        {"process.open_files", "", static_cast<double>(input.process.open_fds), {}, {}});
    // The window is shorter at the begin.
    const double used = cpu_.look(input.process.cpu_seconds, input.now, input.window);
    const double time = seconds(std::min(input.now - *first_look_, input.window));
    if (time > 0) {
        readings.push_back({"process.cpu_percent", "", 100 * used / time, {}, {}});
    }
}

void SystemReadings::add_threads(const Input& input, Readings& readings) {
    for (const Watchdog::Stalls& one : input.stalls) {
        const double recent =
            stalls_[one.thread].look(static_cast<double>(one.count), input.now, input.window);
        readings.push_back({"thread.stalls",
                            one.thread,
                            one.now ? std::max(recent, 1.0) : recent,
                            fmt::format("thread {} {}", one.thread,
                                        one.now ? "hangs: no step has ended for over 2 s"
                                                : "has hung for over 2 s and goes on"),
                            {}});
    }
}

void SystemReadings::add_uptime(bool ready, const Input& input, Readings& readings) {
    if (ready) {
        ready_ += input.now - looked_;
    }
    const Nanos time = input.now - *first_look_;
    readings.push_back({"system.uptime_percent",
                        "",
                        time.count() > 0 ? 100 * seconds(ready_) / seconds(time) : 100,
                        {},
                        {}});
}

void SystemReadings::add_health(const Input& input, Readings& readings) {
    if (input.status != told_) {
        told_ = input.status;
        told_at_ = input.now;
    }
    std::vector<std::string> missing;
    const bool draining = input.status != nullptr && input.status->control.draining;
    if (!draining) {  // a stop that someone wants is no fault
        missing = missing_for_ready(input.status.get(), false);
    }
    if (const Nanos silent = input.now - told_at_; silent > status_patience && !draining) {
        missing.push_back(fmt::format("engine: has told nothing for {:.0f} s", seconds(silent)));
    }
    was_ready_ = was_ready_ || missing.empty();
    const bool is_starting = !was_ready_ && input.now - *first_look_ < start_grace;
    readings.push_back({"system.health",
                        "engine",
                        missing.empty() || is_starting ? good : not_working,
                        fmt::format("not ready: {}", fmt::join(missing, "; ")),
                        {}});
    if (input.history) {
        readings.push_back(health_of(*input.history));
        readings.push_back(
            {"storage.behind", "", static_cast<double>(input.history->behind), {}, {}});
    }
    add_uptime(missing.empty(), input, readings);
}

bool SystemReadings::has_settled(const Input& input) {
    // Once for the process: a full disk takes `ready` away, too, when load is worth a word.
    if (!ready_since_ && input.status != nullptr && input.status->ready) {
        ready_since_ = input.now;
    }
    return ready_since_ && input.now - *ready_since_ >= settle_time;
}

Readings SystemReadings::look(const Input& input) {
    if (!first_look_) {
        first_look_ = looked_ = told_at_ = input.now;
        cpu_ = RecentIncrease(false);
    }
    Readings readings;
    if (input.status != nullptr) {
        readings = state_readings(*input.status);
        recent_.look(*input.status, input.now, input.window, readings);
    }
    if (!has_settled(input)) {
        std::erase_if(readings, tells_load);
    }
    add_process(input, readings);
    add_threads(input, readings);
    add_health(input, readings);
    looked_ = input.now;
    return readings;
}

std::string_view system_state(const EngineStatus* status, const std::vector<Alert>& active) {
    if (!missing_for_ready(status, false).empty()) {
        return "NOT_READY";
    }
    const bool is_bad = std::ranges::any_of(
        active, [](const Alert& alert) { return alert.severity >= AlertSeverity::Error; });
    const bool is_ill = std::ranges::any_of(status->channels, [](const ChannelSummary& channel) {
        return channel.enabled && !channel.healthy;
    });
    return is_bad || is_ill ? "DEGRADED" : "READY";
}

}  // namespace tickstock

#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "engine/test_runtime.hpp"
#include "monitoring/monitor.hpp"
#include "server/system_readings.hpp"

namespace tickstock::testing {

/// The monitor of a Bench, on its clock.
class Watch {
public:
    explicit Watch(Bench& bench, const MonitoringSettings& settings = {},
                   const std::vector<AlertRule>& people = {})
        : bench_(bench), window_(settings.window), monitor_(settings, people) {}

    void look() {
        SystemReadings::Input input = extra;
        input.status = bench_.runtime->status();
        input.now = bench_.clock.monotonic();
        input.window = window_;
        for (const AlertNotice& notice :
             monitor_.look(readings_.look(input), bench_.clock.wall(), input.now)) {
            ++told_[notice.alert.type][notice.change];
        }
    }
    /// Lets the time pass, with a look each second.
    void pass(Nanos time) {
        for (const Nanos end = bench_.clock.monotonic() + time; bench_.clock.monotonic() < end;) {
            bench_.pass(std::chrono::seconds(1));
            look();
        }
    }
    template <class Condition>
    bool pass_until(Condition condition, Nanos at_most = std::chrono::minutes(10)) {
        const Nanos end = bench_.clock.monotonic() + at_most;
        while (!condition() && bench_.clock.monotonic() < end) {
            pass(std::chrono::seconds(1));
        }
        return condition();
    }

    /// Null when it is not active.
    const Alert* active(const std::string& type, const std::string& channel = "") {
        report_ = monitor_.report();
        const auto found = std::ranges::find_if(report_.active, [&](const Alert& alert) {
            return alert.type == type && alert.channel == channel;
        });
        return found == report_.active.end() ? nullptr : &*found;
    }
    bool quiet() {
        report_ = monitor_.report();
        return report_.active.empty();
    }
    std::string all() {
        std::string text;
        for (const Alert& alert : monitor_.report().active) {
            text += alert.type + " " + alert.channel + ": " + alert.message + "\n";
        }
        return text;
    }
    std::uint64_t told(const std::string& type, AlertChange change = AlertChange::Raised) {
        return told_[type][change];
    }
    const Reading* reading(const std::string& name, const std::string& channel = "") {
        report_ = monitor_.report();
        return find_reading(report_.readings, name, channel);
    }

    SystemReadings::Input extra;  ///< process, threads, history as the test says

private:
    Bench& bench_;
    const Nanos window_;
    Monitor monitor_;
    SystemReadings readings_;
    AlertReport report_;
    std::map<std::string, std::map<AlertChange, std::uint64_t>> told_;
};

}  // namespace tickstock::testing

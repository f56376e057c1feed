#include "server/readiness.hpp"

namespace tickstock {
namespace {

void add_control(const ControlStatus& control, std::vector<std::string>& missing) {
    if (!control.recovery.done) {
        missing.emplace_back("recovery: under way");
    }
    if (control.router.circuit != CircuitState::Closed) {
        missing.push_back("router: circuit " + std::string(to_string(control.router.circuit)));
    }
    if (!control.journal.writable()) {
        const std::string& reason = control.journal.reason;
        missing.push_back("journal: " + control.journal.state +
                          (reason.empty() ? std::string() : ", " + reason));
    }
    if (control.draining) {
        missing.emplace_back("engine: stopping");
    }
}

}  // namespace

std::vector<std::string> missing_for_ready(const EngineStatus* status, bool is_stopping) {
    std::vector<std::string> missing;
    if (is_stopping) {
        missing.emplace_back("server: stopping");
    }
    if (status == nullptr) {
        missing.emplace_back("engine: not started");
        return missing;
    }
    if (!status->ready) {
        missing.emplace_back("engine: start-up is not over");
    }
    add_control(status->control, missing);
    for (const ChannelSummary& channel : status->channels) {
        // Shutdown is the state of a channel that is not enabled.
        if (channel.status != ChannelStatus::Active && channel.status != ChannelStatus::Shutdown) {
            missing.push_back("channel " + std::string(to_string(channel.type)) + ": " +
                              std::string(to_string(channel.status)));
        }
    }
    for (const SourceSummary& source : status->sources) {
        if (source.required && source.state != "streaming" && source.state != "ended") {
            missing.push_back("source " + source.name + ": " + source.state);
        }
    }
    return missing;
}

std::vector<std::string> stalled_threads(const Watchdog* watchdog) {
    std::vector<std::string> threads;
    if (watchdog == nullptr) {
        return threads;
    }
    for (const Watchdog::Stalls& stalls : watchdog->stalls()) {
        if (stalls.now && stalls.kind == Watchdog::Kind::Work) {
            threads.push_back("thread " + stalls.thread + ": no step has ended for over 2 s");
        }
    }
    return threads;
}

}  // namespace tickstock

#include "server/readiness.hpp"

namespace tickstock {

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

}  // namespace tickstock

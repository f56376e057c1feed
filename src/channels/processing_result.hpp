#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/event.hpp"

namespace tickstock {

/// What became of one record, for those who ask (tests, traces): the hot path never makes one.
struct ProcessingResult {
    bool success = true;  ///< false = dropped by reason, or a detector failed on it
    std::vector<Detection> events;
    std::vector<std::string> errors;  ///< as channel_error_text() makes them
    Nanos processing_time{0};
    std::map<std::string, std::string> metadata;  ///< channel, sequence, reason …

    double processing_time_ms() const {
        return std::chrono::duration<double, std::milli>(processing_time).count();
    }
};

/// "Channel NAME (TYPE): message".
std::string channel_error_text(std::string_view name, ChannelType type, std::string_view message);

}  // namespace tickstock

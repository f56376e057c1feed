#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "config/config.hpp"

namespace tickstock {

/// One alert of its life: raised when its rule began to hold, resolved when it did not any more.
struct Alert {
    std::uint64_t id = 0;  ///< grows; 1 is the oldest that the process knows
    std::string type;      ///< "QUEUE_OVERFLOW", "channel_error_rate", a person's rule's name
    AlertSeverity severity = AlertSeverity::Warning;  ///< while it is active the newest
    std::string channel;  ///< channel, source, thread … it is about; empty = the system
    std::string message;
    double value = 0;      ///< the reading when it was raised; while it is active the newest
    double threshold = 0;  ///< what it was held against
    UnixNanos raised;      ///< wall time
    std::optional<UnixNanos> resolved;
    std::string runbook;  ///< docs/runbooks/NAME.md; empty = none
};

enum class AlertChange : std::uint8_t { Raised, Worsened, Resolved };

/// What sinks are told.
struct AlertNotice {
    AlertChange change = AlertChange::Raised;
    Alert alert;
};

}  // namespace tickstock

#pragma once

#include <cstdint>
#include <string>

#include "base/time.hpp"
#include "model/enums.hpp"
#include "socketio/engine_packet.hpp"

namespace tickstock {

/// What `status_update` tells, every 2 s.
struct StatusFacts {
    enum class Health : std::uint8_t { Initializing, Healthy, Warning, Error };
    Health health = Health::Initializing;
    bool connected = false;  ///< every source gives records, or its market is closed
    std::string provider;    ///< names of the sources
    TradingSession session = TradingSession::Closed;
    UnixNanos timestamp;         ///< wall time
    double avg_response_ms = 0;  ///< mean time from a record's receipt to its events' publication
};

/// The packet 42["status_update",{…}].
EngineFrame status_update_packet(const StatusFacts& facts);

}  // namespace tickstock

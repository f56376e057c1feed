#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "metrics/histogram.hpp"
#include "validate/machine.hpp"
#include "validate/push_client.hpp"
#include "validate/stream_client.hpp"

namespace tickstock::validate {

class Workbench;

/// What a server in a process of its own did under load: trades, bars and fair values of 10,000
/// symbols pushed to it at a pace, events read by a client from outside.
struct LiveRun {
    std::string error;  ///< why it has no result; empty = it ran to its end

    std::uint32_t symbols = 0;
    double pace = 0;               ///< trades/s that were to be sent
    double seconds = 0;            ///< of pushing at the pace
    double trades_per_second = 0;  ///< taken into the journal
    double events_per_second = 0;  ///< read by the client, over the same time
    std::uint64_t rows = 0;        ///< sent in all: trades, bars, fair values
    PushClient::Counts answered;
    /// From before the trade's bytes were handed to the socket until its event had been read.
    Histogram end_to_end;
    ToldStream told;            ///< what the client was told, from the first event on
    std::string status;         ///< /api/v1/status at the end
    std::string metrics;        ///< /metrics at the end
    ProcessMemory loaded;       ///< when all symbols were there, before the load
    ProcessMemory memory;       ///< at the end
    Nanos processor_time{0};    ///< the server's, over the same `seconds`
    std::uint64_t records = 0;  ///< that it took in them, bars included
    std::string data;           ///< the data directory of the server, which has ended in good order
};

/// 100,000 trades/s with 2,000 new highs/s for 4 s, with --full 30 s. Never fails: `error` tells.
LiveRun run_live(const Workbench& bench);

/// "100,000 trades/s for 4 s, 2,013 events/s": the conditions, for details of gates.
std::string conditions_of(const LiveRun& run);

}  // namespace tickstock::validate

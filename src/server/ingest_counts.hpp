#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sources/push/push_queue.hpp"

namespace tickstock {

/// How a request with rows ended: one POST /api/v1/ingest, or one message of /ingest.
enum class IngestResult : std::uint8_t {
    Done,     ///< the journal has what was good and new
    Invalid,  ///< wrong as a whole: none of its rows was looked at
    Full,     ///< told to come again (429); over WebSocket it waits instead, counted when it begins
    Stopped,  ///< the engine ends, or no push source runs
    Count_
};

/// "done", "invalid", "full", "stopped": the label `result`.
std::string_view to_string(IngestResult result);

/// What clients pushed. I/O thread only. rows = accepted + duplicates + rejected + refused.
struct IngestCounts {
    std::uint64_t open = 0;  ///< WebSockets on /ingest now
    std::array<std::uint64_t, static_cast<std::size_t>(IngestResult::Count_)> requests{};
    std::uint64_t rows = 0;
    std::uint64_t accepted = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t rejected = 0;
    std::uint64_t refused = 0;
    std::uint64_t in_flight_bytes = 0;  ///< taken by the queue, not answered yet

    void count(IngestResult result) { ++requests[static_cast<std::size_t>(result)]; }
    void add(const PushResult& result);
};

}  // namespace tickstock

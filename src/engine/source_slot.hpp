#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/state_archive.hpp"
#include "engine/live_source.hpp"
#include "model/record.hpp"

namespace tickstock {

/// One input and how far the journal has it. Sequencer's thread.
struct SourceSlot {
    SourceId id;
    std::unique_ptr<LiveSource> source;
    std::uint64_t pass = 1;      ///< of the epoch: which time over the same records
    std::uint64_t position = 0;  ///< records of this pass admitted or refused
    RecordBatch batch;
    std::vector<Record> waiting;  ///< handed over, and held back by a full channel
    LiveSource::Poll last;
    /// Records that one client sent (LiveSource::client()), to be admitted behind `waiting`.
    struct Due {
        std::string client;
        std::vector<Record> records;
        bool is_polled = false;  ///< the last poll gave them: what is refused is told the source
    };
    std::deque<Due> due;
    std::uint64_t due_records = 0;
    bool counts_refused = true;
    std::uint64_t refused = 0;  ///< of the last poll
    FeedMemory memory;          ///< until it is started
    bool ended = false;
    UnixNanos last_record;  ///< ts_event
    Nanos heard_at{0};      ///< monotonic: when it last handed records over, or was started
};

/// What the journal knows of an input: enough to go on with it after a restart.
struct SourcePosition {
    std::string identity;
    std::uint64_t pass = 1;
    std::uint64_t position = 0;

    template <class Archive>
    void archive(Archive& a) {
        a(identity, pass, position);
    }
    friend bool operator==(const SourcePosition&, const SourcePosition&) = default;
};

/// The text of BeginEpoch::sources: a line an input, "PASS POSITION IDENTITY".
std::string to_text(const std::vector<SourcePosition>& sources);
std::vector<SourcePosition> source_positions(const std::string& text);
/// The same inputs, each of which can go on where it was broken off.
bool can_go_on(const std::vector<SourcePosition>& before, const std::vector<SourceSlot>& now);

}  // namespace tickstock

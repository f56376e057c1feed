#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/decision.hpp"
#include "model/record.hpp"

namespace tickstock {

/// What the sequencer hands to the shards: admitted records that follow each other, or one decision
/// alone (runs are cut at decisions). Never changes once it is in the tail; shared by all shards.
struct Run {
    std::vector<Record> records;          ///< clock ticks included; sequences contiguous
    std::vector<std::uint16_t> shard_of;  ///< by record; no_shard for clock ticks
    std::optional<Decision> decision;     ///< then there are no records
    bool warm_up = false;                 ///< of a source that is not at its pace yet: not judged
    Nanos admitted{0};  ///< monotonic time of admission, for waits; 0 = read from the file

    static constexpr std::uint16_t no_shard = 0xFFFF;

    Sequence first() const {
        return decision ? decision->sequence : records.front().header().sequence;
    }
    Sequence last() const {
        return decision ? decision->sequence : records.back().header().sequence;
    }
    UnixNanos through() const { return decision ? decision->clock : records.back().header().clock; }
    std::size_t entries() const { return decision ? 1 : records.size(); }
};
/// Run::shard_of of a decision: one that is told as a record or an event is told by one shard, and
/// what names symbols lies with theirs. `place` gives the shard of a symbol.
template <class Place>
std::vector<std::uint16_t> shards_of(const Decision& decision, Place place) {
    if (const auto* halt = std::get_if<ManualHalt>(&decision.action)) {
        return {place(halt->symbol)};
    }
    if (const auto* restored = std::get_if<RestoreSessions>(&decision.action)) {
        std::vector<std::uint16_t> shards;
        for (const SessionRestore& session : restored->sessions) {
            shards.push_back(place(session.symbol));
        }
        return shards;
    }
    return {0};
}

using RunPtr = std::shared_ptr<const Run>;

}  // namespace tickstock

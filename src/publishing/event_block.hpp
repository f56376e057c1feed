#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/event.hpp"
#include "publishing/event_details.hpp"

namespace tickstock {

/// What a filter may ask of an event without parsing its body.
struct StreamEntry {
    Offset offset;
    UnixNanos ts_pub;
    UnixNanos ts;
    SymbolText symbol;
    EventType type = EventType::High;
    Direction direction = Direction::None;
    SourceKind source = SourceKind::Tick;
    std::uint8_t priority = 4;
    std::uint32_t symbol_number = 0;  ///< of the stream's SymbolNumbers; 0 = none was given
    Price price;
    Size volume;
    double score = 0;
    EventDetails details;
    std::uint32_t body_begin = 0;  ///< slice of EventBlock::bytes
    std::uint32_t body_length = 0;
};

/// Events published together. Immutable once it is in the stream, shared by all its readers.
///
/// Their bytes stand as clients get them, `,{"offset":N,"ts_pub":N,"event":BODY}` one after the
/// other, so that events that follow each other are one slice of a frame, written as it stands.
struct EventBlock {
    std::vector<StreamEntry> entries;  ///< offsets contiguous
    std::string bytes;
    /// Wall time at which the oldest input behind it was handed over; unset = not measured (from
    /// the disk, of a warm-up). Not stored, not on the wire.
    UnixNanos ts_received;

    /// Appends the event. Takes the entry's offset and ts_pub as they are.
    void add(const StreamEntry& entry, std::string_view body);
    /// The same in two steps: between them the caller appends the body to `bytes`.
    void begin_event(const StreamEntry& entry);
    void end_event();
    /// Writes the bytes anew after a change of ts_pub in the entries.
    void restamp();

    std::string_view body(const StreamEntry& entry) const {
        return std::string_view(bytes).substr(entry.body_begin, entry.body_length);
    }
    /// Entries `begin` to `end` − 1 as they stand on the wire, with a comma before each.
    std::string_view run(std::size_t begin, std::size_t end) const;
    /// One `{"offset":…,"ts_pub":…,"event":{…}}`.
    std::string_view wire(std::size_t index) const { return run(index, index + 1).substr(1); }
    std::size_t index_of(Offset offset) const {
        return offset.value() - entries.front().offset.value();
    }

    std::size_t memory() const { return bytes.size() + entries.size() * sizeof(StreamEntry); }

private:
    std::size_t end_of(std::size_t index) const;
};

}  // namespace tickstock

#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "journal/segment_format.hpp"
#include "model/accounting.hpp"
#include "model/decision.hpp"

namespace tickstock {

/// Why no journal holds such a decision: a static text that names the field, or "" for a sound one.
std::string_view decision_fault(const Decision& decision);

/// Bytes of its payload; one over decision_payload_max is a fault.
std::size_t decision_size(const Decision& decision);

/// Writes the fields, little-endian, one after the other; returns the number of bytes. The
/// sequence is the frame's and not written here. REQUIRES: decision_size() bytes of room.
std::size_t encode_decision(const Decision& decision, std::span<char> out);

/// Reads back encode_decision()'s bytes. Returns a static text that says what is wrong, the values
/// included (decision_fault), or "".
std::string_view decode_decision(std::string_view payload, Sequence sequence, Decision& out);

/// So many records of a source were refused at admission before the entry that follows.
struct RefusedRecords {
    SourceId source;
    Reason reason = Reason::QueueFull;
    std::uint32_t count = 0;
};
std::size_t encode_refused(const RefusedRecords& refused, std::span<char> out);
/// As decode_decision().
std::string_view decode_refused(std::string_view payload, RefusedRecords& out);

}  // namespace tickstock

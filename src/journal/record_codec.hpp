#pragma once

#include <span>
#include <string_view>

#include "journal/segment_format.hpp"
#include "model/record.hpp"

namespace tickstock {

FrameKind frame_kind_of(RecordKind kind);

/// Writes the fields of an admitted record, little-endian, one after the other; returns the number
/// of bytes. The sequence is the frame's and not written here.
std::size_t encode_record(const Record& record, std::span<char, frame_payload_max> out);

/// Reads back encode_record()'s bytes. Returns a static text that says what is wrong, the values
/// included (record_fault), or "".
/// REQUIRES: is_record_frame(kind).
std::string_view decode_record(FrameKind kind, std::string_view payload, Sequence sequence,
                               Record& out);

std::size_t encode_symbol(const SymbolDefinition& symbol, std::span<char, frame_payload_max> out);
/// As decode_record().
std::string_view decode_symbol(std::string_view payload, SymbolDefinition& out);

}  // namespace tickstock

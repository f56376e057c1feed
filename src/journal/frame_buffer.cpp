#include "journal/frame_buffer.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "journal/little_endian.hpp"
#include "journal/record_codec.hpp"
#include "journal/record_fault.hpp"

namespace tickstock {

FrameBuffer::FrameBuffer(std::size_t capacity) : bytes_(capacity) {}

void FrameBuffer::append(const Record& record, const SymbolTable& symbols) {
    TS_ASSERT(record_fault(record).empty());
    const RecordHeader& header = record.header();
    if (header.kind != RecordKind::ClockTick) {
        define_symbol(header.symbol, symbols, header.sequence);
    }
    const auto payload = room_for(frame_payload_max).first<frame_payload_max>();
    seal(encode_record(record, payload), frame_kind_of(header.kind), header.sequence);
}

void FrameBuffer::append(const Decision& decision, const SymbolTable& symbols) {
    TS_ASSERT(decision_fault(decision).empty());
    for_each_symbol(decision, [&](SymbolId id) { define_symbol(id, symbols, decision.sequence); });
    const std::span<char> payload = room_for(decision_size(decision));
    seal(encode_decision(decision, payload), FrameKind::Decision, decision.sequence);
}

void FrameBuffer::append_refused(const RefusedRecords& refused, Sequence next) {
    seal(encode_refused(refused, room_for(frame_payload_max)), FrameKind::Refused, next);
}

void FrameBuffer::append_synced(Sequence through, Sequence next) {
    LittleEndianWriter(room_for(sizeof(std::uint64_t))).put(through.value());
    seal(sizeof(std::uint64_t), FrameKind::Synced, next);
}

void FrameBuffer::append_end(FrameKind kind, Sequence next) {
    room_for(0);
    seal(0, kind, next);
}

void FrameBuffer::define_symbol(SymbolId id, const SymbolTable& symbols, Sequence next) {
    if (id.value() >= defined_.size()) {
        TS_ASSERT(id.value() < symbols.size() && id.value() < segment_symbol_limit);
        defined_.resize(symbols.size());
    }
    if (defined_[id.value()]) {
        return;
    }
    defined_[id.value()] = true;
    const auto payload = room_for(frame_payload_max).first<frame_payload_max>();
    seal(encode_symbol({id, symbols.text(id)}, payload), FrameKind::Symbol, next);
}

/// Where the payload of the next frame goes.
std::span<char> FrameBuffer::room_for(std::size_t payload) {
    const std::size_t wanted = size_ + frame_head_size + payload;
    if (bytes_.size() < wanted) {
        bytes_.resize(std::max(wanted, 2 * bytes_.size()));
    }
    return std::span(bytes_).subspan(size_ + frame_head_size, payload);
}

void FrameBuffer::seal(std::size_t payload, FrameKind kind, Sequence sequence) {
    seal_frame(std::span(bytes_).subspan(size_, frame_head_size + payload), kind, sequence);
    size_ += frame_head_size + payload;
}

}  // namespace tickstock

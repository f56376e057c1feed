#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "journal/decision_codec.hpp"
#include "journal/segment_format.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// The frames of one segment as they are made, before they go to a file. Puts the text of a symbol
/// in front of the first entry that names it. Allocates only to grow. One thread.
class FrameBuffer {
public:
    explicit FrameBuffer(std::size_t capacity);

    /// What is appended now belongs to a new segment: each symbol's text comes again.
    void begin_segment() { defined_.assign(defined_.size(), false); }

    /// REQUIRES: record_fault() and decision_fault() find nothing; ids are known to `symbols`.
    void append(const Record& record, const SymbolTable& symbols);
    void append(const Decision& decision, const SymbolTable& symbols);
    /// `next` = sequence of the entry that follows.
    void append_refused(const RefusedRecords& refused, Sequence next);
    void append_synced(Sequence through, Sequence next);
    /// Close or Rotate.
    void append_end(FrameKind kind, Sequence next);

    std::span<const char> bytes() const { return {bytes_.data(), size_}; }
    std::size_t size() const { return size_; }
    void clear() { size_ = 0; }

private:
    std::span<char> room_for(std::size_t payload);
    void define_symbol(SymbolId id, const SymbolTable& symbols, Sequence next);
    void seal(std::size_t payload, FrameKind kind, Sequence sequence);

    std::vector<char> bytes_;  // size_ of them are used
    std::size_t size_ = 0;
    std::vector<bool> defined_;  // by symbol id
};

}  // namespace tickstock

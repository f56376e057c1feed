#include "journal/segment_reader.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "journal/decision_codec.hpp"
#include "journal/journal_files.hpp"
#include "journal/record_codec.hpp"

namespace tickstock {
namespace {

constexpr std::size_t batch_records = 1024;

}  // namespace

Result<std::unique_ptr<SegmentReader>> SegmentReader::open(const std::string& path,
                                                           SourceId source) {
    Result<ReadBytes> read = read_file_bytes(path);
    if (!read) {
        return read.error();
    }
    std::error_code ignored;  // only the progress bar misses it
    const std::uintmax_t size = std::filesystem::file_size(path, ignored);
    return open(std::move(*read), path, source, ignored ? 0 : size);
}

Result<std::unique_ptr<SegmentReader>> SegmentReader::open(ReadBytes read, std::string name,
                                                           SourceId source,
                                                           std::uint64_t bytes_total) {
    Result<FrameReader> frames = FrameReader::open(std::move(read), std::move(name));
    if (!frames) {
        return frames.error();
    }
    return std::unique_ptr<SegmentReader>(
        new SegmentReader(std::move(*frames), source, bytes_total));
}

SegmentReader::SegmentReader(FrameReader frames, SourceId source, std::uint64_t bytes_total)
    : frames_(std::move(frames)), source_(source), bytes_total_(bytes_total) {}

bool SegmentReader::read(RecordBatch& batch) {
    batch.clear();
    batch.source = source_;
    Frame frame;
    while (batch.records.size() < batch_records) {
        if (!frames_.next(frame)) {
            finish();
            break;
        }
        bytes_read_ = frame.offset + frame_head_size + frame.head.length;
        if (!take(frame, batch)) {
            break;
        }
    }
    return !batch.records.empty() || !batch.new_symbols.empty();
}

bool SegmentReader::take(const Frame& frame, RecordBatch& batch) {
    switch (frame.head.kind) {
        case FrameKind::Symbol: return take_symbol(frame, batch);
        case FrameKind::Decision: return skip_decision(frame);
        case FrameKind::Refused: return true;  // of the recorded run, not of this one
        default: return take_record(frame, batch);
    }
}

bool SegmentReader::skip_decision(const Frame& frame) {
    Decision decision;
    const std::string_view problem = decode_decision(frame.payload, frame.head.sequence, decision);
    if (!problem.empty()) {
        frames_.fail(frame.offset, fmt::format("a decision that cannot be: {}", problem));
        return false;
    }
    ++counts_.in;
    counts_.drop(Reason::UnsupportedMessage);
    return true;
}

bool SegmentReader::take_record(const Frame& frame, RecordBatch& batch) {
    Record record;
    const std::string_view problem =
        decode_record(frame.head.kind, frame.payload, frame.head.sequence, record);
    if (!problem.empty()) {
        frames_.fail(frame.offset, fmt::format("a record that no source may admit: {}", problem));
        return false;
    }
    if (record.kind() == RecordKind::ClockTick) {
        ++counts_.in;
        counts_.drop(Reason::UnsupportedMessage);
        return true;
    }
    const SymbolId id = own_id(record.header().symbol);
    if (id == symbol_none) {
        frames_.fail(frame.offset, fmt::format("a record of symbol id {} before that id's text",
                                               record.header().symbol.value()));
        return false;
    }
    record.header().symbol = id;
    record.header().source = source_;
    batch.records.push_back(record);
    ++counts_.in;
    ++counts_.out;
    return true;
}

bool SegmentReader::take_symbol(const Frame& frame, RecordBatch& batch) {
    SymbolDefinition symbol;
    const std::string_view problem = decode_symbol(frame.payload, symbol);
    if (!problem.empty()) {
        frames_.fail(frame.offset, fmt::format("a symbol frame with a {}", problem));
        return false;
    }
    if (own_id(symbol.id) != symbol_none) {
        frames_.fail(frame.offset,
                     fmt::format("symbol id {} has its text already; '{}' comes again",
                                 symbol.id.value(), symbol.text.view()));
        return false;
    }
    if (symbol.id.value() >= own_ids_.size()) {
        own_ids_.resize(symbol.id.value() + std::size_t{1}, symbol_none);
    }
    own_ids_[symbol.id.value()] = SymbolId{symbol_count_++};
    batch.new_symbols.push_back(symbol.text);
    return true;
}

SymbolId SegmentReader::own_id(SymbolId recorded) const {
    return recorded.value() < own_ids_.size() ? own_ids_[recorded.value()] : symbol_none;
}

void SegmentReader::finish() {
    if (finished_) {
        return;
    }
    finished_ = true;
    if (frames_.tail().torn_bytes > 0) {
        ++counts_.in;
        counts_.drop(Reason::Malformed);
    }
}

}  // namespace tickstock

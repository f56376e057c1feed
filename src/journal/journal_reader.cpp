#include "journal/journal_reader.hpp"

#include <filesystem>
#include <utility>

#include "base/file_disk.hpp"
#include "journal/journal_files.hpp"
#include "journal/segment_reader.hpp"

namespace tickstock {
namespace {

constexpr std::size_t batch_records = 1024;

/// For the progress bar: 0 when it cannot be told.
std::uint64_t bytes_in(Disk& disk, const std::string& directory) {
    std::uint64_t bytes = 0;
    const auto segments = list_segments(disk, directory);
    if (!segments) {
        return 0;
    }
    for (const Sequence first : segments.value()) {
        const auto file = disk.open(segment_path(directory, first), Disk::Mode::Read);
        const auto size = file ? file.value()->size() : DiskResult<std::uint64_t>(0);
        bytes += size ? size.value() : 0;
    }
    return bytes;
}

}  // namespace

Result<std::unique_ptr<JournalReader>> JournalReader::open(std::unique_ptr<Disk> disk,
                                                           const std::string& directory,
                                                           SourceId source) {
    auto cursor = JournalCursor::open(*disk, directory, Sequence{}, JournalCursor::Writer::Gone);
    if (!cursor) {
        return cursor.error();
    }
    const std::uint64_t bytes = bytes_in(*disk, directory);
    std::unique_ptr<JournalReader> reader(
        new JournalReader(std::move(disk), std::move(*cursor), source));
    reader->bytes_total_ = bytes;
    return reader;
}

JournalReader::JournalReader(std::unique_ptr<Disk> disk, std::unique_ptr<JournalCursor> cursor,
                             SourceId source)
    : disk_(std::move(disk)), cursor_(std::move(cursor)), source_(source) {}

bool JournalReader::read(RecordBatch& batch) {
    batch.clear();
    batch.source = source_;
    while (!finished_ && batch.records.size() < batch_records) {
        const auto next = cursor_->next(entry_);
        take_symbols(batch);
        if (next != JournalCursor::Next::Entry) {
            finish();
            break;
        }
        ++counts_.in;
        if (entry_.is_decision() || entry_.record.kind() == RecordKind::ClockTick) {
            counts_.drop(Reason::UnsupportedMessage);
            continue;
        }
        RecordHeader& header = entry_.record.header();
        header.symbol = own_ids_[header.symbol.value()];
        header.source = source_;
        batch.records.push_back(entry_.record);
        ++counts_.out;
    }
    return !batch.records.empty() || !batch.new_symbols.empty();
}

void JournalReader::take_symbols(RecordBatch& batch) {
    if (!cursor_->has_symbols()) {
        return;
    }
    for (const SymbolDefinition& symbol : cursor_->take_symbols()) {
        if (symbol.id.value() >= own_ids_.size()) {
            own_ids_.resize(symbol.id.value() + std::size_t{1}, symbol_none);
        }
        own_ids_[symbol.id.value()] = SymbolId{symbol_count_++};
        batch.new_symbols.push_back(symbol.text);
    }
}

void JournalReader::finish() {
    finished_ = true;
    if (cursor_->tail().torn_bytes > 0) {
        ++counts_.in;
        counts_.drop(Reason::Malformed);
    }
}

Result<std::unique_ptr<RecordReader>> open_journal_input(const std::string& path, SourceId source) {
    std::error_code ignored;  // what is no directory is opened as a file, which tells why not
    if (std::filesystem::is_directory(path, ignored)) {
        auto reader = JournalReader::open(std::make_unique<FileDisk>(), path, source);
        if (!reader) {
            return reader.error();
        }
        return std::unique_ptr<RecordReader>(std::move(*reader));
    }
    auto reader = SegmentReader::open(path, source);
    if (!reader) {
        return reader.error();
    }
    return std::unique_ptr<RecordReader>(std::move(*reader));
}

}  // namespace tickstock

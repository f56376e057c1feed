#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "journal/journal.hpp"
#include "model/record_reader.hpp"

namespace tickstock {

/// A journal's directory as an input like any other, as SegmentReader is for one file: its records
/// in order across all segments, with symbol ids of the reader's own. Clock ticks and decisions
/// are counted as unsupported_message, a torn tail once as malformed. Damage and a hole between
/// segments end the reader with a failure that names file and byte.
class JournalReader final : public RecordReader {
public:
    static Result<std::unique_ptr<JournalReader>> open(std::unique_ptr<Disk> disk,
                                                       const std::string& directory,
                                                       SourceId source);

    bool read(RecordBatch& batch) override;
    StageCounts counts() const override { return counts_; }
    ReadProgress progress() const override { return {cursor_->bytes_read(), bytes_total_}; }
    std::optional<Error> failure() const override { return cursor_->failure(); }

private:
    JournalReader(std::unique_ptr<Disk> disk, std::unique_ptr<JournalCursor> cursor,
                  SourceId source);

    void take_symbols(RecordBatch& batch);
    void finish();

    const std::unique_ptr<Disk> disk_;
    const std::unique_ptr<JournalCursor> cursor_;
    const SourceId source_;
    JournalEntry entry_;
    std::vector<SymbolId> own_ids_;  // by recorded id
    std::uint32_t symbol_count_ = 0;
    StageCounts counts_;
    std::uint64_t bytes_total_ = 0;
    bool finished_ = false;
};

/// SegmentReader for a file, JournalReader for a directory.
Result<std::unique_ptr<RecordReader>> open_journal_input(const std::string& path, SourceId source);

}  // namespace tickstock

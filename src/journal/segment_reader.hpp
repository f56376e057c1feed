#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "journal/frame_reader.hpp"
#include "model/record_reader.hpp"

namespace tickstock {

/// A journal segment as an input like any other: its records with symbol ids of the reader's own,
/// sequence and clock as they were recorded (admission gives new ones). Clock ticks and decisions
/// are no records and are counted as unsupported_message; a torn tail is cut and counted once, as
/// malformed. Damage before valid frames ends the reader with a failure that names file and offset.
class SegmentReader final : public RecordReader {
public:
    static Result<std::unique_ptr<SegmentReader>> open(const std::string& path, SourceId source);

    /// Reads from any bytes, for example decompressed ones. `bytes_total` 0 = unknown.
    static Result<std::unique_ptr<SegmentReader>> open(ReadBytes read, std::string name,
                                                       SourceId source,
                                                       std::uint64_t bytes_total = 0);

    bool read(RecordBatch& batch) override;
    StageCounts counts() const override { return counts_; }
    ReadProgress progress() const override { return {bytes_read_, bytes_total_}; }
    std::optional<Error> failure() const override { return frames_.failure(); }

    const SegmentHeader& header() const { return frames_.header(); }
    /// Complete after read() said false.
    const SegmentTail& tail() const { return frames_.tail(); }

private:
    SegmentReader(FrameReader frames, SourceId source, std::uint64_t bytes_total);

    bool take(const Frame& frame, RecordBatch& batch);
    bool skip_decision(const Frame& frame);
    bool take_record(const Frame& frame, RecordBatch& batch);
    bool take_symbol(const Frame& frame, RecordBatch& batch);
    SymbolId own_id(SymbolId recorded) const;
    void finish();

    FrameReader frames_;
    SourceId source_;
    std::vector<SymbolId> own_ids_;  // by recorded id; symbol_none = not defined yet
    std::uint32_t symbol_count_ = 0;
    StageCounts counts_;
    std::uint64_t bytes_read_ = 0;
    std::uint64_t bytes_total_;
    bool finished_ = false;
};

}  // namespace tickstock

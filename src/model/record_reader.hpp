#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "model/accounting.hpp"
#include "model/record.hpp"

namespace tickstock {

/// How far a reader is, for progress bars. Bytes are those on disk (compressed where they are).
struct ReadProgress {
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_total = 0;  ///< 0 = unknown (standard input, a generated market)
};

/// A finite or endless run of records in the order in which the engine shall see them: recorded
/// files, a journal, the synthetic market. Pulled by one thread. Knows no pacing and no wall clock.
class RecordReader {
public:
    virtual ~RecordReader() = default;

    /// Replaces the content of `batch` by the next records, a few hundred to a few thousand at a
    /// time; symbols new since the last call stand in batch.new_symbols. False at the end, with
    /// `batch` empty. Bad rows never end a reader: they are counted by reason.
    virtual bool read(RecordBatch& batch) = 0;

    /// Rows in = records out + held + rows dropped by reason. (A frame of n objects is n rows.)
    virtual StageCounts counts() const = 0;

    virtual ReadProgress progress() const { return {}; }

    /// After read() returned false: why the input ended before its end (an I/O error, a truncated
    /// compressed file); nothing when it was read whole.
    virtual std::optional<Error> failure() const { return std::nullopt; }
};

}  // namespace tickstock

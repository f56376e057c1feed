#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "journal/frame_buffer.hpp"

namespace tickstock {

/// Writes one segment file alone, front to back, as `generate` does; the engine's own journal is a
/// Journal. One thread.
class SegmentWriter {
public:
    /// Creates the file; an existing one is refused.
    static Result<std::unique_ptr<SegmentWriter>> create(const std::string& path,
                                                         const SegmentHeader& header);
    /// Writes what is buffered, without a close frame: as if the process had been killed here.
    ~SegmentWriter();
    SegmentWriter(const SegmentWriter&) = delete;
    SegmentWriter& operator=(const SegmentWriter&) = delete;

    /// Appends an admitted record or a decision; texts of symbols come from `symbols`. Buffered:
    /// bytes reach the file at 64 KiB, flush() or close(). False once writing has failed.
    /// REQUIRES: the sequence after the last one (the header's first_sequence at first); not
    /// closed.
    bool append(const Record& record, const SymbolTable& symbols);
    bool append(const Decision& decision, const SymbolTable& symbols);
    bool append_refused(const RefusedRecords& refused);

    /// Hands everything appended to the operating system: a killed process loses none of it.
    bool flush();

    /// flush(), then waits until the bytes are on the disk. Never retried after a failure, because
    /// the system may have dropped the pages by then.
    bool sync();

    /// Ends the segment in good order: close frame, sync. Nothing may be appended after.
    bool close();

    /// Why writing failed; nothing while all is well.
    const std::optional<Error>& failure() const { return failure_; }
    /// File size once the buffer is written.
    std::uint64_t size() const { return written_ + frames_.size(); }
    Sequence next_sequence() const { return next_sequence_; }

private:
    SegmentWriter(std::string path, int file, Sequence first);

    bool write_all(std::span<const char> bytes);
    bool appended();
    bool fail(const char* action, int error_number);

    std::string path_;
    int file_;  // descriptor, −1 once closed
    Sequence next_sequence_;
    FrameBuffer frames_;
    std::uint64_t written_ = 0;
    std::optional<Error> failure_;
};

}  // namespace tickstock

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "journal/segment_format.hpp"

namespace tickstock {

/// Fills up to into.size() bytes (never 0) and says how many; 0 = the end.
using ReadBytes = std::function<Result<std::size_t>(std::span<char> into)>;
/// The same from a place of its own: what was read once may be read again.
using ReadBytesAt = std::function<Result<std::size_t>(std::uint64_t offset, std::span<char> into)>;

struct Frame {
    std::uint64_t offset = 0;  ///< of the frame in the segment
    FrameHead head;
    std::string_view payload;  ///< lives until the next call of the reader
};

/// Walks through the frames of one segment and proves each: checksum, length, kind, sequence
/// without a hole. What is no valid frame is a torn tail when no valid frame follows anywhere (a
/// write that was cut short), and damage otherwise: damage is never skipped. Synced frames are
/// checked and kept back. One thread.
class FrameReader {
public:
    enum class File : std::uint8_t {
        Finished,  ///< nobody writes it any more
        Growing,   ///< another thread may be writing it: what is no valid frame yet may become one
    };

    /// Reads the header. `name` stands in messages.
    static Result<FrameReader> open(ReadBytes read, std::string name);
    static Result<FrameReader> open(ReadBytesAt read, std::string name, File file);

    /// The next frame; false at the end and at damage. At the end of a growing file it may be
    /// called again. There, damage is told from what is not written yet by a valid frame within
    /// the 64 KiB that follow.
    bool next(Frame& frame);

    const SegmentHeader& header() const { return header_; }
    /// After next() said false: why, unless the segment ended.
    const std::optional<Error>& failure() const { return failure_; }
    /// Complete after next() said false.
    const SegmentTail& tail() const { return tail_; }
    /// Sequence of the next entry's frame.
    Sequence next_sequence() const { return next_sequence_; }
    /// Where the last valid frame ends; after damage: where it begins.
    std::uint64_t offset() const { return valid_through_; }
    /// Entries that were on the disk, as the frames so far say; 0 = they say nothing.
    Sequence synced_through() const { return synced_through_; }
    const std::string& name() const { return name_; }

    /// Reports damage that only the payload shows: the text names the file and `offset`.
    void fail(std::uint64_t offset, std::string_view what);

private:
    FrameReader(ReadBytesAt read, std::string name, File file);

    bool fill(std::size_t wanted);
    std::string_view available() const { return {buffer_.data() + begin_, end_ - begin_}; }
    void consume(std::size_t count);
    FrameStatus peek(FrameHead& head);
    bool accept(const FrameHead& head);
    bool take_synced(std::string_view payload);
    void judge_rest(FrameStatus status, const FrameHead& head);
    bool is_written_after_all(FrameHead& head);
    bool is_later_frame(FrameHead& head);
    void skip_unused();

    ReadBytesAt read_;
    std::string name_;
    File file_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;  // of what is not consumed yet, in buffer_
    std::size_t end_ = 0;
    bool at_end_ = false;       // read_ has nothing more
    std::uint64_t offset_ = 0;  // of buffer_[begin_] in the segment
    std::uint64_t valid_through_ = 0;
    std::size_t last_frame_size_ = 0;
    SegmentHeader header_;
    Sequence next_sequence_;
    Sequence synced_through_;
    SegmentTail tail_;
    bool done_ = false;
    std::optional<Error> failure_;
};

}  // namespace tickstock

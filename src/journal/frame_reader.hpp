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

/// Bytes of a file, opened for reading now.
Result<ReadBytes> read_file_bytes(const std::string& path);

struct Frame {
    std::uint64_t offset = 0;  ///< of the frame in the segment
    FrameHead head;
    std::string_view payload;  ///< lives until the next call of the reader
};

/// What stood behind the last valid frame.
struct SegmentTail {
    std::uint64_t torn_bytes = 0;    ///< of a frame that was never written whole; cut
    std::uint64_t unused_bytes = 0;  ///< zeros: reserved and never written
    bool closed = false;             ///< the writer stopped in good order
};

/// Walks through the frames of one segment and proves each: checksum, length, kind, sequence
/// without a hole. What is no valid frame is a torn tail when no valid frame follows anywhere (a
/// write that was cut short), and damage otherwise: damage is never skipped. One thread.
class FrameReader {
public:
    /// Reads the header. `name` stands in messages.
    static Result<FrameReader> open(ReadBytes read, std::string name);

    /// The next frame; false at the end and at damage.
    bool next(Frame& frame);

    const SegmentHeader& header() const { return header_; }
    /// After next() said false: why, unless the segment ended.
    const std::optional<Error>& failure() const { return failure_; }
    /// Complete after next() said false.
    const SegmentTail& tail() const { return tail_; }
    /// Sequence of the next record frame.
    Sequence next_sequence() const { return next_sequence_; }
    const std::string& name() const { return name_; }

    /// Reports damage that only the payload shows: the text names the file and `offset`.
    void fail(std::uint64_t offset, std::string_view what);

private:
    FrameReader(ReadBytes read, std::string name);

    bool fill(std::size_t wanted);
    std::string_view available() const { return {buffer_.data() + begin_, end_ - begin_}; }
    void consume(std::size_t count);
    bool accept(const FrameHead& head);
    void judge_rest(FrameStatus status, const FrameHead& head);
    bool is_later_frame(FrameHead& head) const;
    void skip_unused();

    ReadBytes read_;
    std::string name_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;  // of what is not consumed yet, in buffer_
    std::size_t end_ = 0;
    bool at_end_ = false;       // read_ has nothing more
    std::uint64_t offset_ = 0;  // of buffer_[begin_] in the segment
    std::size_t last_frame_size_ = 0;
    SegmentHeader header_;
    Sequence next_sequence_;
    SegmentTail tail_;
    bool done_ = false;
    std::optional<Error> failure_;
};

}  // namespace tickstock

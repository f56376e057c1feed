#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.hpp"
#include "publishing/stored_format.hpp"

namespace tickstock {

/// Walks through the frames of one file of the stored stream and proves each: checksum, length,
/// kind, offset without a hole. What is no valid frame is a torn tail when no valid frame follows
/// anywhere, and damage otherwise. One thread.
class StoredFrames {
public:
    /// The frame of event `first` begins at byte `begin`; `size`: no byte from there on is read.
    StoredFrames(std::unique_ptr<DiskFile> file, Offset first, std::uint64_t size,
                 std::uint64_t begin = stored_header_size);

    enum class Next : std::uint8_t {
        Event,
        Close,    ///< the writer ended the file; nothing follows
        End,      ///< the file ends at a frame's end
        Torn,     ///< a frame that was never written whole; it and all behind it may be cut
        Damaged,  ///< fault() says what
        Failed,   ///< the file cannot be read; fault() says why
    };
    /// After anything but Event, the same for ever.
    Next next();

    const StreamEntry& entry() const { return entry_; }
    std::string_view body() const { return body_; }  ///< lives until next()
    Offset due() const { return due_; }              ///< the next event's offset
    /// Bytes from the file's begin to the end of the last valid frame.
    std::uint64_t valid_bytes() const { return at_; }
    const std::string& fault() const { return fault_; }

private:
    Next accept(const StoredFrameHead& head);
    Next judge_rest(StoredFrameStatus status);
    Next damaged(std::string_view what);
    bool fill(std::size_t wanted);
    std::string_view available() const { return {buffer_.data() + begin_, end_ - begin_}; }
    void consume(std::size_t count) { begin_ += count; }

    std::unique_ptr<DiskFile> file_;
    Offset due_;
    const std::uint64_t size_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;  // of what is not consumed yet, in buffer_
    std::size_t end_ = 0;
    std::uint64_t read_;  // file position of buffer_[end_]
    std::uint64_t at_;
    StreamEntry entry_;
    std::string_view body_;
    std::string fault_;
    Next ended_ = Next::Event;  // anything else: for ever
};

/// Opens a file for its frames. An error says why not, with the file's name.
struct StoredFile {
    std::unique_ptr<DiskFile> file;
    std::uint64_t size = 0;
    StoredHeader header;
    std::optional<StoredFault> fault;  ///< of the header
};
DiskResult<StoredFile> open_stored_file(Disk& disk, const std::string& path);

}  // namespace tickstock

#include "journal/frame_reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr std::size_t buffer_size = std::size_t{64} * 1024;
constexpr std::size_t frame_size_max = frame_head_size + frame_payload_max;

std::string describe(FrameStatus status, const FrameHead& head) {
    switch (status) {
        case FrameStatus::Valid: return "a valid frame";
        case FrameStatus::Cut: return "a frame that is cut short";
        case FrameStatus::BadLength:
            return fmt::format("a frame of {} bytes, more than the {} that any has", head.length,
                               frame_payload_max);
        case FrameStatus::BadKind: return "a frame of an unknown kind";
        case FrameStatus::BadChecksum:
            return fmt::format("a frame that does not have its checksum {:08x}", head.checksum);
    }
    TS_ASSERT(false);
}

/// A file descriptor that closes itself.
class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() { ::close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace

Result<ReadBytes> read_file_bytes(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return Error{fmt::format("{}: cannot open: {}", path, std::strerror(errno))};
    }
    const auto file = std::make_shared<File>(descriptor);
    return ReadBytes([file, path](std::span<char> into) -> Result<std::size_t> {
        ssize_t count = -1;
        do {
            count = ::read(file->descriptor(), into.data(), into.size());
        } while (count < 0 && errno == EINTR);
        if (count < 0) {
            return Error{fmt::format("{}: cannot read: {}", path, std::strerror(errno))};
        }
        return static_cast<std::size_t>(count);
    });
}

FrameReader::FrameReader(ReadBytes read, std::string name)
    : read_(std::move(read)), name_(std::move(name)), buffer_(buffer_size) {}

Result<FrameReader> FrameReader::open(ReadBytes read, std::string name) {
    FrameReader reader(std::move(read), std::move(name));
    if (!reader.fill(segment_header_size)) {
        if (!reader.failure_) {
            reader.fail(reader.end_, fmt::format("the file ends inside its header of {} bytes",
                                                 segment_header_size));
        }
        return *reader.failure_;
    }
    Result<SegmentHeader> header =
        decode_segment_header(reader.available().substr(0, segment_header_size));
    if (!header) {
        reader.fail(0, header.error().message);
        return *reader.failure_;
    }
    reader.header_ = *header;
    reader.next_sequence_ = header->first_sequence;
    reader.consume(segment_header_size);
    return reader;
}

bool FrameReader::next(Frame& frame) {
    if (done_) {
        return false;
    }
    consume(last_frame_size_);
    last_frame_size_ = 0;
    fill(frame_size_max);
    if (failure_ || available().empty()) {
        done_ = true;
        return false;
    }
    frame.offset = offset_;
    const FrameStatus status = parse_frame(available(), frame.head);
    if (status != FrameStatus::Valid) {
        judge_rest(status, frame.head);
        return false;
    }
    if (!accept(frame.head)) {
        return false;
    }
    frame.payload = available().substr(frame_head_size, frame.head.length);
    last_frame_size_ = frame_head_size + frame.head.length;
    return true;
}

/// Holds a valid frame against the order of the segment.
bool FrameReader::accept(const FrameHead& head) {
    if (head.sequence != next_sequence_) {
        fail(offset_, fmt::format("a frame with sequence {} where {} was due",
                                  head.sequence.value(), next_sequence_.value()));
        return false;
    }
    if (is_record_frame(head.kind)) {
        next_sequence_ = Sequence{next_sequence_.value() + 1};
    }
    if (head.kind == FrameKind::Close) {
        tail_.closed = true;
        consume(frame_head_size + head.length);
        skip_unused();
        done_ = true;
        return false;
    }
    return true;
}

/// Behind a close frame only reserved zeros may stand.
void FrameReader::skip_unused() {
    while (fill(1)) {
        const std::string_view bytes = available();
        const std::size_t zeros = std::min(bytes.find_first_not_of('\0'), bytes.size());
        tail_.unused_bytes += zeros;
        consume(zeros);
        if (zeros != bytes.size()) {
            fail(offset_, "bytes behind the close frame");
            return;
        }
    }
}

/// No valid frame stands here: looks whether one follows anywhere.
void FrameReader::judge_rest(FrameStatus status, const FrameHead& head) {
    const std::uint64_t begin = offset_;
    const std::string found = describe(status, head);
    bool all_zero = true;
    done_ = true;
    FrameHead later;
    while (fill(frame_size_max), !available().empty()) {
        if (is_later_frame(later)) {
            const std::uint64_t at = offset_;
            fail(begin, fmt::format("{} stands before a valid frame at {} (sequence {})", found, at,
                                    later.sequence.value()));
            return;
        }
        all_zero = all_zero && available().front() == '\0';
        consume(1);
    }
    (all_zero ? tail_.unused_bytes : tail_.torn_bytes) = offset_ - begin;
}

bool FrameReader::is_later_frame(FrameHead& head) const {
    // Sequences near the one due: old bytes of a reused disk block are no later frame.
    constexpr std::uint64_t reach = std::uint64_t{1} << 32;
    return parse_frame(available(), head) == FrameStatus::Valid &&
           head.sequence >= next_sequence_ &&
           head.sequence.value() - next_sequence_.value() < reach;
}

/// Makes `wanted` bytes available; false when fewer are left.
bool FrameReader::fill(std::size_t wanted) {
    while (end_ - begin_ < wanted && !at_end_) {
        if (buffer_.size() - begin_ < wanted) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        Result<std::size_t> count = read_(std::span(buffer_).subspan(end_));
        if (!count) {
            failure_ = count.error();
            at_end_ = true;
            done_ = true;
            return false;
        }
        at_end_ = *count == 0;
        end_ += *count;
    }
    return end_ - begin_ >= wanted;
}

void FrameReader::consume(std::size_t count) {
    begin_ += count;
    offset_ += count;
}

void FrameReader::fail(std::uint64_t offset, std::string_view what) {
    failure_ = Error{fmt::format("{}: at byte {}: {}", name_, offset, what)};
    done_ = true;
}

}  // namespace tickstock

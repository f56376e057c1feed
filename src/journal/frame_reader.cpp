#include "journal/frame_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"
#include "journal/little_endian.hpp"

namespace tickstock {
namespace {

constexpr std::size_t buffer_size = std::size_t{64} * 1024;
/// What is looked at without knowing more of a frame; only decisions are longer.
constexpr std::size_t frame_size_usual = frame_head_size + frame_payload_max;

std::string describe(FrameStatus status, const FrameHead& head) {
    switch (status) {
        case FrameStatus::Valid: return "a valid frame";
        case FrameStatus::Cut: return "a frame that is cut short";
        case FrameStatus::BadLength:
            return fmt::format("a frame of {} bytes, more than any of its kind has", head.length);
        case FrameStatus::BadKind: return "a frame of an unknown kind";
        case FrameStatus::BadChecksum:
            return fmt::format("a frame that does not have its checksum {:08x}", head.checksum);
    }
    TS_ASSERT(false);
}

std::size_t leading_zeros(std::string_view bytes) {
    std::size_t count = 0;
    for (std::uint64_t word = 0; bytes.size() - count >= sizeof word; count += sizeof word) {
        std::memcpy(&word, bytes.data() + count, sizeof word);
        if (word != 0) {
            break;
        }
    }
    while (count < bytes.size() && bytes[count] == '\0') {
        ++count;
    }
    return count;
}

/// Zeros in front of which no frame can begin: its kind, the last byte of its head, is not zero.
std::size_t skippable_zeros(std::string_view bytes) {
    const std::size_t zeros = leading_zeros(bytes);
    return zeros < frame_head_size ? 0 : zeros - (frame_head_size - 1);
}

}  // namespace

FrameReader::FrameReader(ReadBytesAt read, std::string name, File file)
    : read_(std::move(read)), name_(std::move(name)), file_(file), buffer_(buffer_size) {}

Result<FrameReader> FrameReader::open(ReadBytes read, std::string name) {
    return open(
        [read = std::move(read)](std::uint64_t, std::span<char> into) { return read(into); },
        std::move(name), File::Finished);
}

Result<FrameReader> FrameReader::open(ReadBytesAt read, std::string name, File file) {
    FrameReader reader(std::move(read), std::move(name), file);
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
    reader.valid_through_ = segment_header_size;
    return reader;
}

bool FrameReader::next(Frame& frame) {
    while (!done_) {
        consume(last_frame_size_);
        last_frame_size_ = 0;
        FrameStatus status = peek(frame.head);
        if (failure_) {
            return false;
        }
        if (status != FrameStatus::Valid && file_ == File::Growing) {
            if (!is_written_after_all(frame.head)) {
                return false;
            }
            status = FrameStatus::Valid;
        }
        if (status != FrameStatus::Valid) {
            judge_rest(status, frame.head);
            return false;
        }
        frame.offset = offset_;
        frame.payload = available().substr(frame_head_size, frame.head.length);
        if (!accept(frame.head)) {
            return false;
        }
        last_frame_size_ = frame_head_size + frame.head.length;
        valid_through_ = offset_ + last_frame_size_;
        if (frame.head.kind != FrameKind::Synced) {
            return true;
        }
        if (!take_synced(frame.payload)) {
            return false;
        }
    }
    return false;
}

/// Looks at the frame that begins here.
FrameStatus FrameReader::peek(FrameHead& head) {
    if (file_ == File::Growing) {
        at_end_ = false;
    }
    fill(frame_size_usual);
    FrameStatus status = parse_frame(available(), head, header_.format_version);
    if (status == FrameStatus::Cut && !at_end_) {
        fill(frame_head_size + head.length);
        status = parse_frame(available(), head, header_.format_version);
    }
    return status;
}

/// Holds a valid frame against the order of the segment.
bool FrameReader::accept(const FrameHead& head) {
    if (head.sequence != next_sequence_) {
        fail(offset_, fmt::format("a frame with sequence {} where {} was due",
                                  head.sequence.value(), next_sequence_.value()));
        return false;
    }
    if (is_entry_frame(head.kind)) {
        next_sequence_ = Sequence{next_sequence_.value() + 1};
    }
    if (head.kind == FrameKind::Close || head.kind == FrameKind::Rotate) {
        tail_.closed = head.kind == FrameKind::Close;
        tail_.rotated = head.kind == FrameKind::Rotate;
        consume(frame_head_size + head.length);
        valid_through_ = offset_;
        if (file_ == File::Finished) {
            skip_unused();
        }
        done_ = true;
        return false;
    }
    return true;
}

bool FrameReader::take_synced(std::string_view payload) {
    LittleEndianReader in(payload);
    const Sequence through{in.get<std::uint64_t>()};
    if (!in.ok() || !in.at_end() || through >= next_sequence_) {
        fail(offset_, "a synced frame that names no entry before it");
        return false;
    }
    synced_through_ = std::max(synced_through_, through);
    return true;
}

/// Behind the last frame only reserved zeros may stand.
void FrameReader::skip_unused() {
    while (fill(1)) {
        const std::size_t zeros = leading_zeros(available());
        const bool all = zeros == available().size();
        tail_.unused_bytes += zeros;
        consume(zeros);
        if (!all) {
            fail(offset_,
                 fmt::format("bytes behind the {} frame", tail_.closed ? "close" : "rotate"));
            return;
        }
    }
}

/// No valid frame stands here, and the file is finished: looks whether one follows anywhere.
void FrameReader::judge_rest(FrameStatus status, const FrameHead& head) {
    const std::uint64_t begin = offset_;
    const std::string found = describe(status, head);
    std::uint64_t used_through = begin;  // behind the last byte that is not zero
    done_ = true;
    FrameHead later;
    while (fill(frame_size_usual), !available().empty()) {
        if (const std::size_t zeros = skippable_zeros(available()); zeros > 0) {
            consume(zeros);
            continue;
        }
        if (is_later_frame(later)) {
            const std::uint64_t at = offset_;
            fail(begin, fmt::format("{} stands before a valid frame at {} (sequence {})", found, at,
                                    later.sequence.value()));
            return;
        }
        used_through = available().front() == '\0' ? used_through : offset_ + 1;
        consume(1);
    }
    tail_.torn_bytes = used_through - begin;
    tail_.unused_bytes = offset_ - used_through;
}

/// No valid frame stands here, in a growing file: reads again what was read too early. False: the
/// end for now, or damage.
bool FrameReader::is_written_after_all(FrameHead& head) {
    begin_ = end_ = 0;
    if (peek(head) == FrameStatus::Valid) {
        return true;
    }
    FrameHead later;
    std::string_view rest = available();
    while (!rest.empty() && !failure_) {
        rest.remove_prefix(std::max<std::size_t>(skippable_zeros(rest), 1));
        if (parse_frame(rest, later, header_.format_version) == FrameStatus::Valid &&
            later.sequence >= next_sequence_) {
            // Written front to back: what was to stand before that frame stands there by now.
            begin_ = end_ = 0;
            const FrameStatus status = peek(head);
            if (status != FrameStatus::Valid && !failure_) {
                fail(offset_, fmt::format("{} stands before a valid frame (sequence {})",
                                          describe(status, head), later.sequence.value()));
            }
            return status == FrameStatus::Valid;
        }
    }
    begin_ = end_ = 0;
    return false;
}

bool FrameReader::is_later_frame(FrameHead& head) {
    // Sequences near the one due: old bytes of a reused disk block are no later frame.
    constexpr std::uint64_t reach = std::uint64_t{1} << 32;
    const FrameStatus status = parse_frame_head(available(), head, header_.format_version);
    if ((status != FrameStatus::Valid && status != FrameStatus::Cut) ||
        head.sequence < next_sequence_ || head.sequence.value() - next_sequence_.value() >= reach) {
        return false;
    }
    return peek(head) == FrameStatus::Valid;
}

/// Makes `wanted` bytes available; false when fewer are left.
bool FrameReader::fill(std::size_t wanted) {
    while (end_ - begin_ < wanted && !at_end_) {
        if (buffer_.size() - begin_ < wanted) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
            buffer_.resize(std::max(buffer_.size(), wanted));
        }
        Result<std::size_t> count =
            read_(offset_ + (end_ - begin_), std::span(buffer_).subspan(end_));
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

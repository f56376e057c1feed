#include "publishing/stored_frames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr std::size_t buffer_size = std::size_t{256} << 10;
constexpr std::size_t header_size_max = 4096;

std::string_view describe(StoredFrameStatus status) {
    switch (status) {
        case StoredFrameStatus::Valid: return "a valid frame";
        case StoredFrameStatus::Cut: return "a frame that is cut short";
        case StoredFrameStatus::BadLength: return "a frame longer than any";
        case StoredFrameStatus::BadKind: return "a frame of an unknown kind";
        case StoredFrameStatus::BadChecksum: return "a frame that does not have its checksum";
    }
    TS_ASSERT(false);
}

}  // namespace

DiskResult<StoredFile> open_stored_file(Disk& disk, const std::string& path) {
    auto file = disk.open(path, Disk::Mode::Read);
    if (!file) {
        return file.error();
    }
    StoredFile opened;
    opened.file = std::move(*file);
    const auto size = opened.file->size();
    if (!size) {
        return size.error();
    }
    opened.size = *size;
    // A newer version's header may be longer, and must be known as one.
    std::string bytes(std::min<std::uint64_t>(*size, header_size_max), '\0');
    const auto count = opened.file->read_at(0, bytes);
    if (!count) {
        return count.error();
    }
    bytes.resize(*count);
    opened.fault = decode_stored_header(bytes, opened.header);
    return opened;
}

StoredFrames::StoredFrames(std::unique_ptr<DiskFile> file, Offset first, std::uint64_t size,
                           std::uint64_t begin)
    : file_(std::move(file)),
      due_(first),
      size_(size),
      buffer_(buffer_size),
      read_(begin),
      at_(begin) {}

StoredFrames::Next StoredFrames::next() {
    if (ended_ != Next::Event) {
        return ended_;
    }
    StoredFrameHead head;
    StoredFrameStatus status = StoredFrameStatus::Cut;
    if (fill(stored_frame_head_size)) {
        status = parse_stored_frame(available(), head);
        if (status == StoredFrameStatus::Cut && fill(stored_frame_head_size + head.length)) {
            status = parse_stored_frame(available(), head);
        }
    }
    if (ended_ == Next::Event) {
        if (available().empty()) {
            ended_ = Next::End;
        } else if (status == StoredFrameStatus::Valid) {
            ended_ = accept(head);
        } else {
            ended_ = judge_rest(status);
        }
    }
    return ended_;
}

/// Holds a valid frame against the order of the file.
StoredFrames::Next StoredFrames::accept(const StoredFrameHead& head) {
    if (head.offset != due_) {
        return damaged(fmt::format("a frame with offset {} where {} was due", head.offset.value(),
                                   due_.value()));
    }
    const std::string_view payload = available().substr(stored_frame_head_size, head.length);
    const std::uint64_t end = at_ + stored_frame_head_size + head.length;
    if (head.kind == StoredKind::Close) {
        if (end != size_) {
            return damaged("bytes behind the close frame");
        }
        at_ = end;
        return Next::Close;
    }
    if (const auto what = decode_event_payload(payload, head.offset, entry_, body_);
        !what.empty()) {
        return damaged(what);
    }
    consume(stored_frame_head_size + head.length);  // body_ stays where it is until fill()
    at_ = end;
    due_ = Offset{due_.value() + 1};
    return Next::Event;
}

/// No valid frame stands here: looks whether one follows anywhere.
StoredFrames::Next StoredFrames::judge_rest(StoredFrameStatus status) {
    // Offsets near the one due: old bytes of a reused disk block are no later frame.
    constexpr std::uint64_t reach = std::uint64_t{1} << 32;
    consume(1);
    for (std::uint64_t at = at_ + 1; fill(stored_frame_head_size); consume(1), ++at) {
        StoredFrameHead head;
        StoredFrameStatus later = parse_stored_frame(available(), head);
        if (later > StoredFrameStatus::Cut || head.offset < due_ ||
            head.offset.value() - due_.value() >= reach) {
            continue;
        }
        if (later == StoredFrameStatus::Cut && fill(stored_frame_head_size + head.length)) {
            later = parse_stored_frame(available(), head);
        }
        if (later == StoredFrameStatus::Valid) {
            return damaged(fmt::format("{} stands before a valid frame at {} (offset {})",
                                       describe(status), at, head.offset.value()));
        }
    }
    return ended_ == Next::Failed ? ended_ : Next::Torn;
}

StoredFrames::Next StoredFrames::damaged(std::string_view what) {
    fault_ = fmt::format("at byte {}: {}", at_, what);
    return Next::Damaged;
}

/// Makes `wanted` bytes available; false when fewer are left.
bool StoredFrames::fill(std::size_t wanted) {
    if (end_ - begin_ >= wanted || read_ == size_) {
        return end_ - begin_ >= wanted;
    }
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    buffer_.resize(std::max(buffer_.size(), wanted));
    const std::size_t room = std::min<std::uint64_t>(buffer_.size() - end_, size_ - read_);
    const auto count = file_->read_at(read_, std::span(buffer_).subspan(end_, room));
    if (!count || *count != room) {
        fault_ =
            count ? fmt::format("the file ends at byte {}", read_ + *count) : count.error().message;
        ended_ = Next::Failed;
        return false;
    }
    end_ += room;
    read_ += room;
    return end_ - begin_ >= wanted;
}

}  // namespace tickstock

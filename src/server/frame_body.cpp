#include "server/frame_body.hpp"

#include "base/assert.hpp"

namespace tickstock {

FrameBody::FrameBody(std::string text) : text_(std::move(text)), size_(text_.size()) {}

FrameBody::FrameBody(std::string begin, std::span<const EventRun> runs, std::string_view end)
    : text_(std::move(begin)), end_(end) {
    std::size_t bytes = 0;
    for (const EventRun& run : runs) {
        bytes += run.block->run(run.begin, run.end).size();
    }
    const bool gathers = runs.size() <= max_slices && bytes >= runs.size() * slice_bytes;
    if (!gathers) {
        text_.reserve(text_.size() + bytes + end.size());
    }
    bool is_first = true;
    for (const EventRun& run : runs) {
        std::string_view slice = run.block->run(run.begin, run.end);
        slice.remove_prefix(is_first ? 1 : 0);  // the comma
        is_first = false;
        if (gathers) {
            slices_.push_back(slice);
            blocks_.push_back(run.block);
        } else {
            text_ += slice;
        }
    }
    if (!gathers) {
        text_ += end;
        end_ = {};
    }
    size_ = text_.size() + end_.size();
    for (const std::string_view slice : slices_) {
        size_ += slice.size();
    }
}

std::size_t FrameBody::fill(std::span<std::string_view> parts) const {
    TS_ASSERT(parts.size() >= slices_.size() + 2);
    std::size_t count = 0;
    parts[count++] = text_;
    for (const std::string_view slice : slices_) {
        parts[count++] = slice;
    }
    if (!end_.empty()) {
        parts[count++] = end_;
    }
    return count;
}

std::string FrameBody::str() const {
    std::string all = text_;
    for (const std::string_view slice : slices_) {
        all += slice;
    }
    all += end_;
    return all;
}

}  // namespace tickstock

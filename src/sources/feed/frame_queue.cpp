#include "sources/feed/frame_queue.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.hpp"
#include "sources/formats/line_decoder.hpp"

namespace tickstock {
namespace {

constexpr std::size_t block_bytes = std::size_t{256} << 10;
constexpr std::size_t free_blocks_max = 8;

struct Header {
    std::uint64_t epoch = 0;
    UnixNanos received;
    std::size_t size = 0;
    FeedItem::Kind kind = FeedItem::Kind::Frame;
};
static_assert(sizeof(Header) + line_padding <= FrameQueue::overhead);

std::size_t cost(std::size_t size) {
    return size + FrameQueue::overhead;
}

}  // namespace

/// Items one behind the other: header, bytes, padding.
struct FrameQueue::Block {
    explicit Block(std::size_t size) : capacity(size), bytes(new char[size]()) {}

    std::size_t capacity;
    std::unique_ptr<char[]> bytes;
    std::size_t used = 0;
};

FrameQueue::FrameQueue(std::size_t capacity_bytes, std::function<void()> wake)
    : capacity_(capacity_bytes), wake_(std::move(wake)) {}

FrameQueue::~FrameQueue() = default;

void FrameQueue::push(std::uint64_t epoch, UnixNanos received, std::string_view frame) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (bytes_ + cost(frame.size()) > capacity_) {
            overrun_rows_ += count_messages(frame);
            ++overrun_frames_;
            if (!std::exchange(overrun_told_, false)) {
                return;
            }
            append(FeedItem::Kind::Overrun, epoch, received, {});
        } else {
            overrun_told_ = true;
            append(FeedItem::Kind::Frame, epoch, received, frame);
        }
        wake = std::exchange(consumer_waits_, false);
    }
    if (wake && wake_) {
        wake_();
    }
}

void FrameQueue::mark(FeedItem::Kind kind, std::uint64_t epoch, UnixNanos received,
                      std::string_view text) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        append(kind, epoch, received, text);
        wake = std::exchange(consumer_waits_, false);
    }
    if (wake && wake_) {
        wake_();
    }
}

/// With the lock held.
void FrameQueue::append(FeedItem::Kind kind, std::uint64_t epoch, UnixNanos received,
                        std::string_view bytes) {
    const std::size_t needed = cost(bytes.size());
    if (filled_.empty() || filled_.back()->capacity - filled_.back()->used < needed) {
        filled_.push_back(new_block(needed));
    }
    Block& block = *filled_.back();
    const Header header{epoch, received, bytes.size(), kind};
    char* to = block.bytes.get() + block.used;
    std::memcpy(to, &header, sizeof header);
    if (!bytes.empty()) {
        std::memcpy(to + sizeof header, bytes.data(), bytes.size());
    }
    block.used += needed;
    bytes_ += needed;
}

std::unique_ptr<FrameQueue::Block> FrameQueue::new_block(std::size_t needed) {
    for (auto& block : free_) {
        if (block->capacity >= needed) {
            std::swap(block, free_.back());
            auto found = std::move(free_.back());
            free_.pop_back();
            return found;
        }
    }
    return std::make_unique<Block>(std::max(needed, block_bytes));
}

const FeedItem* FrameQueue::front() {
    if (has_item_) {
        return &item_;
    }
    if ((reading_ == nullptr || at_ == reading_->used) && !next_block()) {
        return nullptr;
    }
    Header header;
    const char* from = reading_->bytes.get() + at_;
    std::memcpy(&header, from, sizeof header);
    item_ = {header.kind, header.epoch, header.received, {from + sizeof header, header.size}};
    has_item_ = true;
    return &item_;
}

void FrameQueue::pop() {
    TS_ASSERT(has_item_);
    at_ += cost(item_.bytes.size());
    has_item_ = false;
}

/// What was read is given back as a whole, so the bound counts it until then.
bool FrameQueue::next_block() {
    const std::lock_guard lock(mutex_);
    if (reading_ != nullptr) {
        bytes_ -= reading_->used;
        reading_->used = 0;
        // Blocks of outsized frames are not kept.
        if (free_.size() < free_blocks_max && reading_->capacity == block_bytes) {
            free_.push_back(std::move(reading_));
        }
        reading_.reset();
    }
    at_ = 0;
    if (filled_.empty()) {
        consumer_waits_ = true;
        return false;
    }
    reading_ = std::move(filled_.front());
    filled_.pop_front();
    return true;
}

std::size_t FrameQueue::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

std::uint64_t FrameQueue::overrun_rows() const {
    const std::lock_guard lock(mutex_);
    return overrun_rows_;
}

std::uint64_t FrameQueue::overrun_frames() const {
    const std::lock_guard lock(mutex_);
    return overrun_frames_;
}

std::uint64_t count_messages(std::string_view frame) {
    constexpr std::string_view key = "\"ev\"";
    std::uint64_t count = 0;
    for (std::size_t at = frame.find(key); at != std::string_view::npos;
         at = frame.find(key, at + key.size())) {
        ++count;
    }
    return std::max<std::uint64_t>(count, 1);
}

}  // namespace tickstock

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace tickstock {

/// What a connection hands over, in the order in which it happened.
struct FeedItem {
    enum class Kind : std::uint8_t {
        Frame,       ///< `bytes`, with line_padding readable bytes behind them
        Subscribed,  ///< every subscription of this connection is answered
        Lost,        ///< the connection that had data or the right to it is gone; `bytes` = why
        Overrun,     ///< what came here did not fit into the queue
    };
    Kind kind = Kind::Frame;
    std::uint64_t epoch = 0;  ///< of the connection
    UnixNanos received;       ///< wall anchor and monotonic time
    std::string_view bytes;   ///< valid until pop()
};

/// Frames from the thread that reads a socket to the one that decodes them. Bounded in bytes and
/// never blocking the reader: a frame that does not fit is dropped whole, and its rows are counted.
/// Frames stand one behind the other in blocks that are used again, so that nothing is allocated
/// per frame once the blocks are there. One producer, one consumer; a lock a frame on the one side
/// and a lock a block on the other.
class FrameQueue {
public:
    explicit FrameQueue(std::size_t capacity_bytes, std::function<void()> wake = {});
    ~FrameQueue();

    /// The producer's thread. `wake` is called when the consumer had found nothing.
    void push(std::uint64_t epoch, UnixNanos received, std::string_view frame);
    /// Markers always fit.
    void mark(FeedItem::Kind kind, std::uint64_t epoch, UnixNanos received,
              std::string_view text = {});

    /// The consumer's thread: the oldest item, nullptr when there is none. Valid until pop().
    const FeedItem* front();
    void pop();

    /// Any thread.
    std::size_t bytes() const;
    /// Objects of frames that did not fit.
    std::uint64_t overrun_rows() const;
    std::uint64_t overrun_frames() const;

    /// Bytes that one frame costs beside its own.
    static constexpr std::size_t overhead = 128;

private:
    struct Block;

    void append(FeedItem::Kind kind, std::uint64_t epoch, UnixNanos received,
                std::string_view bytes);
    std::unique_ptr<Block> new_block(std::size_t needed);
    bool next_block();

    const std::size_t capacity_;
    std::function<void()> wake_;
    mutable std::mutex mutex_;
    std::deque<std::unique_ptr<Block>> filled_;  // the last one is being filled
    std::vector<std::unique_ptr<Block>> free_;
    std::size_t bytes_ = 0;
    std::uint64_t overrun_rows_ = 0;
    std::uint64_t overrun_frames_ = 0;
    bool overrun_told_ = true;
    bool consumer_waits_ = true;

    // the consumer's own
    std::unique_ptr<Block> reading_;
    std::size_t at_ = 0;
    FeedItem item_;
    bool has_item_ = false;
};

/// Objects in a frame of the vendor, at least 1: how often it says "ev".
std::uint64_t count_messages(std::string_view frame);

}  // namespace tickstock

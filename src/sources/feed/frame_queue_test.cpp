#include "sources/feed/frame_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "sources/formats/line_decoder.hpp"

namespace tickstock {
namespace {

using Kind = FeedItem::Kind;

TEST(FeedFrameQueue, KeepsOrderTimesEpochsAndPadding) {
    FrameQueue queue(1 << 20);
    EXPECT_EQ(queue.front(), nullptr);
    queue.push(1, unix_nanos(10), "first");
    queue.mark(Kind::Lost, 1, unix_nanos(11), "why");
    queue.push(2, unix_nanos(12), "");
    const FeedItem* item = queue.front();
    ASSERT_NE(item, nullptr);
    EXPECT_EQ(item->bytes, "first");
    EXPECT_EQ(item->epoch, 1U);
    EXPECT_EQ(item->received, unix_nanos(10));
    for (std::size_t i = 0; i < line_padding; ++i) {  // ASan looks too
        EXPECT_GE(item->bytes.data()[item->bytes.size() + i], -128);
    }
    EXPECT_EQ(queue.front(), item);
    queue.pop();
    EXPECT_EQ(queue.front()->kind, Kind::Lost);
    EXPECT_EQ(queue.front()->bytes, "why");
    queue.pop();
    EXPECT_EQ(queue.front()->epoch, 2U);
    queue.pop();
    EXPECT_EQ(queue.front(), nullptr);
    EXPECT_EQ(queue.bytes(), 0U);
}

TEST(FeedFrameQueue, CountsTheRowsOfWhatDoesNotFitAndMarksThePlace) {
    FrameQueue queue(3 * FrameQueue::overhead);
    const std::string two = R"([{"ev":"T"},{"ev":"T"}])";
    queue.push(1, unix_nanos(1), two);
    queue.push(1, unix_nanos(2), two);
    queue.push(1, unix_nanos(3), two);
    queue.push(1, unix_nanos(4), two);
    EXPECT_EQ(queue.overrun_rows(), 4U);
    EXPECT_EQ(queue.overrun_frames(), 2U);
    queue.mark(Kind::Lost, 1, unix_nanos(5), "disconnected");  // always fits
    std::vector<Kind> kinds;
    while (const FeedItem* item = queue.front()) {
        kinds.push_back(item->kind);
        queue.pop();
    }
    EXPECT_EQ(kinds, (std::vector<Kind>{Kind::Frame, Kind::Frame, Kind::Overrun, Kind::Lost}));
    queue.push(2, unix_nanos(6), two);
    EXPECT_EQ(queue.front()->kind, Kind::Frame);
    queue.push(2, unix_nanos(7), std::string(1000, 'x'));
    EXPECT_EQ(queue.overrun_rows(), 5U);  // at least one row a frame
}

TEST(FeedFrameQueue, WakesAConsumerThatHasFoundNothing) {
    int wakes = 0;
    FrameQueue queue(1 << 20, [&] { ++wakes; });
    queue.push(1, unix_nanos(1), "a");
    queue.push(1, unix_nanos(2), "b");
    EXPECT_EQ(wakes, 1);
    while (queue.front() != nullptr) {
        queue.pop();
    }
    queue.mark(Kind::Subscribed, 1, unix_nanos(3));
    EXPECT_EQ(wakes, 2);
}

TEST(FeedFrameQueue, AReaderThatNeverWaitsLosesNothingUncounted) {
    constexpr std::uint64_t frames = 200'000;
    FrameQueue queue(64 << 10);
    std::atomic<bool> done{false};
    std::thread reader([&] {
        for (std::uint64_t i = 0; i < frames; ++i) {
            queue.push(1, unix_nanos(static_cast<std::int64_t>(i)),
                       std::string(i % 700, 'x') + R"("ev")");
        }
        done = true;
    });
    std::uint64_t taken = 0;
    UnixNanos last = unix_nanos(-1);
    for (bool end = false; !end;) {
        end = done;
        while (const FeedItem* item = queue.front()) {
            if (item->kind == Kind::Frame) {
                EXPECT_GT(item->received, last);
                last = item->received;
                EXPECT_EQ(item->bytes.size(), static_cast<std::size_t>(to_ns(last)) % 700 + 4);
                ++taken;
            }
            queue.pop();
        }
    }
    reader.join();
    EXPECT_EQ(taken + queue.overrun_rows(), frames);
}

TEST(FeedFrameQueue, CountsObjects) {
    EXPECT_EQ(count_messages("[]"), 1U);
    EXPECT_EQ(count_messages(R"([{"ev":"T"},{"ev":"Q"}])"), 2U);
}

}  // namespace
}  // namespace tickstock

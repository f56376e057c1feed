#include "publishing/stored_cursor.hpp"

#include <gtest/gtest.h>

#include "publishing/test_support.hpp"

namespace tickstock {
namespace {

class Cursor : public ::testing::Test {
protected:
    MemoryDisk disk_;
    std::mt19937_64 random_{1};
    std::unique_ptr<StoredStream> stream_ = open_stored(disk_);
};

TEST_F(Cursor, RegeneratedEventsTakeTheTimeOfPublicationThatIsStored) {
    const auto stored = random_block(1, 20, random_);
    stream_->append("e", *stored);
    ASSERT_EQ(stream_->write(), StoredStream::Written::Done);
    const auto cursor = stream_->read("e", Offset{5});

    EventBlock again = *stored;
    for (StreamEntry& entry : again.entries) {
        entry.ts_pub = unix_nanos(9);
    }
    StoredCursor::Comparison result = cursor->compare(again, 4);
    EXPECT_EQ(result.equal, 16U);
    EXPECT_FALSE(result.differs);
    EXPECT_EQ(again.entries[3].ts_pub, unix_nanos(9));
    for (std::size_t i = 4; i < 20; ++i) {
        EXPECT_EQ(again.entries[i].ts_pub, stored->entries[i].ts_pub);
    }
    EXPECT_TRUE(cursor->is_at_end());
    const auto more = random_block(21, 2, random_);
    result = cursor->compare(*more);
    EXPECT_EQ(result.equal, 0U);
    EXPECT_FALSE(result.differs) << "the end is no difference";
}

TEST_F(Cursor, EqualEventsTakeTheStoredTimeAlsoOnTheWire) {
    const auto stored = random_block(1, 10, random_);
    stream_->append("e", *stored);
    ASSERT_EQ(stream_->write(), StoredStream::Written::Done);
    EventBlock again = *stored;
    for (StreamEntry& entry : again.entries) {
        entry.ts_pub = unix_nanos(5);
    }
    again.restamp();
    ASSERT_NE(again.bytes, stored->bytes);
    EXPECT_EQ(stream_->read("e", Offset{1})->compare(again).equal, 10U);
    EXPECT_EQ(again.bytes, stored->bytes);
}

TEST_F(Cursor, AnyDifferenceIsSeen) {
    const auto stored = random_block(1, 10, random_);
    stream_->append("e", *stored);
    ASSERT_EQ(stream_->write(), StoredStream::Written::Done);
    const auto expect_difference = [&](auto change) {
        EventBlock other = *stored;
        change(other, other.entries[6]);
        const StoredCursor::Comparison result = stream_->read("e", Offset{1})->compare(other);
        EXPECT_EQ(result.equal, 6U);
        EXPECT_TRUE(result.differs);
    };
    expect_difference([](auto&, StreamEntry& entry) { entry.ts += Nanos{1}; });
    expect_difference([](auto&, StreamEntry& entry) { entry.symbol = SymbolText("ZZ"); });
    expect_difference([](auto&, StreamEntry& entry) {
        entry.type = entry.type == EventType::High ? EventType::Low : EventType::High;
    });
    expect_difference([](auto&, StreamEntry& entry) { ++entry.priority; });
    expect_difference([](auto&, StreamEntry& entry) { entry.score += 1; });
    expect_difference([](auto&, StreamEntry& entry) { entry.price = Price::from_raw(1); });
    expect_difference([](EventBlock& block, StreamEntry& entry) {
        entry.body_begin = static_cast<std::uint32_t>(block.bytes.size());
        block.bytes += "other";
        entry.body_length = 5;
    });
}

}  // namespace
}  // namespace tickstock

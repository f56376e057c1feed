// Goal: no damaged segment is ever taken for a sound one. Method: one small segment, cut at every
// byte and with every bit flipped; then the cases that those do not reach.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "journal/test_support.hpp"

namespace tickstock {
namespace {

using ::testing::HasSubstr;

TEST(SegmentDamage, CutAtEveryByteKeepsWhatIsWhole) {
    const Segment segment = segment_of(12, true);
    for (std::size_t size = 0; size < segment.bytes.size(); ++size) {
        SCOPED_TRACE(size);
        const Outcome outcome = read_all(segment.bytes.substr(0, size));
        if (size < segment_header_size) {
            EXPECT_FALSE(outcome.opened);
            EXPECT_THAT(outcome.failure, HasSubstr("ends inside its header"));
            continue;
        }
        const auto whole =
            std::upper_bound(segment.record_ends.begin(), segment.record_ends.end(), size) -
            segment.record_ends.begin();
        const auto after =
            std::upper_bound(segment.frame_offsets.begin(), segment.frame_offsets.end(), size);
        const std::uint64_t torn = size - *std::prev(after);
        EXPECT_EQ(outcome.failure, "");
        EXPECT_EQ(outcome.records, static_cast<std::size_t>(whole));
        // A checksum may begin with zeros; alone they look like reserved space.
        const std::string rest = segment.bytes.substr(size - torn, torn);
        const bool zeros = rest.find_first_not_of('\0') == std::string::npos;
        EXPECT_EQ(outcome.tail.torn_bytes == 0, zeros);
        EXPECT_EQ(outcome.tail.torn_bytes + outcome.tail.unused_bytes, torn);
        EXPECT_EQ(outcome.counts.dropped_for(Reason::Malformed), zeros ? 0U : 1U);
        EXPECT_TRUE(outcome.counts.closes());
        EXPECT_FALSE(outcome.tail.closed);
    }
}

TEST(SegmentDamage, EveryFlippedBitIsFound) {
    const Segment segment = segment_of(12, true);
    const std::uint64_t last = segment.frame_offsets.back();
    for (std::size_t bit = 0; bit < segment.bytes.size() * 8; ++bit) {
        SCOPED_TRACE(bit);
        std::string bytes = segment.bytes;
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        const Outcome outcome = read_all(bytes);
        if (bit / 8 < segment_header_size) {
            EXPECT_FALSE(outcome.opened);
            EXPECT_THAT(outcome.failure, HasSubstr("a.tsj: at byte 0:"));
        } else if (bit / 8 >= last) {
            EXPECT_EQ(outcome.failure, "");
            EXPECT_EQ(outcome.records, 12U);
            EXPECT_EQ(outcome.tail.torn_bytes + outcome.tail.unused_bytes,
                      segment.bytes.size() - last);
            EXPECT_FALSE(outcome.tail.closed);
        } else {
            const std::uint64_t frame = *std::prev(std::upper_bound(
                segment.frame_offsets.begin(), segment.frame_offsets.end(), bit / 8));
            const auto before =
                std::upper_bound(segment.record_ends.begin(), segment.record_ends.end(), frame) -
                segment.record_ends.begin();
            EXPECT_THAT(outcome.failure,
                        HasSubstr("a.tsj: at byte " + std::to_string(frame) + ":"));
            EXPECT_THAT(outcome.failure, HasSubstr("before a valid frame at"));
            EXPECT_EQ(outcome.records, static_cast<std::size_t>(before));
        }
        if (::testing::Test::HasFailure()) {
            return;
        }
    }
}

TEST(SegmentDamage, ReservedZerosBehindTheEndAreNoDamage) {
    const Segment segment = segment_of(3, false);
    const Outcome open = read_all(segment.bytes + std::string(100'000, '\0'));
    EXPECT_EQ(open.failure, "");
    EXPECT_EQ(open.records, 3U);
    EXPECT_EQ(open.tail.torn_bytes, 0U);
    EXPECT_EQ(open.tail.unused_bytes, 100'000U);
    const Outcome closed = read_all(segment_of(3, true).bytes + std::string(100'000, '\0'));
    EXPECT_EQ(closed.failure, "");
    EXPECT_EQ(closed.tail.unused_bytes, 100'000U);
    EXPECT_TRUE(closed.tail.closed);
}

TEST(SegmentDamage, ZerosBeforeAValidFrameAreDamage) {
    const Segment segment = segment_of(6, true);
    std::string bytes = segment.bytes;
    bytes.insert(segment.frame_offsets[4], std::string(70'000, '\0'));
    EXPECT_THAT(read_all(bytes).failure,
                HasSubstr("at byte " + std::to_string(segment.frame_offsets[4])));
}

TEST(SegmentDamage, BytesBehindTheCloseFrame) {
    const Segment segment = segment_of(2, true);
    EXPECT_THAT(read_all(segment.bytes + "x").failure,
                HasSubstr("at byte " + std::to_string(segment.bytes.size()) +
                          ": bytes behind the close frame"));
}

TEST(SegmentDamage, MissingAndRepeatedFrames) {
    const Segment segment = segment_of(6, true);
    const std::uint64_t from = segment.record_ends[2];
    const std::uint64_t to = segment.record_ends[3];
    std::string missing = segment.bytes;
    missing.erase(from, to - from);
    EXPECT_THAT(read_all(missing).failure, HasSubstr("sequence 5 where 4 was due"));
    std::string repeated = segment.bytes;
    repeated.insert(to, segment.bytes.substr(from, to - from));
    EXPECT_THAT(read_all(repeated).failure, HasSubstr("sequence 4 where 5 was due"));
}

TEST(SegmentDamage, RecordBeforeItsSymbol) {
    const Segment segment = segment_of(2, true);
    std::string bytes = segment.bytes;
    bytes.erase(segment.frame_offsets[0], segment.frame_offsets[1] - segment.frame_offsets[0]);
    EXPECT_THAT(read_all(bytes).failure, HasSubstr("symbol id 0 before that id's text"));
}

TEST(SegmentDamage, OtherFilesAndVersions) {
    std::string bytes = segment_of(1, true).bytes;
    EXPECT_THAT(read_all(std::string("ticker,price\n") + bytes).failure,
                HasSubstr("starts with 'ticker,p' instead of 'TSJOURNL'"));
    SegmentHeader header;
    std::string next(encode_segment_header(header).data(), segment_header_size);
    next[8] = 3;
    EXPECT_THAT(read_all(next).failure, HasSubstr("the header is damaged"));
    for (const std::uint32_t version : {3U, 1'000U}) {
        header.format_version = version;
        const auto newer = encode_segment_header(header);
        EXPECT_THAT(read_all({newer.data(), newer.size()}).failure,
                    HasSubstr("a.tsj: at byte 0: written by a newer version: format " +
                              std::to_string(version) + "; this program reads 1 and 2"));
    }
}

TEST(SegmentDamage, ReadErrorsAreReported) {
    const auto reader = SegmentReader::open(
        [](std::span<char>) -> Result<std::size_t> { return Error{"disk on fire"}; }, "a.tsj",
        SourceId{0});
    ASSERT_FALSE(reader.ok());
    EXPECT_EQ(reader.error().message, "disk on fire");
    EXPECT_THAT(SegmentReader::open("no/such/file.tsj", SourceId{0}).error().message,
                HasSubstr("no/such/file.tsj: cannot open"));
}

}  // namespace
}  // namespace tickstock

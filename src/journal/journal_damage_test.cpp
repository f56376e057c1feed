// Goal: of a segment of 1,000 entries, cut at every byte and with every bit flipped, each case is
// classified — torn tail, damage, refused header, whole — and no wrong entry is ever accepted.
// RELIABILITY row 40. Method: what the reader hands out must be a prefix of what was written, the
// class must be the one that follows from where the case lies. The flips are dealt out to eight
// tests; builds with sanitizers or without optimization take every 97th of them.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "journal/decision_codec.hpp"
#include "journal/record_codec.hpp"
#include "journal/test_support.hpp"

namespace tickstock {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
constexpr std::size_t stride = 97;
#else
constexpr std::size_t stride = 1;
#endif
constexpr std::uint64_t entries = 1'000;
constexpr std::size_t parts = 8;

struct Whole {
    std::string bytes;
    std::vector<std::size_t> ends;  // of every frame, the header first
    std::vector<std::string> entry_frames;
};

Whole make_whole() {
    const TemporaryFolder folder;
    const std::string path = folder.file("a.tsj");
    SymbolTable symbols;
    auto writer = SegmentWriter::create(path, {}).value();
    for (std::uint64_t sequence = 1; sequence <= entries; ++sequence) {
        if (sequence % 50 == 0) {
            writer->append_refused({SourceId{1}, Reason::Stale, 3});
        }
        append_mixed(*writer, symbols, sequence);
    }
    EXPECT_TRUE(writer->close());
    Whole whole;
    whole.bytes = bytes_of(path);
    auto frames = FrameReader::open(from_memory(whole.bytes), "a.tsj").value();
    Frame frame;
    whole.ends.push_back(segment_header_size);
    while (frames.next(frame)) {
        const std::size_t size = frame_head_size + frame.payload.size();
        whole.ends.push_back(frame.offset + size);
        if (is_entry_frame(frame.head.kind)) {
            whole.entry_frames.push_back(whole.bytes.substr(frame.offset, size));
        }
    }
    EXPECT_EQ(whole.entry_frames.size(), entries);
    whole.ends.push_back(whole.bytes.size());
    return whole;
}

const Whole& whole() {
    static const Whole made = make_whole();
    return made;
}

enum class Class { Refused, Damage, Torn, Whole };

struct Verdict {
    Class is = Class::Whole;
    std::size_t entries = 0;
    bool right = true;  ///< all entries were those that had been written
    std::uint64_t at = 0;
};

/// Reads as every reader does: frames, then what is in them.
Verdict judge(std::string_view bytes) {
    std::size_t at = 0;
    auto frames = FrameReader::open(
        [bytes, &at](std::span<char> into) -> Result<std::size_t> {
            const std::size_t count = bytes.copy(into.data(), into.size(), at);
            at += count;
            return count;
        },
        "a.tsj");
    Verdict verdict;
    if (!frames) {
        verdict.is = Class::Refused;
        return verdict;
    }
    Frame frame;
    Record record;
    Decision decision;
    while (frames->next(frame)) {
        if (!is_entry_frame(frame.head.kind)) {
            continue;
        }
        const std::string_view problem =
            frame.head.kind == FrameKind::Decision
                ? decode_decision(frame.payload, frame.head.sequence, decision)
                : decode_record(frame.head.kind, frame.payload, frame.head.sequence, record);
        const std::string_view found =
            bytes.substr(frame.offset, frame_head_size + frame.payload.size());
        verdict.right = verdict.right && problem.empty() && verdict.entries < entries &&
                        found == whole().entry_frames[verdict.entries];
        ++verdict.entries;
    }
    verdict.at = frames->offset();
    verdict.is = frames->failure()       ? Class::Damage
                 : frames->tail().closed ? Class::Whole
                                         : Class::Torn;
    return verdict;
}

/// End of the last frame that ends at or before `byte`; 0 = not even the header does.
std::size_t sound_before(std::size_t byte) {
    const auto& ends = whole().ends;
    const auto after = std::upper_bound(ends.begin(), ends.end(), byte);
    return after == ends.begin() ? 0 : *std::prev(after);
}

TEST(JournalDamage, CutAtEveryByte) {
    const std::string& bytes = whole().bytes;
    EXPECT_GT(bytes.size(), 80'000U);
    for (std::size_t size = 0; size <= bytes.size(); size += stride) {
        const Verdict verdict = judge(std::string_view(bytes).substr(0, size));
        const Class wanted = size < segment_header_size ? Class::Refused
                             : size == bytes.size()     ? Class::Whole
                                                        : Class::Torn;
        ASSERT_TRUE(verdict.right) << size;
        ASSERT_EQ(verdict.is, wanted) << size;
        ASSERT_TRUE(size < segment_header_size || verdict.at == sound_before(size)) << size;
    }
}

class FlippedBits : public ::testing::TestWithParam<std::size_t> {};

TEST_P(FlippedBits, AreFound) {
    std::string bytes = whole().bytes;
    const std::size_t bits = bytes.size() * 8;
    const std::size_t last_frame = bytes.size() - frame_head_size;
    for (std::size_t bit = GetParam(); bit < bits; bit += parts * stride) {
        const std::size_t byte = bit / 8;
        const char sound = bytes[byte];
        bytes[byte] = static_cast<char>(sound ^ (1 << (bit % 8)));
        const Verdict verdict = judge(bytes);
        bytes[byte] = sound;
        const Class wanted = byte < segment_header_size ? Class::Refused
                             : byte >= last_frame       ? Class::Torn
                                                        : Class::Damage;
        ASSERT_TRUE(verdict.right) << bit;
        ASSERT_EQ(verdict.is, wanted) << bit;
        ASSERT_TRUE(wanted == Class::Refused || verdict.at == sound_before(byte)) << bit;
    }
}

INSTANTIATE_TEST_SUITE_P(JournalDamage, FlippedBits, ::testing::Range<std::size_t>(0, parts));

}  // namespace
}  // namespace tickstock

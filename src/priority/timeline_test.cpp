#include "priority/timeline.hpp"

#include <gtest/gtest.h>

#include "base/state_archive.hpp"

namespace tickstock {
namespace {

std::string text(Timeline<int>& timeline, std::initializer_list<std::uint64_t> sequences) {
    std::string values;
    for (const std::uint64_t sequence : sequences) {
        values += std::to_string(timeline.at(Sequence{sequence}));
    }
    return values;
}

TEST(Timeline, SaysWhatHeldAtASequence) {
    Timeline<int> timeline;
    EXPECT_EQ(text(timeline, {0, 1, sequence_end.value()}), "000");
    timeline.change_at(Sequence{10}) = 1;
    timeline.change_at(Sequence{20}) = 2;
    EXPECT_EQ(text(timeline, {0, 9, 10, 11, 19, 20, 21, sequence_end.value()}), "00111222");
    EXPECT_EQ(timeline.newest(), 2);
    timeline.change_at(Sequence{20}) += 5;
    EXPECT_EQ(text(timeline, {19, 20}), "17");
    EXPECT_EQ(timeline.size(), 3U);
}

TEST(Timeline, ForgetsWhatNoEventNeeds) {
    Timeline<int> timeline;
    timeline.change_at(Sequence{10}) = 1;
    timeline.change_at(Sequence{20}) = 2;
    timeline.forget_before(Sequence{9});
    EXPECT_EQ(timeline.size(), 3U);
    timeline.forget_before(Sequence{10});
    EXPECT_EQ(timeline.size(), 2U);
    timeline.forget_before(Sequence{19});
    EXPECT_EQ(text(timeline, {19, 20}), "12");
    timeline.forget_before(sequence_end);
    EXPECT_EQ(timeline.size(), 1U);
    EXPECT_EQ(text(timeline, {20, 99}), "22");
    EXPECT_DEATH(timeline.at(Sequence{19}), "");
    EXPECT_DEATH(timeline.change_at(Sequence{19}), "");
}

TEST(Timeline, SurvivesBytesAndRefusesDisorder) {
    Timeline<int> timeline;
    timeline.change_at(Sequence{10}) = 1;
    StateWriter out;
    out(timeline);
    Timeline<int> again;
    StateReader in(out.text());
    in(again);
    EXPECT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(text(again, {9, 10}), "01");

    std::string bytes = out.text();
    bytes[8] = 11;  // `from` of the first of two entries, behind their number
    StateReader bad(bytes);
    bad(again);
    EXPECT_FALSE(bad.ok());
    EXPECT_EQ(again.size(), 1U);
    StateReader empty("");
    empty(again);
    EXPECT_FALSE(empty.ok());
    EXPECT_EQ(again.newest(), 0);
}

}  // namespace
}  // namespace tickstock

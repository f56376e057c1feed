#include "engine/latency_marks.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

using namespace std::chrono_literals;

struct Measured {
    Histogram all;
    std::array<Histogram, LatencyMarks::kinds> by_kind;
    StageLatencies stages;
};

Measured measured(const LatencyMarks& marks) {
    Measured result;
    marks.copy_to(result.all, result.by_kind, result.stages);
    return result;
}

TEST(LatencyMarks, EachStageCountsFromTheHandOver) {
    LatencyMarks marks;
    marks.mark(Sequence{10}, 100ms, 101ms, 1U);
    marks.journaled(Sequence{10}, 103ms);
    marks.detected(Sequence{10}, 106ms);
    marks.measure(Sequence{10}, 110ms);
    const Measured result = measured(marks);
    EXPECT_EQ(result.stages.admission.sum(), 1ms);
    EXPECT_EQ(result.stages.journal.sum(), 3ms);
    EXPECT_EQ(result.stages.detection.sum(), 6ms);
    EXPECT_EQ(result.all.sum(), 10ms);
    EXPECT_EQ(result.by_kind[0].count(), 1U);
    EXPECT_EQ(result.by_kind[1].count(), 0U);
}

TEST(LatencyMarks, ABatchThatIsThroughInPartWaits) {
    LatencyMarks marks;
    marks.mark(Sequence{10}, 0ms, 0ms, 1U);
    marks.mark(Sequence{20}, 1ms, 1ms, 2U);
    marks.journaled(Sequence{19}, 2ms);
    marks.detected(Sequence{20}, 3ms);
    marks.measure(Sequence{15}, 4ms);
    Measured result = measured(marks);
    EXPECT_EQ(result.stages.journal.count(), 1U);
    EXPECT_EQ(result.stages.detection.count(), 2U);
    EXPECT_EQ(result.all.count(), 1U);
    EXPECT_EQ(marks.oldest(Sequence{20}), Nanos(1ms));
    EXPECT_EQ(marks.oldest(Sequence{19}), std::nullopt) << "it ends behind that";

    marks.journaled(Sequence{25}, 5ms);
    marks.detected(Sequence{25}, 5ms);
    marks.measure(Sequence{25}, 6ms);
    result = measured(marks);
    EXPECT_EQ(result.stages.journal.count(), 2U);
    EXPECT_EQ(result.stages.detection.count(), 2U) << "no batch counts twice";
    EXPECT_EQ(result.all.count(), 2U);
    EXPECT_EQ(marks.oldest(Sequence{99}), std::nullopt);
}

TEST(LatencyMarks, WhatIsPublishedFirstWasWrittenAndDetectedToo) {
    LatencyMarks marks;
    for (std::uint64_t batch = 1; batch <= 3; ++batch) {
        marks.mark(Sequence{batch}, 0ms, 0ms, 1U);
    }
    marks.detected(Sequence{1}, 1ms);
    marks.measure(Sequence{2}, 7ms);  // before the sequencer's thread said that it has written
    marks.journaled(Sequence{2}, 8ms);
    marks.detected(Sequence{2}, 8ms);
    const Measured result = measured(marks);
    EXPECT_EQ(result.stages.journal.count(), 2U);
    EXPECT_EQ(result.stages.journal.sum(), 14ms);
    EXPECT_EQ(result.stages.detection.count(), 2U);
    EXPECT_EQ(result.stages.detection.sum(), 8ms);
    EXPECT_EQ(result.stages.admission.count(), 3U);
}

}  // namespace
}  // namespace tickstock

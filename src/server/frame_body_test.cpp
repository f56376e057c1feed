#include "server/frame_body.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "server/session.hpp"

namespace tickstock {
namespace {

std::shared_ptr<const EventBlock> block_of(std::uint64_t first, std::size_t count,
                                           std::size_t body_bytes) {
    auto block = std::make_shared<EventBlock>();
    for (std::size_t i = 0; i < count; ++i) {
        StreamEntry entry;
        entry.offset = Offset{first + i};
        block->add(entry, std::string(body_bytes, static_cast<char>('a' + i % 26)));
    }
    return block;
}

std::string joined(const OutFrame& frame) {
    OutFrame::Parts parts;
    std::string text;
    for (const std::string_view part : frame.parts(parts)) {
        text += part;
    }
    EXPECT_EQ(text.size(), frame.size());
    return text;
}

/// Short runs or long, few or many: the bytes are those of the events with commas.
RC_GTEST_PROP(FrameBody, IsItsEventsWithCommas, ()) {
    const auto body_bytes = *rc::gen::element<std::size_t>(0, 10, 1'000, 5'000);
    std::vector<EventRun> runs;
    std::string expected = "[";
    const auto count = *rc::gen::inRange<std::size_t>(1, FrameBody::max_slices + 4);
    for (std::size_t i = 0; i < count; ++i) {
        const auto events = *rc::gen::inRange<std::size_t>(1, 5);
        const auto block = block_of(i * 10 + 1, events, body_bytes);
        const auto begin = *rc::gen::inRange<std::size_t>(0, events);
        const auto end = *rc::gen::inRange<std::size_t>(begin + 1, events + 1);
        runs.push_back({block, begin, end});
        for (std::size_t k = begin; k < end; ++k) {
            expected += expected.size() == 1 ? "" : ",";
            expected += block->wire(k);
        }
    }
    expected += "]}";
    OutFrame frame;
    frame.head = std::make_shared<const std::string>("head");
    frame.body = std::make_shared<const FrameBody>("[", runs, "]}");
    runs.clear();  // the body keeps its blocks alive
    RC_ASSERT(frame.body->str() == expected);
    RC_ASSERT(joined(frame) == "head" + expected);
    RC_ASSERT(frame.body->is_gathered() ==
                  (count <= FrameBody::max_slices && body_bytes >= 5'000) ||
              body_bytes == 1'000);
}

TEST(OutFrame, PartsInTheirOrder) {
    OutFrame frame;
    EXPECT_EQ(joined(frame), "");
    frame.tail = std::make_shared<const std::string>("tail");
    EXPECT_EQ(joined(frame), "tail");
    frame.body = std::make_shared<const FrameBody>("body ");
    EXPECT_EQ(joined(frame), "body tail");
}

}  // namespace
}  // namespace tickstock

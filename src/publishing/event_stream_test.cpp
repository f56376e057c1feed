#include "publishing/event_stream.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "publishing/encode.hpp"

namespace tickstock {
namespace {

class Stream : public ::testing::Test {
protected:
    Stream() : apple_(*symbols_.intern("AAPL")), other_(*symbols_.intern("MSFT")) {}

    Event event(SymbolId symbol, EventType type, std::uint64_t id) const {
        Event result;
        result.detection.symbol = symbol;
        result.detection.type = type;
        result.detection.price = Price::from_cents(1000);
        result.detection.data = HighLowData{};
        result.id = id;
        return result;
    }
    void append(EventStream& stream, const std::vector<Event>& events) const {
        stream.append(events, symbols_, unix_nanos(77));
        EXPECT_TRUE(stream.counts().closes());
    }
    std::string body(const Event& event) const {
        std::string text;
        encode_body(event, symbols_.text(event.detection.symbol).view(), text);
        return text;
    }

    SymbolTable symbols_;
    SymbolId apple_;
    SymbolId other_;
};

TEST_F(Stream, OffsetsAreContiguousFromOne) {
    EventStream stream("e1", {});
    EXPECT_EQ(stream.range().first, Offset{1});
    EXPECT_EQ(stream.range().last, Offset{0});
    append(stream, {event(apple_, EventType::High, 1), event(apple_, EventType::Low, 2)});
    append(stream, {});
    append(stream, {event(other_, EventType::High, 3)});
    EXPECT_EQ(stream.range().epoch, "e1");
    EXPECT_EQ(stream.range().first, Offset{1});
    EXPECT_EQ(stream.range().last, Offset{3});
    for (std::uint64_t offset = 1; offset <= 3; ++offset) {
        const auto block = stream.block_at("e1", Offset{offset});
        ASSERT_NE(block, nullptr);
        const auto index = offset - block->entries.front().offset.value();
        EXPECT_EQ(block->entries[index].offset, Offset{offset});
        EXPECT_EQ(block->entries[index].ts_pub, unix_nanos(77));
    }
    EXPECT_EQ(stream.block_at("e1", Offset{0}), nullptr);
    EXPECT_EQ(stream.block_at("e1", Offset{4}), nullptr);
    EXPECT_EQ(stream.block_at("e2", Offset{1}), nullptr);
}

TEST_F(Stream, TheHashIsThatOfTheBodiesWithANewlineEach) {
    const std::vector<Event> events{event(apple_, EventType::High, 1),
                                    event(other_, EventType::Low, 2),
                                    event(apple_, EventType::Low, 3)};
    std::string text;
    for (const Event& each : events) {
        text += body(each) + "\n";
    }
    EventStream at_once("a", {});
    append(at_once, events);
    EventStream one_by_one("b", {});
    for (const Event& each : events) {
        append(one_by_one, {each});
    }
    EXPECT_EQ(at_once.hash(), xxh64(text));
    EXPECT_EQ(one_by_one.hash(), at_once.hash());
    EXPECT_EQ(EventStream("c", {}).hash(), xxh64(""));
}

TEST_F(Stream, TheOldestBlockLeavesFirstAndTheNewestStays) {
    EventStream stream("e", {.memory_limit = 1});
    append(stream, {event(apple_, EventType::High, 1)});
    EXPECT_NE(stream.block_at("e", Offset{1}), nullptr) << "the newest block always stays";
    append(stream, {event(other_, EventType::High, 2), event(other_, EventType::Low, 3)});
    EXPECT_EQ(stream.range().first, Offset{2});
    EXPECT_EQ(stream.evicted_events(), 1U);
    EXPECT_EQ(stream.block_at("e", Offset{1}), nullptr);
    EXPECT_NE(stream.block_at("e", Offset{3}), nullptr);
    EXPECT_EQ(stream.snapshot().events.size(), 2U) << "AAPL's event is gone";
    EXPECT_EQ(stream.counts().out, 3U);
}

TEST_F(Stream, ASnapshotIsTheLatestOfEachSymbolAndTypeByOffset) {
    EventStream stream("e", {});
    append(stream, {event(apple_, EventType::High, 1), event(apple_, EventType::High, 2)});
    append(stream, {event(other_, EventType::High, 3), event(apple_, EventType::Low, 4)});
    append(stream, {event(other_, EventType::High, 5)});
    const EventStream::Snapshot snapshot = stream.snapshot();
    EXPECT_EQ(snapshot.range.last, Offset{5});
    std::vector<std::uint64_t> offsets;
    for (const auto& latest : snapshot.events) {
        offsets.push_back(latest.block->entries[latest.index].offset.value());
    }
    EXPECT_EQ(offsets, (std::vector<std::uint64_t>{2, 4, 5}));
}

TEST_F(Stream, ARestartBeginsAnotherStream) {
    EventStream stream("e1", {});
    int calls = 0;
    stream.set_listener([&] { ++calls; });
    append(stream, {event(apple_, EventType::High, 1)});
    const auto kept = stream.block_at("e1", Offset{1});
    stream.restart("e2");
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(stream.range().epoch, "e2");
    EXPECT_EQ(stream.range().last, Offset{0});
    EXPECT_EQ(stream.hash(), xxh64(""));
    EXPECT_TRUE(stream.snapshot().events.empty());
    append(stream, {event(apple_, EventType::High, 9)});
    EXPECT_EQ(stream.block_at("e1", Offset{1}), nullptr);
    EXPECT_EQ(stream.range().last, Offset{1});
    EXPECT_NE(kept->body(kept->entries[0]), "") << "a reader's block lives on";
}

TEST_F(Stream, AControlEventOfTheWholeFeedHasNoSymbol) {
    Event gap = event(symbol_none, EventType::Control, 1);
    gap.detection.data = ControlData{ControlData::Kind::SourceGap};
    EventStream stream("e", {});
    append(stream, {gap});
    const auto block = stream.block_at("e", Offset{1});
    ASSERT_NE(block, nullptr);
    EXPECT_NE(block->body(block->entries[0]).find(R"("symbol":"")"), std::string_view::npos);
}

}  // namespace
}  // namespace tickstock

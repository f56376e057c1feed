// The event stream across a restart: encode, store and publish apart; state; the newest events.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/state_archive.hpp"
#include "publishing/encode.hpp"
#include "publishing/event_stream.hpp"

namespace tickstock {
namespace {

class Restored : public ::testing::Test {
protected:
    Restored() : apple_(*symbols_.intern("AAPL")), other_(*symbols_.intern("MSFT")) {}

    std::vector<Event> events(int count) {
        std::vector<Event> all;
        for (int i = 0; i < count; ++i) {
            Event event;
            event.detection.symbol = ++made_ % 3 == 0 ? other_ : apple_;
            event.detection.type = made_ % 2 == 0 ? EventType::High : EventType::Low;
            event.detection.data = HighLowData{};
            event.id = made_;
            all.push_back(event);
        }
        return all;
    }
    std::shared_ptr<EventBlock> publish(EventStream& stream, const std::vector<Event>& all) const {
        const auto block = stream.encode(all, symbols_, unix_nanos(77));
        stream.publish(block);
        return block;
    }
    static EventStream::State copied(const EventStream& stream) {
        EventStream::State state = stream.state();
        StateWriter out;
        out(state);
        EventStream::State loaded;
        StateReader in(out.text());
        in(loaded);
        EXPECT_TRUE(in.ok() && in.at_end());
        return loaded;
    }
    static std::vector<std::uint64_t> snapshot_offsets(const EventStream& stream) {
        std::vector<std::uint64_t> offsets;
        for (const auto& latest : stream.snapshot().events) {
            offsets.push_back(latest.block->entries[latest.index].offset.value());
        }
        return offsets;
    }

    SymbolTable symbols_;
    SymbolId apple_;
    SymbolId other_;
    std::uint64_t made_ = 0;
};

TEST_F(Restored, NobodySeesWhatIsEncodedUntilItIsPublished) {
    EventStream stream("e", {});
    int calls = 0;
    stream.set_listener([&] { ++calls; });
    const auto first = stream.encode(events(2), symbols_, unix_nanos(5));
    const auto second = stream.encode(events(1), symbols_, unix_nanos(6));
    EXPECT_EQ(stream.encode({}, symbols_, unix_nanos(6)), nullptr);
    EXPECT_EQ(second->entries.front().offset, Offset{3});
    EXPECT_EQ(stream.range().last, Offset{0});
    EXPECT_EQ(stream.counts().in, 0U);
    EXPECT_EQ(stream.hash(), xxh64(""));
    EXPECT_EQ(calls, 0);
    stream.publish(first);
    stream.publish(second);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(stream.range().last, Offset{3});
    EXPECT_EQ(stream.block_at("e", Offset{3}), second);
}

TEST_F(Restored, GoesOnAsIfThereHadBeenNoRestart) {
    EventStream before("e", {});
    std::vector<std::shared_ptr<const EventBlock>> blocks;
    for (const int count : {3, 1, 4}) {
        blocks.push_back(publish(before, events(count)));
    }
    EventStream after("none", {});
    int calls = 0;
    after.set_listener([&] { ++calls; });
    after.append(events(2), symbols_, unix_nanos(1));  // gone with restore()
    after.restore(copied(before), {blocks[1], blocks[2]});
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(after.range().epoch, "e");
    EXPECT_EQ(after.range().first, Offset{4});
    EXPECT_EQ(after.block_at("e", Offset{3}), nullptr);
    EXPECT_EQ(after.block_at("e", Offset{5}), blocks[2]);
    std::vector<std::uint64_t> latest = snapshot_offsets(before);
    std::erase(latest, 3);  // no longer in memory
    EXPECT_EQ(snapshot_offsets(after), latest);

    const auto more = events(3);
    publish(before, more);
    const auto block = publish(after, more);
    EXPECT_EQ(block->entries.front().offset, Offset{9});
    EXPECT_EQ(after.hash(), before.hash());
    EXPECT_EQ(after.range().last, before.range().last);
    EXPECT_EQ(after.counts().in, before.counts().in);
    EXPECT_EQ(after.counts().out, before.counts().out);
    EXPECT_TRUE(after.counts().closes());
    EXPECT_EQ(after.events_by_type(), before.events_by_type());
    latest = snapshot_offsets(before);
    std::erase(latest, 3);
    EXPECT_EQ(snapshot_offsets(after), latest);
}

TEST_F(Restored, WithoutStoredEventsTheOffsetsGoOnAllTheSame) {
    EventStream before("e", {});
    publish(before, events(5));
    EventStream after("none", {});
    after.restore(copied(before), {});
    EXPECT_EQ(after.range().first, Offset{6});
    EXPECT_EQ(after.range().last, Offset{5});
    EXPECT_TRUE(after.snapshot().events.empty());
    EXPECT_EQ(publish(after, events(1))->entries.front().offset, Offset{6});
}

TEST_F(Restored, MoreThanTheMemoryHoldsIsLeftOut) {
    EventStream before("e", {});
    std::vector<std::shared_ptr<const EventBlock>> blocks;
    for (int i = 0; i < 5; ++i) {
        blocks.push_back(publish(before, events(2)));
    }
    EventStream after("none", {.memory_limit = blocks[3]->memory() + blocks[4]->memory()});
    after.restore(copied(before), blocks);
    EXPECT_EQ(after.range().first, Offset{7});
    EXPECT_EQ(after.range().last, Offset{10});
}

TEST_F(Restored, ABlockWithTheStoredTimeMayStandForTheEncodedOne) {
    EventStream stream("e", {});
    const auto encoded = stream.encode(events(2), symbols_, unix_nanos(900));
    const auto stored = std::make_shared<EventBlock>(*encoded);
    for (StreamEntry& entry : stored->entries) {
        entry.ts_pub = unix_nanos(100);
    }
    stream.publish(stored);
    EXPECT_EQ(stream.block_at("e", Offset{1})->entries[0].ts_pub, unix_nanos(100));
    EXPECT_EQ(publish(stream, events(1))->entries.front().offset, Offset{3});
}

TEST_F(Restored, AStateThatIsCutShortIsRefused) {
    EventStream stream("e", {});
    publish(stream, events(2));
    EventStream::State state = stream.state();
    StateWriter out;
    out(state);
    for (std::size_t size = 0; size < out.size(); ++size) {
        StateReader in(std::string_view(out.text()).substr(0, size));
        in(state);
        EXPECT_FALSE(in.ok()) << size;
    }
}

using RestoredDeathTest = Restored;

TEST_F(RestoredDeathTest, NothingIsPublishedThatIsNotStored) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EventStream stream("e", {});
    stream.set_stored_through(Offset{2});
    publish(stream, events(2));
    const auto block = stream.encode(events(1), symbols_, unix_nanos(5));
    EXPECT_DEATH(stream.publish(block), "stored_through_");
    stream.set_stored_through(Offset{3});
    stream.publish(block);
    stream.restart("next");
    const auto first = stream.encode(events(1), symbols_, unix_nanos(5));
    EXPECT_DEATH(stream.publish(first), "stored_through_")
        << "the store of the next epoch is empty";
}

TEST_F(RestoredDeathTest, BlocksArePublishedInTheirOrder) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EventStream stream("e", {});
    const auto first = stream.encode(events(1), symbols_, unix_nanos(5));
    const auto second = stream.encode(events(1), symbols_, unix_nanos(5));
    EXPECT_DEATH(stream.publish(second), "last_");
}

}  // namespace
}  // namespace tickstock

#pragma once

// For the tests of clients that are further behind than memory reaches: a stream with a store.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/memory_disk.hpp"
#include "server/fanout.hpp"
#include "server/subscription.hpp"
#include "server/test_support.hpp"

namespace tickstock::testing {

/// What was published, by offset − 1.
struct Published {
    StreamEntry entry;
    std::string wire;
};

/// A stream with a store: everything is on disk, little in memory.
struct StoredFixture {
    explicit StoredFixture(std::size_t memory = 8'000, std::uint64_t segment_bytes = 30'000)
        : stream("epoch-1", {memory}), clock(unix_nanos(0)) {
        StoredStreamOptions options;
        options.directory = "stream";
        options.segment_bytes = segment_bytes;
        options.retention_bytes = 8 * segment_bytes;
        auto opened = StoredStream::open(disk, options);
        stored = std::move(*opened);
        stream.set_stored_through(Offset{});
        archive = std::make_unique<EventArchive>(*stored, stream.symbol_numbers(), clock,
                                                 EventArchive::Options{400'000});
        fanout = std::make_unique<Fanout>(stream, clock);
        fanout->set_archive(archive.get());
    }

    void publish(const std::vector<Event>& events) {
        const auto block = stream.encode(events, symbols, clock.wall());
        stored->append(stream.range().epoch, *block);
        ASSERT_EQ(stored->write(), StoredStream::Written::Done);
        stream.set_stored_through(block->entries.back().offset);
        stream.publish(block);
        for (std::size_t i = 0; i < block->entries.size(); ++i) {
            published.push_back({block->entries[i], std::string(block->wire(i))});
        }
    }
    void publish(std::string_view symbol, int count, EventType type = EventType::High) {
        for (int i = 0; i < count; ++i) {
            publish({make_event(symbols, symbol, type)});
        }
    }

    std::unique_ptr<Subscription> subscribe(Since since, FilterSpec filter = {},
                                            Nanos interval = Nanos{0}, bool conflate = false) {
        SubscribeRequest request;
        request.id = "s";
        request.since = std::move(since);
        request.filter = std::move(filter);
        request.interval = interval;
        request.conflate = conflate;
        return std::make_unique<Subscription>(request, Encoding::Native, *fanout);
    }
    std::optional<Delivery> next(Subscription& subscription) {
        fanout->refresh();
        return subscription.next(clock.monotonic(), false);
    }
    /// As next(), with the disk's help.
    std::optional<Delivery> wait(Subscription& subscription) {
        for (;;) {
            auto delivery = next(subscription);
            if (delivery || !subscription.waits_for_disk()) {
                return delivery;
            }
            EXPECT_TRUE(archive->step());
        }
    }

    SymbolTable symbols;
    MemoryDisk disk;
    EventStream stream;
    ManualClock clock;
    std::unique_ptr<StoredStream> stored;
    std::unique_ptr<EventArchive> archive;
    std::unique_ptr<Fanout> fanout;
    std::vector<Published> published;
};

inline Since from(std::uint64_t offset) {
    return {Since::Kind::From, {"epoch-1", Offset{offset}}};
}

/// The events of a frame as they stand in it.
inline std::vector<std::string> events_in(const std::string& text) {
    std::vector<std::string> events;
    const std::string_view mark = R"({"offset":)";
    auto at = text.find(mark);
    while (at != std::string::npos) {
        const auto next = text.find(mark, at + 1);
        std::string event = text.substr(at, next - at);
        event.resize(event.rfind('}', next == std::string::npos ? event.size() - 3 : event.size()) +
                     1);
        events.push_back(std::move(event));
        at = next;
    }
    return events;
}

inline std::vector<std::string> expected_in(const StoredFixture& test, const FilterSpec& filter,
                                            const Delivery& delivery) {
    std::vector<std::string> expected;
    for (auto i = delivery.first.value(); i <= delivery.last.value(); ++i) {
        if (Filter(filter).accepts(test.published[i - 1].entry)) {
            expected.push_back(test.published[i - 1].wire);
        }
    }
    return expected;
}

}  // namespace tickstock::testing

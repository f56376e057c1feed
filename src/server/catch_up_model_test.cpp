// Catching up, conflation and snapshots, held against a list of all that was published.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/state_archive.hpp"
#include "server/limits.hpp"
#include "server/test_stored_events.hpp"

namespace tickstock::testing {
namespace {

using std::chrono::milliseconds;
using Kind = Delivery::Kind;

/// Whatever is published and whoever reads in whatever rhythm: with a store that keeps all, nobody
/// misses anything, however little is in memory; a conflating client ends with the latest of each.
RC_GTEST_PROP(CatchUp, NobodyMissesAnything, ()) {
    StoredFixture test(*rc::gen::element<std::size_t>(3'000, 30'000),
                       *rc::gen::element<std::uint64_t>(20'000, 1 << 20));
    FilterSpec filter;
    if (*rc::gen::arbitrary<bool>()) {
        add_symbol(filter, "AAPL");
        set_threshold(filter, "min_price", *rc::gen::element<std::string>("0", "100.5"));
    }
    const bool conflate = *rc::gen::arbitrary<bool>();
    const Nanos interval = conflate ? milliseconds(50) : *rc::gen::element(0, 70) * milliseconds(1);
    struct Reader {
        std::unique_ptr<Subscription> subscription;
        std::uint64_t position = 0;
        std::vector<std::string> told;
    };
    std::array<Reader, 2> readers;  // one often, one seldom
    for (Reader& reader : readers) {
        reader.subscription = test.subscribe(from(0), filter, interval, conflate);
    }
    const auto take = [&](Reader& reader) {
        const auto delivery = test.next(*reader.subscription);
        if (!delivery || delivery->kind == Kind::Subscribed) {
            return delivery.has_value();
        }
        RC_ASSERT(delivery->kind == Kind::Events);
        RC_ASSERT(delivery->first == Offset{reader.position + 1});
        reader.position = delivery->last.value();
        const auto events =
            delivery->body ? events_in(delivery->body->str()) : std::vector<std::string>{};
        RC_ASSERT(events.size() == delivery->events);
        if (conflate) {
            const auto all = expected_in(test, filter, *delivery);
            for (const std::string& event : events) {
                RC_ASSERT(std::ranges::find(all, event) != all.end());
            }
        } else {
            RC_ASSERT(events == expected_in(test, filter, *delivery));
        }
        reader.told.insert(reader.told.end(), events.begin(), events.end());
        return true;
    };
    for (int step = *rc::gen::inRange(5, 60); step > 0; --step) {
        switch (*rc::gen::inRange(0, 6)) {
            case 0: {
                std::vector<Event> events;
                for (int i = *rc::gen::inRange(1, 80); i > 0; --i) {
                    events.push_back(make_event(test.symbols, i % 3 == 0 ? "IBM" : "AAPL",
                                                i % 2 == 0 ? EventType::High : EventType::Low,
                                                10'000 + i));
                }
                test.publish(events);
                break;
            }
            case 1: test.archive->step(); break;
            case 2: test.clock.advance(milliseconds(*rc::gen::inRange(0, 1'200))); break;
            case 3: take(readers[1]); break;
            default: take(readers[0]); break;
        }
    }
    for (Reader& reader : readers) {
        for (int i = 0; i < 500 && reader.position < test.published.size(); ++i) {
            if (!take(reader)) {
                test.archive->step();
                test.clock.advance(milliseconds(300));
            }
        }
        RC_ASSERT(reader.position == test.published.size());
    }
    if (!conflate) {
        RC_ASSERT(readers[0].told == readers[1].told);
        return;
    }
    std::map<std::pair<std::string, EventType>, std::string> latest;
    for (const Published& one : test.published) {
        if (Filter(filter).accepts(one.entry)) {
            latest[{std::string(one.entry.symbol.view()), one.entry.type}] = one.wire;
        }
    }
    for (const Reader& reader : readers) {
        for (const auto& [key, wire] : latest) {
            RC_ASSERT(std::ranges::find(reader.told, wire) != reader.told.end());
        }
        RC_ASSERT(std::set<std::string>(reader.told.begin(), reader.told.end()).size() ==
                  reader.told.size());
    }
}

std::vector<std::string> snapshot_of(StoredFixture& test, const FilterSpec& filter) {
    const auto subscription = test.subscribe({Since::Kind::Snapshot, {}}, filter);
    std::vector<std::string> events;
    const auto subscribed = test.wait(*subscription);
    EXPECT_EQ(subscribed->kind, Kind::Subscribed);
    for (bool more = true; more;) {
        const auto frame = test.wait(*subscription);
        if (!frame || frame->kind != Kind::Snapshot) {
            ADD_FAILURE() << "no snapshot";
            return events;
        }
        EXPECT_LE(frame->events, limits::events_per_frame);
        EXPECT_EQ(frame->last, test.stream.range().last);
        for (std::string& event : events_in("[" + *frame->text + "]}")) {
            events.push_back(std::move(event));
        }
        more = frame->more;
    }
    return events;
}

/// The latest of each (symbol, type), by offset.
std::vector<std::string> latest_of(const StoredFixture& test, const FilterSpec& filter) {
    std::map<std::pair<std::string, EventType>, std::size_t> latest;
    for (std::size_t i = 0; i < test.published.size(); ++i) {
        const StreamEntry& entry = test.published[i].entry;
        latest[{std::string(entry.symbol.view()), entry.type}] = i;
    }
    std::set<std::size_t> places;
    for (const auto& [key, place] : latest) {
        if (Filter(filter).accepts(test.published[place].entry)) {
            places.insert(place);
        }
    }
    std::vector<std::string> events;
    for (const std::size_t place : places) {
        events.push_back(test.published[place].wire);
    }
    return events;
}

TEST(CatchUp, ASnapshotHasTheLatestOfSymbolsThatHaveLeftMemory) {
    StoredFixture test;
    for (int i = 0; i < 40; ++i) {
        test.publish("S" + std::to_string(i), 3, i % 2 == 0 ? EventType::High : EventType::Low);
        test.publish("BUSY", 20);
    }
    ASSERT_GT(test.stream.range().first, Offset{900});
    EXPECT_EQ(snapshot_of(test, {}).size(), 41U);
    EXPECT_EQ(snapshot_of(test, {}), latest_of(test, {}));
    FilterSpec lows;
    add_type(lows, "low");
    EXPECT_EQ(snapshot_of(test, lows), latest_of(test, lows));

    // After a restart it is the same.
    StateWriter out;
    test.stream.state().save(out);
    EventStream::State state;
    StateReader in(out.text());
    state.load(in);
    ASSERT_TRUE(in.ok() && in.at_end());
    auto newest = test.stored->newest("epoch-1", state.last, 5'000);
    test.stream.restore(std::move(state), std::move(newest.blocks));
    EXPECT_EQ(snapshot_of(test, {}), latest_of(test, {}));
}

TEST(CatchUp, AStateOfAProgramThatKeptNoPlacesIsRead) {
    StoredFixture test;
    test.publish("AAPL", 3);
    StateWriter out;
    out(test.stream.state());
    EventStream::State state;
    StateReader in(out.text());
    state.load(in);
    EXPECT_TRUE(in.ok());
    EXPECT_TRUE(state.latest.empty());
    EXPECT_EQ(state.last, Offset{3});
}

}  // namespace
}  // namespace tickstock::testing

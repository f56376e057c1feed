#include "server/universes.hpp"

#include <gtest/gtest.h>

#include "server/fanout.hpp"
#include "server/subscription.hpp"
#include "server/test_support.hpp"

namespace tickstock::testing {
namespace {

using Names = std::vector<std::string>;

struct Fixture {
    Fixture()
        : universes([this] { return status; },
                    [this](std::string_view user) { return user == "ann" ? record : nullptr; }) {
        set({{"core", {"AAPL", "IBM"}, false}, {"wide", {"AAPL", "IBM", "KO"}, false}});
    }
    void set(std::vector<UniverseSummary> list) {
        status = std::make_shared<EngineStatus>(*status);
        status->control.universes =
            std::make_shared<const std::vector<UniverseSummary>>(std::move(list));
    }
    void set_own(std::vector<UserUniverse> list) {
        auto changed = std::make_shared<UserRecord>();
        changed->user = "ann";
        changed->universes = std::move(list);
        record = changed;
        universes.note_user_change();
    }
    Names symbols(std::string_view user, std::string_view name) {
        const auto key = universes.resolve(user, name);
        const auto universe = key ? universes.find(*key) : nullptr;
        Names list;
        if (universe != nullptr) {
            for (const SymbolText& symbol : universe->symbols) {
                list.emplace_back(symbol.view());
            }
        }
        return list;
    }

    std::shared_ptr<EngineStatus> status = std::make_shared<EngineStatus>();
    UserStore::Record record;
    Universes universes;
};

TEST(Universes, AUsersOwnGoFirst) {
    Fixture test;
    test.set_own({{"core", {"TSLA"}}, {"few", {"Z", "A"}}});
    EXPECT_EQ(test.symbols("", "core"), (Names{"AAPL", "IBM"}));
    EXPECT_EQ(test.symbols("bob", "core"), (Names{"AAPL", "IBM"}));
    EXPECT_EQ(test.symbols("ann", "core"), (Names{"TSLA"}));
    EXPECT_EQ(test.symbols("ann", "mine/few"), (Names{"A", "Z"}));
    EXPECT_EQ(test.symbols("ann", "wide"), (Names{"AAPL", "IBM", "KO"}));
    EXPECT_FALSE(test.universes.resolve("ann", "mine/wide").has_value());
    EXPECT_FALSE(test.universes.resolve("bob", "mine/core").has_value());
    EXPECT_EQ(test.universes.names("ann"), (Names{"core", "mine/core", "mine/few", "wide"}));
    EXPECT_EQ(test.universes.names("bob"), (Names{"core", "wide"}));
}

TEST(Universes, TheVersionTellsChangesAndOnlyThose) {
    Fixture test;
    const auto core = test.universes.find("core");
    const auto wide = test.universes.find("wide");
    const auto version = test.universes.version();
    test.set({{"core", {"AAPL", "IBM"}, true}, {"wide", {"AAPL", "IBM", "KO"}, false}});
    EXPECT_EQ(test.universes.version(), version) << "the same symbols";
    test.set({{"core", {"AAPL"}, true}, {"wide", {"AAPL", "IBM", "KO"}, false}});
    EXPECT_NE(test.universes.version(), version);
    EXPECT_NE(test.universes.find("core"), core);
    EXPECT_EQ(test.universes.find("wide"), wide);
    test.set({});
    EXPECT_EQ(test.universes.find("core"), nullptr);
}

struct Subscribed : Fixture {
    Subscribed() : clock(unix_nanos(0)), fanout(events.stream, clock) {
        fanout.set_universes(&universes);
    }
    std::unique_ptr<Subscription> subscribe(std::vector<std::string> names,
                                            std::string_view symbol = "") {
        SubscribeRequest request;
        request.id = "s";
        request.filter.universes = std::move(names);
        if (!symbol.empty()) {
            add_symbol(request.filter, symbol);
        }
        const auto error = fanout.resolve(request.filter, "ann");
        EXPECT_FALSE(error.has_value());
        auto subscription = std::make_unique<Subscription>(request, Encoding::Native, fanout);
        next(*subscription);
        return subscription;
    }
    std::optional<Delivery> next(Subscription& subscription) {
        clock.advance(std::chrono::milliseconds(100));
        fanout.refresh();
        return subscription.next(clock.monotonic(), false);
    }
    /// Publishes a high of each and counts what the subscription is told of them.
    std::size_t told_of(Subscription& subscription, const Names& symbols) {
        events.publish_block(symbols);
        const auto delivery = next(subscription);
        return delivery ? delivery->events : 0;
    }

    TestStream events;
    ManualClock clock;
    Fanout fanout;
};

TEST(Universes, AChangeActsOnSubscriptionsWithoutGapOrRepetition) {
    Subscribed test;
    const auto one = test.subscribe({"core"});
    const auto other = test.subscribe({"core"});
    EXPECT_EQ(&one->filter(), &other->filter()) << "compiled once";
    const Names symbols{"AAPL", "IBM", "KO", "TSLA"};
    EXPECT_EQ(test.told_of(*one, symbols), 2U);
    test.set({{"core", {"KO"}, false}, {"wide", {}, false}});
    EXPECT_EQ(test.told_of(*one, symbols), 1U);
    const auto late = test.next(*other);
    EXPECT_EQ(late->first, Offset{1});
    EXPECT_EQ(late->last, Offset{8});
    EXPECT_EQ(late->events, 2U) << "from then on, as far as it had read";
    test.set({});
    EXPECT_EQ(test.told_of(*one, symbols), 0U) << "a universe that is gone is empty";
    test.set({{"core", {"AAPL", "IBM", "KO", "TSLA"}, false}});
    EXPECT_EQ(test.told_of(*one, symbols), 4U);
}

TEST(Universes, SymbolsAndUniversesAreOneSet) {
    Subscribed test;
    test.set_own({{"few", {"KO"}}});
    const auto subscription = test.subscribe({"core", "mine/few"}, "TSLA");
    EXPECT_EQ(test.told_of(*subscription, {"AAPL", "IBM", "KO", "TSLA", "XOM"}), 4U);
    test.set_own({{"few", {"XOM", "KO"}}});
    EXPECT_EQ(test.told_of(*subscription, {"AAPL", "IBM", "KO", "TSLA", "XOM"}), 5U);
}

TEST(Universes, AnUnknownNameIsToldWithThoseThatExist) {
    Subscribed test;
    FilterSpec spec;
    add_universe(spec, "cor");
    const auto error = test.fanout.resolve(spec, "ann");
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code, ErrorCode::UnknownUniverse);
    EXPECT_EQ(error->message, "no universe \"cor\"; there are core, wide");
    test.set({});
    EXPECT_EQ(test.fanout.resolve(spec, "ann")->message, "no universe \"cor\"; there are none");
    test.fanout.set_universes(nullptr);
    EXPECT_EQ(test.fanout.resolve(spec, "ann")->code, ErrorCode::UniversesUnavailable);
}

}  // namespace
}  // namespace tickstock::testing

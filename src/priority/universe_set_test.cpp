#include "priority/universe_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/state_archive.hpp"
#include "model/universe.hpp"
#include "priority/test_support.hpp"

namespace tickstock {
namespace {

using ::testing::HasSubstr;

UniverseSettings file(const std::string& name, std::vector<std::string> symbols,
                      bool priority = false) {
    return {name, std::move(symbols), priority, ""};
}

std::string names(const UniverseSet& set) {
    std::string text;
    for (const auto& universe : set.all()) {
        text += universe->name + " ";
    }
    return text;
}

std::string error_of(const Result<std::optional<UniverseChange>>& plan) {
    return plan ? "no error" : plan.error().message;
}

std::vector<SymbolText> many_symbols(std::size_t count) {
    std::vector<SymbolText> symbols;
    for (std::size_t i = 0; i < count; ++i) {
        symbols.emplace_back("S" + std::to_string(i));
    }
    return symbols;
}

TEST(UniverseSet, SetsReplacesAndRemoves) {
    UniverseSet set;
    EXPECT_TRUE(set.empty());
    for (const auto* name : {"tech", "core", "mine"}) {
        const auto plan = set.plan_set(name, symbol_texts({"IBM", "AAPL", "IBM"}), true);
        ASSERT_TRUE(plan && *plan) << error_of(plan);
        EXPECT_EQ((*plan)->symbols, symbol_texts({"AAPL", "IBM"}));
        set.apply(**plan, false);
    }
    EXPECT_EQ(names(set), "core mine tech ");
    ASSERT_NE(set.find("mine"), nullptr);
    EXPECT_TRUE(set.find("mine")->priority);
    EXPECT_TRUE(set.find("mine")->has(SymbolText("IBM")));
    EXPECT_FALSE(set.find("mine")->has(SymbolText("MSFT")));
    EXPECT_EQ(set.find("min"), nullptr);

    const auto same = set.plan_set("core", symbol_texts({"IBM", "AAPL"}), true);
    EXPECT_TRUE(same && !*same) << "nothing has to change";
    const auto other = set.plan_set("core", symbol_texts({"IBM", "AAPL"}), false);
    ASSERT_TRUE(other && *other);
    set.apply(**other, false);
    EXPECT_FALSE(set.find("core")->priority);
    EXPECT_EQ(names(set), "core mine tech ");

    const auto gone = set.plan_removal("core");
    ASSERT_TRUE(gone && *gone);
    EXPECT_TRUE((*gone)->removed);
    set.apply(**gone, false);
    EXPECT_EQ(names(set), "mine tech ");
    const auto none = set.plan_removal("core");
    EXPECT_TRUE(none && !*none);
    set.apply(removal("core"), false);
    EXPECT_EQ(names(set), "mine tech ");
}

TEST(UniverseSet, RefusesWhatIsNoUniverse) {
    const UniverseSet set;
    for (const auto& name :
         std::vector<std::string>{"", "Core", "a b", "a.b", "ä", std::string(41, 'a')}) {
        EXPECT_THAT(error_of(set.plan_set(name, symbol_texts({"A"}), false)),
                    HasSubstr("1 to 40 of a-z, 0-9, _ and -"))
            << name;
    }
    EXPECT_TRUE(set.plan_set(std::string(40, 'a'), symbol_texts({"A"}), false));
    EXPECT_EQ(error_of(set.plan_set("a", {}, false)),
              "universe a has 0 symbols: accepted are 1 to 131072");
    EXPECT_TRUE(set.plan_set("a", many_symbols(universe_symbol_limit), false));
    EXPECT_THAT(error_of(set.plan_set("a", many_symbols(universe_symbol_limit + 1), false)),
                HasSubstr("has 131073 symbols"));
}

TEST(UniverseSet, IsBounded) {
    UniverseSet set;
    for (std::size_t i = 0; i < universe_limit; ++i) {
        set.apply(universe("u" + std::to_string(i), symbol_texts({"A"})), false);
    }
    EXPECT_THAT(error_of(set.plan_set("one-more", symbol_texts({"A"}), false)),
                HasSubstr("256 universes"));
    EXPECT_TRUE(set.plan_set("u7", symbol_texts({"B"}), false)) << "it replaces one";

    UniverseSet large;
    const auto symbols = many_symbols(universe_symbol_limit);
    for (std::size_t i = 0; i < 8; ++i) {
        large.apply(universe("u" + std::to_string(i), symbols), false);
    }
    EXPECT_EQ(error_of(large.plan_set("u8", symbol_texts({"A"}), false)),
              "the universes of the API would have 1048577 symbols: accepted are 1048576");
    EXPECT_TRUE(large.plan_set("u7", symbol_texts({"A"}), false));
}

TEST(UniverseSet, FilesHoldAtStartAndOwnTheirNames) {
    UniverseSet set;
    const auto start = [&](const std::vector<UniverseSettings>& files) {
        std::string done;
        for (const UniverseChange& change : set.plan_files(files)) {
            done += (change.removed ? "-" : "+") + change.name + " ";
            set.apply(change, true);
        }
        return done;
    };
    EXPECT_EQ(start({file("b", {"X", "A"}), file("a", {"A"}, true)}), "+a +b ");
    EXPECT_EQ(set.find("b")->symbols, symbol_texts({"A", "X"}));
    EXPECT_EQ(start({file("a", {"A"}, true), file("b", {"A", "X"})}), "") << "nothing changed";

    set.apply(universe("c", symbol_texts({"C"})), false);
    EXPECT_EQ(start({file("a", {"A"}), file("b", {"A", "X"})}), "+a ") << "the API's stays";
    EXPECT_EQ(start({file("b", {"A", "X"}), file("c", {"C"})}), "-a +c ")
        << "a file takes the name, even when the content is the same";
    EXPECT_EQ(start({file("b", {"A", "X"}), file("c", {"C"})}), "");

    EXPECT_EQ(error_of(set.plan_set("b", symbol_texts({"A"}), false)),
              "universe b stands in universes/b.json: change that file and start again");
    EXPECT_THAT(error_of(set.plan_removal("b")), HasSubstr("universes/b.json"));
    EXPECT_EQ(start({}), "-b -c ");
    EXPECT_TRUE(set.empty());
}

TEST(UniverseSet, SurvivesBytesAndCopiesShare) {
    UniverseSet set;
    set.apply(universe("a", symbol_texts({"A", "B"}), true), true);
    set.apply(universe("b", symbol_texts({"C"})), false);
    const UniverseSet copy = set;
    set.apply(removal("a"), true);
    EXPECT_EQ(names(copy), "a b ");
    EXPECT_EQ(copy.find("b"), set.find("b"));

    StateWriter out;
    out(copy);
    UniverseSet again;
    StateReader in(out.text());
    in(again);
    EXPECT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(names(again), "a b ");
    EXPECT_EQ(again.find("a")->symbols, symbol_texts({"A", "B"}));
    EXPECT_TRUE(again.find("a")->priority && again.find("a")->from_file);
    EXPECT_FALSE(again.find("b")->priority || again.find("b")->from_file);
}

}  // namespace
}  // namespace tickstock

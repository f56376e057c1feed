#include "config/universe_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "model/universe.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

UniverseFiles read(std::string_view text, const std::string& name = "core") {
    UniverseFiles files;
    read_universe_text(text, "core.json", name, files);
    return files;
}

/// The only error about the file.
std::string error_of(std::string_view text, const std::string& name = "core") {
    const UniverseFiles files = read(text, name);
    EXPECT_EQ(files.universes.size() + files.errors.size(), 1U) << text;
    return files.errors.empty() ? "no error" : files.errors[0];
}

std::string list_of(std::size_t count) {
    std::string text = "{\"symbols\": [\"S\"";
    for (std::size_t i = 1; i < count; ++i) {
        text += ",\n\"S" + std::to_string(i) + "\"";
    }
    return text + "]}";
}

TEST(UniverseFiles, AWholeUniverse) {
    const UniverseFiles files = read(R"({  // comments are allowed
  "name": "core",
  "description": "What matters.",
  "priority": true,
  "symbols": ["MSFT", "AAPL", "BRK.B", "brk.b", "MSFT"]
})");
    EXPECT_THAT(files.errors, ElementsAre());
    ASSERT_EQ(files.universes.size(), 1U);
    EXPECT_EQ(
        files.universes[0],
        (UniverseSettings{"core", {"AAPL", "BRK.B", "MSFT", "brk.b"}, true, "What matters."}));
}

TEST(UniverseFiles, OnlySymbolsAreNeeded) {
    const UniverseFiles files = read(R"({"symbols": ["A"]})");
    ASSERT_EQ(files.universes.size(), 1U);
    EXPECT_EQ(files.universes[0], (UniverseSettings{"core", {"A"}, false, ""}));
}

TEST(UniverseFiles, ErrorsNamePlaceValueAndWhatIsAccepted) {
    EXPECT_EQ(error_of("{}"), "core.json: symbols: is missing; every universe needs it");
    EXPECT_EQ(error_of("{\n\"name\": \"tech\", \"symbols\": [\"A\"]}"),
              "core.json:2: name = \"tech\": accepted is \"core\", the name of the file");
    EXPECT_EQ(error_of("{\"symbols\": [\"A\"],\n\"priority\": 1}"),
              "core.json:2: priority = 1: accepted is true, false");
    EXPECT_EQ(error_of("{\"symbols\": [\"A\"],\n\"description\": 1}"),
              "core.json:2: description = 1: accepted is text of up to 500 bytes");
    EXPECT_EQ(error_of("{\"symbols\": [\"A\"],\n\"colour\": 1}"),
              "core.json:2: colour: unknown key; accepted beside it are name, description, "
              "priority, symbols");
    EXPECT_EQ(error_of("{\"symbols\": [\"A\",\n]}").substr(0, 13), "core.json:2: ");
    EXPECT_THAT(error_of("{\"symbols\": [\"A\"], \"symbols\": [\"B\"]}"), HasSubstr("given twice"));
    EXPECT_THAT(error_of("{\"symbols\": [{}]}"), HasSubstr("an object stands in a list"));
    for (const auto* bad : {"[]", "{}", "\"A\"", "null"}) {
        EXPECT_THAT(error_of("{\n\"symbols\": " + std::string(bad) + "}"),
                    HasSubstr("core.json:2: symbols = "))
            << bad;
    }
}

TEST(UniverseFiles, SymbolsAreCheckedOneByOne) {
    EXPECT_EQ(error_of("{\n\"symbols\": [\"A\", \"B\", \"A SYMBOL TOO LONG\", \"\"]}"),
              "core.json:2: symbols.2 = \"A SYMBOL TOO LONG\": accepted is 1 to 16 printable ASCII "
              "characters");
    for (const auto* bad : {"\"\"", "7", "true", "null", "\"A\\u0001\"", "\"\\u00c4\""}) {
        EXPECT_THAT(error_of("{\"symbols\": [" + std::string(bad) + "]}"),
                    HasSubstr("core.json:1: symbols.0 = "))
            << bad;
    }
}

TEST(UniverseFiles, AreBounded) {
    EXPECT_EQ(error_of(list_of(universe_symbol_limit)), "no error");
    EXPECT_EQ(error_of(list_of(universe_symbol_limit + 1)),
              "core.json:1: symbols = 131073 symbols: accepted are 131072");
    EXPECT_EQ(error_of(R"({"symbols": ["A"]})", std::string(40, 'z')), "no error");
    for (const auto& name :
         std::vector<std::string>{"", "Core", "a b", "a.b", std::string(41, 'z')}) {
        EXPECT_THAT(error_of(R"({"symbols": ["A"]})", name),
                    HasSubstr("accepted is 1 to 40 of a-z, 0-9, _ and -, then .json"))
            << name;
    }
}

TEST(UniverseFiles, TheExampleOfThePageIsOne) {
    std::ifstream stream(TICKSTOCK_SOURCE_DIR "/docs/universes.md");
    const std::string page{std::istreambuf_iterator<char>(stream), {}};
    const auto begin = page.find("```json\n") + 8;
    const UniverseFiles files = read(page.substr(begin, page.find("```", begin) - begin));
    EXPECT_THAT(files.errors, ElementsAre());
    ASSERT_EQ(files.universes.size(), 1U);
    EXPECT_TRUE(files.universes[0].priority);
}

class UniverseDirectory : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = ::testing::TempDir() + "universes_test_XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }
    void TearDown() override { fs::remove_all(directory_); }

    void write(const std::string& name, const std::string& text) {
        fs::create_directories(directory_ / "universes");
        std::ofstream(directory_ / "universes" / name) << text;
    }
    Result<Config> load() { return load_config(directory_.string(), {}, {}); }
    std::string error() {
        const auto config = load();
        return config ? "no error" : config.error().message;
    }

    fs::path directory_;
};

TEST_F(UniverseDirectory, AreReadByNameWithTheConfiguration) {
    const auto none = load();
    ASSERT_TRUE(none) << none.error().message;
    EXPECT_TRUE(none->universes.empty());
    EXPECT_FALSE(fs::exists(directory_ / "universes"));

    write("tech-2.json", R"({"symbols": ["C"]})");
    write("tech.json", R"({"symbols": ["B"], "priority": true})");
    write("core.json", R"({"symbols": ["A"]})");
    write("notes.txt", "no universe");
    const auto config = load();
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_THAT(config->universes, ElementsAre(UniverseSettings{"core", {"A"}, false, ""},
                                               UniverseSettings{"tech", {"B"}, true, ""},
                                               UniverseSettings{"tech-2", {"C"}, false, ""}));
}

TEST_F(UniverseDirectory, WhatIsWrongStopsTheStart) {
    write("core.json", "{\n\"symbols\": 7}");
    write("Tech.json", R"({"symbols": ["A"]})");
    EXPECT_THAT(error(), HasSubstr("universes/core.json:2: symbols = 7: accepted is a list of at "
                                   "least one symbol"));
    EXPECT_THAT(error(), HasSubstr("universes/Tech.json: file name = \"Tech\": accepted is"));
    fs::remove_all(directory_ / "universes");
    write("core.json", std::string((4 << 20) + 1, ' '));
    EXPECT_THAT(error(), HasSubstr("core.json: 4194305 bytes: accepted are 4194304"));
    fs::remove_all(directory_ / "universes");
    fs::create_directories(directory_ / "universes/core.json");
    EXPECT_THAT(error(), HasSubstr("core.json: cannot be read"));
    fs::remove_all(directory_ / "universes");
    std::ofstream(directory_ / "universes") << "a file";
    EXPECT_THAT(error(), HasSubstr("/universes: "));
}

TEST_F(UniverseDirectory, TheirNumberIsBounded) {
    for (std::size_t i = 0; i <= universe_limit; ++i) {
        write("u" + std::to_string(i) + ".json", R"({"symbols": ["A"]})");
    }
    EXPECT_THAT(error(), HasSubstr("universes: 257 universes: accepted are 256"));
    fs::remove(directory_ / "universes/u0.json");
    EXPECT_EQ(error(), "no error");
}

TEST_F(UniverseDirectory, TheSymbolsOfAllAreBounded) {
    const std::string large = list_of(universe_symbol_limit);
    for (int i = 0; i < 8; ++i) {
        write("u" + std::to_string(i) + ".json", large);
    }
    write("u8.json", R"({"symbols": ["A"]})");
    const auto errors = read_universe_directory(directory_.string()).errors;
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_THAT(errors[0], HasSubstr("1048577 symbols in all universes: accepted are 1048576"));
}

}  // namespace
}  // namespace tickstock

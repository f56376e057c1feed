#include "config/save_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/decimal.hpp"
#include "config/config_files.hpp"
#include "config/reload_plan.hpp"
#include "config/test_save_settings.hpp"

namespace tickstock {
namespace {

using ::testing::HasSubstr;

TEST_F(SaveSettings, ChangesTheLineThatHoldsTheSetting) {
    const std::string before = read_text(path("channels/default_tick.json"));
    EXPECT_EQ(save({edit("high_low.min_price_change", "0.02")}), "channels/default_tick.json");
    std::string expected = before;
    const std::string old = "\"min_price_change\": 0.01";
    expected.replace(expected.find(old), old.size(), "\"min_price_change\": 0.02");
    EXPECT_EQ(read_text(path("channels/default_tick.json")), expected);
    EXPECT_EQ(load().pipeline.high_low.min_price_change, 20'000);
    EXPECT_EQ(save({edit("high_low.min_price_change", "0.02")}), "") << "it has it already";
    EXPECT_THAT(left_over(), ::testing::IsEmpty());
}

TEST_F(SaveSettings, GoesWhereTheSettingHolds) {
    write("tickstock.json", "{\n  // ours\n  \"HIGHLOW_MIN_PRICE_CHANGE\": 0.03 // S4\n}\n");
    EXPECT_EQ(save({edit("high_low.min_price_change", "0.05"), edit("monitoring.log", "false")}),
              "tickstock.json");
    EXPECT_EQ(read_text(path("tickstock.json")),
              "{\n  // ours\n  \"HIGHLOW_MIN_PRICE_CHANGE\": 0.05, // S4\n  \"monitoring\": {\n"
              "    \"log\": false\n  }\n}\n");
    write("channels/default_ohlcv.json", "{\"timeout_ms\": 20}");
    EXPECT_EQ(save({edit("channels.ohlcv.batching.max_wait_time_ms", "30")}),
              "channels/default_ohlcv.json");
    EXPECT_EQ(read_text(path("channels/default_ohlcv.json")), "{\"timeout_ms\": 30}");
}

TEST_F(SaveSettings, TakesTheTickChannelsFileThatIsInUse) {
    places_.flags = {{"channels.tick.profile", "production_tick"}};
    EXPECT_EQ(save({edit("surge.cooldown_seconds", "55")}), "channels/production_tick.json");
    EXPECT_EQ(load().pipeline.surge.cooldown, std::chrono::seconds(55));
}

TEST_F(SaveSettings, EnvironmentAndFlagsCannotBeChangedByFiles) {
    places_.environment = {{"HIGHLOW_COOLDOWN_SECONDS", "2"}};
    places_.flags = {{"monitoring.log", "false"}};
    const std::string before = read_text(path("channels/default_tick.json"));
    const auto plan = plan_save(
        places_, {edit("high_low.cooldown_seconds", "3"), edit("monitoring.log", "true")});
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().text(),
              "high_low.cooldown_seconds: its value comes from the environment, which holds over "
              "the files; accepted is a start without the environment\n"
              "monitoring.log: its value comes from the flag, which holds over the files; accepted "
              "is a start without the flag");
    EXPECT_EQ(plan.error().list()[0].place, "environment");
    EXPECT_EQ(read_text(path("channels/default_tick.json")), before);
}

TEST_F(SaveSettings, NothingIsWrittenThatDoesNotLoad) {
    EXPECT_THAT(save({edit("channels.ohlcv.priority", "1")}),
                HasSubstr("accepted is immediate, since"));
    EXPECT_EQ(save({edit("channels.ohlcv.priority", "1"),
                    edit("channels.ohlcv.batching.strategy", "immediate")}),
              "channels/default_ohlcv.json");
    write("tickstock.json", "{\"colour\": 1, \"monitoring\": {\"log\": 7}}");
    const auto broken = save({edit("monitoring.enabled", "false")});
    EXPECT_THAT(broken, HasSubstr("colour: unknown key"));
    EXPECT_THAT(broken, HasSubstr("monitoring.log = 7"));
    write("tickstock.json", "{\"monitoring\": {\"log\": 7}}");
    EXPECT_EQ(save({edit("monitoring.log", "false")}), "tickstock.json") << "it puts it right";
    write("tickstock.json", "{\"monitoring\": ");
    EXPECT_THAT(save({edit("monitoring.log", "true")}), HasSubstr("tickstock.json:1: "));
    EXPECT_THAT(left_over(), ::testing::IsEmpty());
}

/// Each file's rename leaves a good configuration behind.
TEST_F(SaveSettings, SeveralFilesHaveAnOrderThatIsGoodAfterEach) {
    write("tickstock.json", "{\"channels\": {\"ohlcv\": {\"priority\": 2}}}");
    const std::vector<SettingEdit> down{edit("channels.ohlcv.priority", "1"),
                                        edit("channels.ohlcv.batching.strategy", "immediate")};
    auto plan = plan_save(places_, down);
    ASSERT_TRUE(plan) << plan.error().text();
    ASSERT_EQ(plan->size(), 2U);
    EXPECT_EQ((*plan)[0].name, "channels/default_ohlcv.json") << "the strategy first";
    save(down);
    plan = plan_save(places_, {edit("channels.ohlcv.priority", "2"),
                               edit("channels.ohlcv.batching.strategy", "hybrid")});
    ASSERT_TRUE(plan) << plan.error().text();
    EXPECT_EQ((*plan)[0].name, "tickstock.json") << "the priority first";
}

TEST_F(SaveSettings, TellsWhatItChanges) {
    write("tickstock.json", "{\n  \"monitoring\": {\"log\": true}\n}\n");
    const auto plan =
        plan_save(places_, {edit("monitoring.log", "false"), edit("server.port", "9")});
    ASSERT_TRUE(plan);
    EXPECT_EQ(edit_text((*plan)[0]),
              "tickstock.json:2\n-  \"monitoring\": {\"log\": true}\n+  \"monitoring\": {\"log\": "
              "false},\ntickstock.json:3\n+  \"server\": {\ntickstock.json:4\n+    \"port\": 9\n"
              "tickstock.json:5\n+  }\n");
}

/// Lines without values, which saving leaves alone.
std::vector<std::string> comments_of(const std::string& text) {
    std::vector<std::string> comments;
    for (auto at = text.find("//"); at != std::string::npos; at = text.find("//", at + 2)) {
        if (text.rfind('"', at) == std::string::npos || text[at - 1] != ':') {
            comments.push_back(text.substr(at, text.find('\n', at) - at));
        }
    }
    return comments;
}

/// Any set of settings, from any home: what is saved is what is loaded, comments stay.
TEST_F(SaveSettings, SavedValuesAreLoadedAndCommentsStay) {
    std::mt19937_64 random(7);
    std::map<std::string, std::vector<std::string>> comments;
    for (const ConfigFile file : config_files) {
        comments[std::string(relative_path(file))] =
            comments_of(read_text(path(relative_path(file))));
    }
    const auto& table = settings_table();
    for (int round = 0; round < 60; ++round) {
        Config expected = load();
        const TickProfile profile = expected.tick_profile;
        std::vector<SettingEdit> edits;
        for (std::size_t count = 1 + random() % 6; count > 0; --count) {
            const Setting& setting = table[random() % table.size()];
            SettingValue value = setting.read(expected);
            if (auto* flag = std::get_if<bool>(&value)) {
                *flag = !*flag;
            } else if (auto* number = std::get_if<std::int64_t>(&value)) {
                const auto span = static_cast<std::uint64_t>(setting.maximum - setting.minimum);
                *number = setting.minimum + static_cast<std::int64_t>(random() % (span + 1));
            } else if (!setting.words.empty() && setting.type == SettingType::Word) {
                value = setting.words[random() % setting.words.size()];
            }
            Config tried = expected;
            setting.write(tried, value);
            value = setting.read(tried);  // as the struct holds it
            setting.write(expected, value);
            std::erase_if(edits, [&](const SettingEdit& edit) { return edit.setting == &setting; });
            edits.push_back({&setting, value});
        }
        auto plan = plan_save(places_, edits);
        if (!plan) {
            continue;  // they do not go together
        }
        auto prepared = PreparedFiles::prepare(std::move(plan).value());
        ASSERT_TRUE(prepared && prepared->commit());
        const Config loaded = load();
        if (loaded.tick_profile == profile) {  // else the other file's values hold
            EXPECT_EQ(plan_reload(expected, loaded).summary(), "");
            EXPECT_TRUE(plan_reload(expected, loaded).is_empty());
        }
        for (const SettingEdit& edit : edits) {
            EXPECT_EQ(edit.setting->read(loaded), edit.value) << edit.setting->name;
        }
    }
    for (const auto& [name, lines] : comments) {
        EXPECT_EQ(comments_of(read_text(path(name))), lines) << name;
    }
    EXPECT_THAT(left_over(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace tickstock

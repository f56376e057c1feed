#include "config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/config_files.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Texts = std::map<std::string, std::string>;

std::string read_text(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// A configuration directory of one test.
class ConfigDirectory : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = ::testing::TempDir() + "config_test_XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }
    void TearDown() override { fs::remove_all(directory_); }

    void write(ConfigFile file, const std::string& text) {
        const auto path = directory_ / relative_path(file);
        fs::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    Result<Config> load(const Texts& environment = {}, const Texts& flags = {}) {
        return load_config(directory_.string(), environment, flags);
    }
    /// The error of loading, with the directory's own path cut.
    std::string error(const Texts& environment = {}, const Texts& flags = {}) {
        const auto config = load(environment, flags);
        if (config) {
            return "no error";
        }
        std::string message = config.error().message;
        const auto prefix = directory_.string() + "/";
        for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
            message.erase(at, prefix.size());
        }
        return message;
    }
    std::string main_error(const std::string& text) {
        write(ConfigFile::Main, text);
        return error();
    }

    fs::path directory_;
};

/// Every setting as text, to compare two configurations.
Texts values_of(const Config& config) {
    Texts values;
    for (const auto& row : explain_config(config)) {
        values[row.name] = row.value;
    }
    return values;
}

TEST(Config, WithoutAnythingGivenHasTheDefaults) {
    const auto config = load_config("", {}, {});
    ASSERT_TRUE(config);
    EXPECT_EQ(values_of(*config), values_of(Config{}));
    EXPECT_TRUE(config->origins.empty());
}

TEST(Config, ShippedExamplesHoldTheDefaults) {
    const fs::path shipped = TICKSTOCK_SOURCE_DIR "/config";
    for (const auto file : config_files) {
        EXPECT_EQ(read_text(shipped / relative_path(file)), default_file_text(file))
            << relative_path(file) << " is not what a missing file would become";
    }
    const auto config = load_config(shipped.string(), {}, {});
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(values_of(*config), values_of(Config{}));
    EXPECT_EQ(config->origins.size(), settings_table().size()) << "a setting is in no file";
}

TEST_F(ConfigDirectory, MissingFilesAreCreatedAndOthersLeftAlone) {
    const std::string own = "{\"engine\": {\"shards\": 3}} // mine";
    write(ConfigFile::Main, own);
    ASSERT_TRUE(load());
    EXPECT_EQ(read_text(directory_ / "tickstock.json"), own);
    EXPECT_EQ(read_text(directory_ / "channels/default_tick.json"),
              default_file_text(ConfigFile::Tick));
    EXPECT_EQ(read_text(directory_ / "channels/production_tick.json"),
              default_file_text(ConfigFile::ProductionTick));
    const auto again = load();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->engine.shards, 3U);
    EXPECT_EQ(again->origins.at("engine.shards"), "tickstock.json:1");
    EXPECT_EQ(again->origins.count("server.port"), 0U);
}

TEST_F(ConfigDirectory, LaterPlacesHold) {
    const auto change = [&](const Texts& environment, const Texts& flags) {
        const auto config = load(environment, flags);
        EXPECT_TRUE(config) << (config ? "" : config.error().message);
        return std::pair{config->pipeline.high_low.min_price_change,
                         config->origins.at("high_low.min_price_change")};
    };
    write(ConfigFile::Tick,
          "{\n\"detection_parameters\": {\"highlow\":\n"
          "{\"min_price_change\": 0.02}}}");
    EXPECT_EQ(change({}, {}),
              (std::pair<Micro, std::string>{20'000, "channels/default_tick.json:3"}));
    write(ConfigFile::Main, "{\"HIGHLOW_MIN_PRICE_CHANGE\": 0.03}");
    EXPECT_EQ(change({}, {}), (std::pair<Micro, std::string>{30'000, "tickstock.json:1"}));

    Texts environment{{"HIGHLOW_MIN_PRICE_CHANGE", "0.04"}};
    EXPECT_EQ(change(environment, {}), (std::pair<Micro, std::string>{40'000, "environment"}));
    environment["TICKSTOCK__HIGH_LOW__MIN_PRICE_CHANGE"] = "0.05";
    EXPECT_EQ(change(environment, {}), (std::pair<Micro, std::string>{50'000, "environment"}));
    EXPECT_EQ(change(environment, {{"high_low.min_price_change", "0.06"}}),
              (std::pair<Micro, std::string>{60'000, "flag"}));
}

TEST_F(ConfigDirectory, ChannelFilesTakeTheOlderKeys) {
    write(ConfigFile::Tick,
          "{\"name\": \"production\", \"highlow_detection\": {\"cooldown_seconds\": 2.5,\n"
          "  \"periods\": {\"OPENING\": {\"multiplier\": 3}}, \"enabled\": false}}");
    write(ConfigFile::Ohlcv,
          "{\"batch_size\": 7, \"timeout_ms\": 12.5,\n"
          "\"batching\": {\"overflow_action\": \"drop_oldest\"}}");
    const auto config = load();
    ASSERT_TRUE(config) << config.error().message;
    const auto& pipeline = config->pipeline;
    EXPECT_EQ(pipeline.channels[0].name, "production");
    EXPECT_EQ(pipeline.high_low.cooldown, 2500ms);
    EXPECT_EQ(pipeline.high_low.multiplier[1], 3'000'000);
    EXPECT_EQ(pipeline.high_low.multiplier[2], 1'000'000);
    EXPECT_FALSE(pipeline.high_low.enabled);
    EXPECT_EQ(pipeline.channels[1].max_batch_size, 7U);
    EXPECT_EQ(pipeline.channels[1].max_wait, 12'500us);
    EXPECT_EQ(pipeline.channels[1].overflow, OverflowAction::DropOldest);
}

TEST_F(ConfigDirectory, AFlatKeyOfTrendOrSurgeMeansMidday) {
    write(ConfigFile::Tick,
          "{\"trend_detection\": {\"direction_threshold\": 0.5,\n"
          "  \"periods\": {\"OPENING\": {\"direction_threshold\": 0.6}}},\n"
          "\"detection_parameters\": {\"surge\": {\"min_data_points\": 9}}}");
    write(ConfigFile::Main, "{\"surge\": {\"volume_threshold\": 4}}");
    const auto config = load();
    ASSERT_TRUE(config) << config.error().message;
    const auto& pipeline = config->pipeline;
    EXPECT_EQ(pipeline.trend.periods[1].direction_threshold, 600'000);
    EXPECT_EQ(pipeline.trend.periods[2].direction_threshold, 500'000);
    EXPECT_EQ(pipeline.trend.periods[3].direction_threshold, 25'000);
    EXPECT_EQ(pipeline.surge.periods[2].min_data_points, 9U);
    EXPECT_EQ(pipeline.surge.periods[2].volume_threshold, 4'000'000);
    EXPECT_EQ(pipeline.surge.periods[0], SurgeSettings{}.periods[0]);

    write(ConfigFile::Main,
          "{\"surge\": {\"volume_threshold\": 4,\n"
          "\"periods\": {\"MIDDAY\": {\"volume_threshold\": 5}}}}");
    EXPECT_THAT(error(), HasSubstr("volume_threshold: given twice, first in line 1"));
}

TEST_F(ConfigDirectory, EarlierSystemsNamesReachEveryPeriod) {
    write(ConfigFile::Main, "{\"TREND_DIRECTION_THRESHOLD_MIDDAY\": 0.03}");
    const Texts environment{
        {"SURGE_THRESHOLD_MULTIPLIER_OPENING", "0.7"}, {"SURGE_MODE_BASE", "either"},
        {"SURGE_THRESHOLD_MULTIPLIER_MIDDAY", "0.5"},  {"SURGE_VOLUME_THRESHOLD_MIDDAY", "3.5"},
        {"SURGE_MIN_DATA_POINTS_MIDDAY", "9"},         {"TREND_MIN_DATA_POINTS_AFTERHOURS", "5"}};
    const auto config = load(environment);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->pipeline.trend.periods[2].direction_threshold, 30'000);
    EXPECT_EQ(config->pipeline.surge.periods[1].threshold_multiplier, 700'000);
    EXPECT_EQ(config->pipeline.surge.periods[5].mode, SurgeMode::Either);
    const SurgePeriodSettings& midday = config->pipeline.surge.periods[2];
    EXPECT_EQ(midday.threshold_multiplier, 500'000);
    EXPECT_EQ(midday.volume_threshold, 3'500'000);
    EXPECT_EQ(midday.min_data_points, 9U);
    EXPECT_EQ(config->pipeline.trend.periods[4].min_data_points, 5U);
}

TEST_F(ConfigDirectory, RulesOfBarsAndFairValuesStandInTheirChannelsFiles) {
    write(ConfigFile::Ohlcv,
          "{\"event_rules\": {\"min_percent_change\": {\"5m\": 0.6},\n"
          "\"required_volume_multiple\": 2, \"scope\": \"all\"}}");
    write(ConfigFile::Fmv,
          "{\"event_rules\": {\"min_confidence\": 0.8},\n"
          "\"detection_parameters\": {\"valuation\": {\"min_deviation\": 2}}}");
    const auto config = load();
    ASSERT_TRUE(config) << config.error().message;
    const auto& pipeline = config->pipeline;
    EXPECT_EQ(pipeline.bars.min_percent_change[1], 600'000);
    EXPECT_EQ(pipeline.bars.required_volume_multiple, 2'000'000);
    EXPECT_EQ(pipeline.rules.ohlcv_scope, RuleSettings::OhlcvScope::All);
    EXPECT_EQ(pipeline.valuation.min_confidence, 800'000);
    EXPECT_EQ(pipeline.valuation.min_deviation, 2'000'000);
}

/// The profile may stand in each place; the file that it names counts, its values as file values.
TEST_F(ConfigDirectory, TheProfileNamesTheTickChannelsFile) {
    write(ConfigFile::Tick, "{\"highlow_detection\": {\"min_price_change\": 0.02}}");
    write(ConfigFile::ProductionTick, "{\"surge_detection\": {\"min_data_points\": 9}}");
    const auto expect = [&](bool production, const Texts& environment, const Texts& flags) {
        const auto config = load(environment, flags);
        ASSERT_TRUE(config) << config.error().message;
        const auto& pipeline = config->pipeline;
        EXPECT_EQ(pipeline.channels[0].name, production ? "production_tick" : "default_tick");
        EXPECT_EQ(pipeline.high_low.min_price_change, production ? 10'000 : 20'000);
        EXPECT_EQ(pipeline.surge.periods[2].min_data_points, production ? 9U : 8U);
        EXPECT_EQ(config->origins.count("high_low.min_price_change"), production ? 0U : 1U);
        if (production) {
            EXPECT_EQ(config->origins.at("surge.periods.MIDDAY.min_data_points"),
                      "channels/production_tick.json:1");
        }
    };
    const std::string name = "channels.tick.profile";
    expect(false, {}, {});
    expect(true, {}, {{name, "production_tick"}});
    expect(true, {{"TICKSTOCK__CHANNELS__TICK__PROFILE", "production_tick"}}, {});
    write(ConfigFile::Main, "{\"channels\": {\"tick\": {\"profile\": \"production_tick\"}}}");
    expect(true, {}, {});
    expect(false, {}, {{name, "default_tick"}});

    fs::remove(directory_ / "channels/production_tick.json");
    for (int start = 0; start < 2; ++start) {  // the second one finds the file that the first made
        const auto made = load();
        ASSERT_TRUE(made) << made.error().message;
        EXPECT_EQ(made->pipeline.channels[0].name, "production_tick");
        EXPECT_EQ(made->pipeline.high_low.min_price_change, 10'000);
    }
}

TEST_F(ConfigDirectory, TheTickChannelsOtherFileIsCheckedToo) {
    const Texts production{{"channels.tick.profile", "production_tick"}};
    const std::string bad = "{\n\"priority\": 0, \"colour\": 1}";
    write(ConfigFile::ProductionTick, bad);
    const auto unused = error();
    EXPECT_THAT(unused, HasSubstr("channels/production_tick.json:2: priority = 0: accepted is 1"));
    EXPECT_THAT(unused, HasSubstr("channels/production_tick.json:2: colour: unknown key"));
    EXPECT_EQ(error({}, production), unused);
    write(ConfigFile::ProductionTick, "{}");
    write(ConfigFile::Tick, bad);
    EXPECT_THAT(error({}, production), HasSubstr("channels/default_tick.json:2: priority = 0"));

    write(ConfigFile::Tick, "{\"profile\": \"production_tick\"}");
    EXPECT_THAT(error(), HasSubstr("profile: unknown key")) << "no file can say that it is taken";
    write(ConfigFile::Tick, "{}");
    EXPECT_EQ(error({}, {{"channels.tick.profile", "fast_tick"}}),
              "flag channels.tick.profile = fast_tick: accepted is default_tick, production_tick");
}

TEST_F(ConfigDirectory, DataTypeNamesTheFilesOwnChannel) {
    write(ConfigFile::Tick, "{\"data_type\": \"tick\"}");
    write(ConfigFile::ProductionTick, "{\"data_type\": \"tick\"}");
    write(ConfigFile::Ohlcv, "{\"data_type\": \"ohlcv\"}");
    write(ConfigFile::Fmv, "{\"data_type\": \"fmv\"}");
    const auto config = load();
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(values_of(*config), values_of(Config{}));
    EXPECT_TRUE(config->origins.empty()) << "it sets nothing";

    write(ConfigFile::Fmv, "{\"data_type\": \"tick\"}");
    EXPECT_EQ(error(),
              "channels/default_fmv.json:1: data_type = \"tick\": accepted is fmv, the channel of "
              "this file");
    write(ConfigFile::Fmv, "{\"data_type\": \"fmv\",\n\"data_type\": \"fmv\"}");
    EXPECT_THAT(error(), HasSubstr("default_fmv.json:2: data_type: given twice"));
    write(ConfigFile::Fmv, "{}");
    EXPECT_THAT(main_error("{\"data_type\": \"tick\"}"), HasSubstr("data_type: unknown key"));
}

TEST(Config, EnvironmentIsReadByNameWithoutCase) {
    const auto config = load_config("",
                                    {{"TICKSTOCK__SERVER__PORT", "0"},
                                     {"TICKSTOCK__HIGH_LOW__PERIODS__PREMARKET__MULTIPLIER", "2.5"},
                                     {"TICKSTOCK__SOURCE__NAMES", "synthetic,replay"},
                                     {"TICKSTOCK__SOURCE__FILES", "[\"a,b.csv\", \"c.csv\"]"},
                                     {"TICK_CHANNEL_ENABLED", "no"},
                                     {"HIGHLOW_DETECTION_ENABLED", "on"},
                                     {"TICKSTOCK__INTEGRATION__INSTALLED", "true"},
                                     {"ENABLE_MULTICHANNEL", "true"},
                                     {"CHANNEL_TIMEOUT_MS", "250"},
                                     {"FALLBACK_TO_LEGACY", "false"},
                                     {"TICKSTOCK_TEST_DATA", "not ours"},
                                     {"PATH", "/bin"}},
                                    {});
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->server.port, 0);
    EXPECT_EQ(config->pipeline.high_low.multiplier[0], 2'500'000);
    EXPECT_EQ(config->source.names, (std::vector<std::string>{"synthetic", "replay"}));
    EXPECT_EQ(config->source.files, (std::vector<std::string>{"a,b.csv", "c.csv"}));
    EXPECT_FALSE(config->pipeline.channels[0].enabled);
    EXPECT_TRUE(config->pipeline.high_low.enabled);
    EXPECT_TRUE(config->pipeline.integration.installed);
    EXPECT_TRUE(config->rollout.enable_multi_channel);
    EXPECT_EQ(config->rollout.channel_timeout, std::chrono::milliseconds(250));
    EXPECT_FALSE(config->pipeline.integration.fallback_to_legacy);
}

TEST(Config, TheIntegratorsFlagsNeedTheIntegrator) {
    const auto alone = load_config("", {{"ENABLE_MULTICHANNEL", "true"}}, {});
    ASSERT_FALSE(alone);
    EXPECT_EQ(alone.error().message,
              "ENABLE_MULTICHANNEL = true: accepted is false, since default "
              "integration.installed = false");
    EXPECT_FALSE(load_config("", {}, {{"integration.enable_parallel_processing", "true"}}));
    EXPECT_TRUE(load_config(
        "", {},
        {{"integration.enable_parallel_processing", "true"}, {"integration.installed", "true"}}));
}

TEST(Config, TheMigrationProfileInstallsTheIntegratorWithAllFlagsOff) {
    const fs::path shipped = TICKSTOCK_SOURCE_DIR "/config/migration";
    for (const auto file : config_files) {
        std::string expected = default_file_text(file);
        const auto at = expected.find("\"installed\": false");
        if (at != std::string::npos) {
            expected.replace(at, 18, "\"installed\": true");
        }
        EXPECT_EQ(read_text(shipped / relative_path(file)), expected) << relative_path(file);
    }
    const auto config = load_config(shipped.string(), {}, {});
    ASSERT_TRUE(config) << config.error().message;
    Config installed;
    installed.pipeline.integration.installed = true;
    EXPECT_EQ(values_of(*config), values_of(installed));
}

TEST_F(ConfigDirectory, ErrorsNamePlaceValueAndWhatIsAccepted) {
    EXPECT_EQ(main_error("// head\n{\n  \"server\": {\n    \"port\": 99999\n  }\n}"),
              "tickstock.json:4: server.port = 99999: accepted is 0…65535");
    EXPECT_EQ(main_error("{\"server\": {\"port\": \"80\"}}"),
              "tickstock.json:1: server.port = \"80\": accepted is integer, 0…65535");
    EXPECT_EQ(main_error("{\"source\": {\"loop\": 1}}"),
              "tickstock.json:1: source.loop = 1: accepted is true or false");
    EXPECT_EQ(main_error("{\"channels\": {\"fmv\": {\"batching\":\n{\"strategy\": \"fast\"}}}}"),
              "tickstock.json:2: channels.fmv.batching.strategy = \"fast\": accepted is immediate, "
              "size_based, time_based, hybrid");
    EXPECT_EQ(main_error("{\"snapshot\":\n7}"),
              "tickstock.json:1: snapshot = 7: accepted is an object with interval_seconds, keep");
    write(ConfigFile::Main, "{}");
    EXPECT_EQ(error({{"TICKSTOCK__SERVER__PORT", ""}}),
              "TICKSTOCK__SERVER__PORT = (empty): accepted is integer, 0…65535");
    EXPECT_EQ(error({}, {{"engine.shards", "0"}}),
              "flag engine.shards = 0: accepted is 1…256 shards");
    EXPECT_EQ(error({}, {{"engine.shards", "2"}, {"router.rules", "SPY -> 2"}}),
              "flag router.rules = SPY -> 2: accepted are shards below flag engine.shards = 2");
    EXPECT_THAT(error({}, {{"router.rules", "SPY to 1"}}),
                HasSubstr("flag router.rules = SPY to 1: accepted is"));
}

TEST_F(ConfigDirectory, ARefusedDatabaseUrlIsNotShown) {
    for (const char* url : {"postgresql://ann:canary@host/ticks",
                            "postgresql://host/ticks?password=canary", "mysql://ann:canary@host"}) {
        const std::string told = error({}, {{"storage.url", url}});
        EXPECT_THAT(told, HasSubstr("flag storage.url = (not shown): accepted is sqlite, off"));
        EXPECT_THAT(told, ::testing::Not(HasSubstr("canary")));
    }
}

TEST_F(ConfigDirectory, UnknownKeysAreRefusedWithTheAcceptedOnes) {
    EXPECT_EQ(
        main_error("{\n\"stream\": {\"memory\": 1}}"),
        "tickstock.json:2: stream.memory: unknown key, nearest is stream.memory_bytes; accepted "
        "beside it are memory_bytes, archive_cache_bytes, retention_bytes, retention_hours");
    EXPECT_EQ(
        main_error("{\"sevrer\": {\"port\": 1}}"),
        "tickstock.json:1: sevrer.port: unknown key, nearest is server.port; accepted beside it "
        "are server, stream, "
        "auth, source, engine, data, journal, snapshot, router, market, intake, coordination, "
        "storage, integration, rollout, monitoring, priority, channels, high_low, trend, surge, "
        "bars, rules, valuation");
    EXPECT_THAT(main_error("{\"nothing\": {}}"), HasSubstr("nothing: unknown key"));
    EXPECT_EQ(main_error("{\"server\": {}}"), "no error");

    write(ConfigFile::Tick, "{\"detection_parameters\": {\"bars\": {\"enabled\": true}}}");
    EXPECT_EQ(error(),
              "channels/default_tick.json:1: detection_parameters.bars.enabled: unknown key; "
              "accepted beside it are highlow, trend, surge");
    write(ConfigFile::Tick, "{\"server\": {\"port\": 1}}");
    EXPECT_THAT(error(),
                HasSubstr("server.port: unknown key; accepted beside it are name, enabled"));
    write(ConfigFile::Tick, "{}");
    write(ConfigFile::Fmv, "{\"detection_parameters\": {\"highlow\": {\"enabled\": true}}}");
    EXPECT_THAT(error(), HasSubstr("unknown key")) << "highs and lows belong to the tick channel";
    write(ConfigFile::Fmv, "{}");
    EXPECT_THAT(error({{"TICKSTOCK__SERVER__PROT", "1"}}),
                HasSubstr("TICKSTOCK__SERVER__PROT: unknown setting, nearest is "
                          "TICKSTOCK__SERVER__PORT; `tickstock config show`"));
    EXPECT_THAT(error({}, {{"Server.port", "1"}}),
                HasSubstr("flag Server.port: unknown setting, nearest is server.port;"));
}

TEST_F(ConfigDirectory, NothingIsGivenTwice) {
    EXPECT_EQ(main_error("{\"server\": {\"port\": 1,\n\"port\": 1}}"),
              "tickstock.json:2: server.port: given twice, first in line 1");
    EXPECT_EQ(main_error("{\"server\": {},\n\n\"server\": {}}"),
              "tickstock.json:3: server: given twice, first in line 1");
    EXPECT_EQ(main_error("{\"HIGHLOW_COOLDOWN_SECONDS\": 1,\n\"high_low\": {\n"
                         "\"cooldown_seconds\": 1}}"),
              "tickstock.json:3: high_low.cooldown_seconds: given twice, first in line 1");
    write(ConfigFile::Main, "{}");
    write(ConfigFile::Ohlcv, "{\"batch_size\": 7,\n\"batching\": {\"max_batch_size\": 7}}");
    EXPECT_EQ(error(),
              "channels/default_ohlcv.json:2: batching.max_batch_size: given twice, first in line "
              "1");
}

TEST_F(ConfigDirectory, WhatIsNotJsonIsRefusedWithItsLine) {
    EXPECT_THAT(main_error(""), HasSubstr("tickstock.json:1: "));
    EXPECT_THAT(main_error("{\n\"server\": {\n\"port\": NaN}}"), HasSubstr("tickstock.json:3: "));
    EXPECT_THAT(main_error("{\n\n\"server\": {"), HasSubstr("tickstock.json:3: "));
    EXPECT_THAT(main_error("{\n\"source\": {\"speed\": 1e999}}"),
                HasSubstr("tickstock.json:2: number overflow"));
    EXPECT_EQ(main_error("\n[1, 2]"),
              "tickstock.json:2: the file is no object: it begins with { and ends with }");
    EXPECT_EQ(main_error("5"),
              "tickstock.json:1: the file is no object: it begins with { and ends with }");
    EXPECT_EQ(main_error("{\"source\": {\"names\": [[\"replay\"]]}}"),
              "tickstock.json:1: source.names: a list stands in a list");
    EXPECT_EQ(main_error("{\"source\": {\"names\": [{\"replay\": 1}]}}"),
              "tickstock.json:1: source.names: an object stands in a list");
    std::string deep;
    for (int i = 0; i < 100'000; ++i) {
        deep += "{\"a\":";
    }
    EXPECT_EQ(main_error(deep), "tickstock.json:1: nested too deep");
    EXPECT_THAT(main_error(std::string((1 << 20) + 1, ' ')), HasSubstr("accepted are 1048576"));
}

TEST_F(ConfigDirectory, AllErrorsAreToldTogether) {
    write(ConfigFile::Main, "{\"server\": {\"port\": -1},\n\"engine\": {\"shards\": 0}}");
    EXPECT_EQ(error({}, {{"source.speed", "-1"}}),
              "tickstock.json:1: server.port = -1: accepted is 0…65535\n"
              "tickstock.json:2: engine.shards = 0: accepted is 1…256 shards\n"
              "flag source.speed = -1: accepted is 0…1000000 × real time");
    std::string many = "{";
    for (int i = 0; i < 50; ++i) {
        many += "\"k" + std::to_string(i) + "\": 1,";
    }
    many.back() = '}';
    EXPECT_THAT(main_error(many), HasSubstr("\nand 30 more"));
}

TEST_F(ConfigDirectory, PriorityOneIsImmediate) {
    write(ConfigFile::Ohlcv, "{\n\"priority\": 1}");
    EXPECT_EQ(error(),
              "default channels.ohlcv.batching.strategy = hybrid: accepted is immediate, since "
              "channels/default_ohlcv.json:2: priority = 1");
    write(ConfigFile::Ohlcv, "{\"priority\": 1, \"batching\": {\"strategy\": \"immediate\"}}");
    EXPECT_EQ(error(), "no error");
    write(ConfigFile::Tick, "{}");
    EXPECT_THAT(error({{"TICKSTOCK__CHANNELS__TICK__BATCHING__STRATEGY", "hybrid"}}),
                HasSubstr("TICKSTOCK__CHANNELS__TICK__BATCHING__STRATEGY = hybrid: accepted is "
                          "immediate, since default channels.tick.priority = 1"));
}

TEST(Config, WordsMeanTheirEnumerators) {
    const auto with = [](const std::string& name, const std::string& word) {
        auto config = load_config("", {}, {{name, word}, {"channels.fmv.priority", "9"}});
        EXPECT_TRUE(config) << word;
        return std::move(config).value().pipeline;
    };
    const auto strategy = [&](const std::string& word) {
        return with("channels.fmv.batching.strategy", word).channels[2].strategy;
    };
    EXPECT_EQ(strategy("immediate"), BatchingStrategy::Immediate);
    EXPECT_EQ(strategy("size_based"), BatchingStrategy::SizeBased);
    EXPECT_EQ(strategy("time_based"), BatchingStrategy::TimeBased);
    EXPECT_EQ(strategy("hybrid"), BatchingStrategy::Hybrid);
    const auto overflow = [&](const std::string& word) {
        return with("channels.fmv.batching.overflow_action", word).channels[2].overflow;
    };
    EXPECT_EQ(overflow("spill"), OverflowAction::Spill);
    EXPECT_EQ(overflow("block"), OverflowAction::Block);
    EXPECT_EQ(overflow("drop_newest"), OverflowAction::DropNewest);
    EXPECT_EQ(overflow("drop_oldest"), OverflowAction::DropOldest);
    const auto calendar = [&](const std::string& word) {
        return with("market.calendar", word).calendar;
    };
    EXPECT_EQ(calendar("us_equities"), TradingCalendar::Kind::UsEquities);
    EXPECT_EQ(calendar("us_equities_overnight"), TradingCalendar::Kind::UsEquitiesOvernight);
    EXPECT_EQ(calendar("continuous"), TradingCalendar::Kind::Continuous);
}

TEST(Config, WordsOfTheEngineMeanTheirEnumerators) {
    const auto with = [](const std::string& name, const std::string& word) {
        auto config = load_config("", {}, {{name, word}});
        EXPECT_TRUE(config) << word;
        return std::move(config).value();
    };
    const auto durability = [&](const std::string& word) {
        return with("journal.durability", word).journal.durability;
    };
    EXPECT_EQ(durability("always"), Durability::Always);
    EXPECT_EQ(durability("interval"), Durability::Interval);
    EXPECT_EQ(durability("none"), Durability::None);
    const auto strategy = [&](const std::string& word) {
        return with("router.strategy", word).router.strategy;
    };
    EXPECT_EQ(strategy("hash_based"), RouterStrategy::HashBased);
    EXPECT_EQ(strategy("round_robin"), RouterStrategy::RoundRobin);
    EXPECT_EQ(strategy("load_based"), RouterStrategy::LoadBased);
    EXPECT_EQ(strategy("health_based"), RouterStrategy::HealthBased);
    const std::string outside = "priority.outside_universes";
    EXPECT_FALSE(with(outside, "keep").pipeline.priority.drop_outside_universes);
    EXPECT_TRUE(with(outside, "drop").pipeline.priority.drop_outside_universes);
    EXPECT_EQ(with("journal.retention_hours", "36").journal.retention_age, 36h);
}

TEST(Config, TheJournalKeepsAtLeastOneSegment) {
    const auto config = load_config("", {}, {{"journal.retention_bytes", "1048576"}});
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().message,
              "flag journal.retention_bytes = 1048576: accepted is at least default "
              "journal.segment_bytes = 67108864");
    EXPECT_TRUE(load_config(
        "", {}, {{"journal.retention_bytes", "1048576"}, {"journal.segment_bytes", "1048576"}}));
}

TEST(Config, ReplayNeedsAFile) {
    const auto config = load_config("", {}, {{"source.names", "replay"}});
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().message,
              "default source.files = (empty): accepted is at least one file, since flag "
              "source.names has replay");
    EXPECT_TRUE(load_config("", {}, {{"source.names", "replay"}, {"source.files", "a.csv"}}));
}

TEST(Config, PathThatIsNoDirectoryIsAnError) {
    const auto config = load_config(TICKSTOCK_SOURCE_DIR "/config/tickstock.json", {}, {});
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().message, HasSubstr("is no directory"));
}

}  // namespace
}  // namespace tickstock

#include "config/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/decimal.hpp"
#include "config/config_files.hpp"
#include "config/reference.hpp"
#include "config/setting_checks.hpp"

namespace tickstock {
namespace {

using ::testing::HasSubstr;
using Texts = std::map<std::string, std::string>;

std::string number(const Setting& setting, std::int64_t raw) {
    std::string text;
    append_decimal(text, raw, setting.scale);
    return text;
}

bool is_number(const Setting& setting) {
    return setting.type == SettingType::Integer || setting.type == SettingType::Decimal ||
           setting.type == SettingType::Seconds || setting.type == SettingType::Milliseconds;
}

/// Texts that the setting takes, as a flag would give them.
std::vector<std::string> good_values(const Setting& setting) {
    if (is_number(setting)) {
        return {number(setting, setting.minimum), number(setting, setting.maximum)};
    }
    switch (setting.type) {
        case SettingType::Boolean: return {"true", "false"};
        case SettingType::Word: return setting.words;
        default: break;
    }
    if (setting.name == "source.synthetic.date") {
        return {"", "2024-02-29"};
    }
    const Config defaults;
    const Texts others{{"auth.jwt_algorithm", "EdDSA"},
                       {"server.address", "::1"},
                       {"server.allowed_origins", "https://a.example,http://b.example"},
                       {"monitoring.webhook_urls", "https://a.example/x,http://127.0.0.1:1"},
                       {"router.rules", "SPY QQQ -> 0,B* -> 0"},
                       {"source.names", "synthetic"},
                       {"source.format", "ndjson"},
                       {"source.polygon.url", "wss://delayed.example/stocks"},
                       {"source.polygon.business_url", "ws://127.0.0.1:1/stocks"},
                       {"source.polygon.channels", "T,Q,A,AM,FMV,LULD,NOI"},
                       {"source.polygon.business_channels", "T"},
                       {"source.polygon.symbols", "AAPL,BRK.B"},
                       {"source.polygon.rest_url", "http://127.0.0.1:1"},
                       {"storage.url", "postgresql://ann@host:5432/ticks"},
                       {"source.synthetic.start_at", "23:59:59"}};
    const auto other = others.find(setting.name);
    return {value_text(setting, setting.read(defaults)),
            other == others.end() ? "abc" : other->second};
}

/// JSON values that the setting refuses.
std::vector<std::string> bad_json(const Setting& setting) {
    std::vector<std::string> bad{"null", "{}", "\"\\u0001\"", "[1]", "[[]]", "[\"\"]", "NaN"};
    const std::string huge(5000, '9');
    if (is_number(setting)) {
        bad.insert(bad.end(), {"\"1\"", "true", "\"\"", "[]", "-1e300", huge, "1e400"});
        if (setting.minimum > std::numeric_limits<std::int64_t>::min()) {
            bad.push_back(number(setting, setting.minimum - 1));
        }
        if (setting.maximum < std::numeric_limits<std::int64_t>::max()) {
            bad.push_back(number(setting, setting.maximum + 1));
        }
        if (setting.type == SettingType::Integer) {
            bad.insert(bad.end(), {"1.5", "1.0", "1e0"});
        }
    } else if (setting.type == SettingType::List) {
        bad.insert(bad.end(), {"1", "true", "\"a\"", "[\"a\", \"a\"]", "[\"" + huge + "\"]"});
    } else {
        bad.insert(bad.end(), {"1", "[]", "[\"a\"]", "\"" + huge + "\""});
        if (setting.type != SettingType::Boolean) {
            bad.push_back("true");
        } else {
            bad.insert(bad.end(), {"\"true\"", "0"});
        }
    }
    if (!setting.words.empty()) {
        bad.insert(bad.end(), {"\"\"", "\"Immediate\"", "\"hybrid \""});
    }
    return bad;
}

TEST(EverySetting, DefaultIsAcceptedAndDescribed) {
    const Config defaults;
    for (const auto& setting : settings_table()) {
        SCOPED_TRACE(setting.name);
        const auto text = value_text(setting, setting.read(defaults));
        const auto parsed = parse_setting(setting, {RawValue::Kind::Untyped, text, {}});
        ASSERT_TRUE(parsed);
        EXPECT_EQ(*parsed, setting.read(defaults));
        EXPECT_FALSE(setting.accepted.empty());
        EXPECT_TRUE(setting.sentence.ends_with('.'));
        EXPECT_EQ(find_setting(setting.name), &setting) << "the name stands twice";
        EXPECT_EQ(find_setting_any_case(setting.name), &setting);
    }
}

/// What the setting accepts changes it and no other.
void expect_takes_good_values(const Setting& setting) {
    for (const auto& good : good_values(setting)) {
        const auto parsed = parse_setting(setting, {RawValue::Kind::Untyped, good, {}});
        ASSERT_TRUE(parsed) << good;
        Config config;
        setting.write(config, *parsed);
        EXPECT_EQ(value_text(setting, setting.read(config)), good);
        const Config defaults;
        for (const auto& other : settings_table()) {
            if (&other != &setting) {
                EXPECT_EQ(other.read(config), other.read(defaults)) << other.name;
            }
        }
    }
}

TEST(EverySetting, TakesWhatIsAcceptedAndNothingElseChanges) {
    for (const auto& setting : settings_table()) {
        SCOPED_TRACE(setting.name);
        expect_takes_good_values(setting);
    }
}

void expect_refuses_bad_values(const Setting& setting, const std::string& directory) {
    for (const auto& bad : bad_json(setting)) {
        std::filesystem::remove(directory + "/tickstock.json");  // overwriting would wait for disk
        std::ofstream(directory + "/tickstock.json")
            << "{\n\"" << setting.name << "\": " << bad << "}";
        const auto config = load_config(directory, {}, {});
        ASSERT_FALSE(config) << setting.name << " takes " << bad.substr(0, 40);
        EXPECT_THAT(config.error().message, HasSubstr(directory + "/tickstock.json:2: "));
        EXPECT_LT(config.error().message.size(), 1000U);
    }
}

TEST(EverySetting, RefusesEveryBadValueWithItsPlace) {
    std::string directory = ::testing::TempDir() + "settings_test_XXXXXX";
    ASSERT_NE(mkdtemp(directory.data()), nullptr);
    for (const auto& setting : settings_table()) {
        expect_refuses_bad_values(setting, directory);
    }
    std::filesystem::remove_all(directory);
}

TEST(EverySetting, StandsInFilesReferenceAndSchema) {
    const std::string page = config_reference_markdown();
    const auto schema = nlohmann::json::parse(config_json_schema());
    for (const auto& setting : settings_table()) {
        EXPECT_THAT(page, HasSubstr("| `" + setting.name + "` |"));

        std::string pointer = "/properties/" + setting.name;
        for (auto dot = pointer.find('.'); dot != std::string::npos; dot = pointer.find('.')) {
            pointer.replace(dot, 1, "/properties/");
        }
        const auto& node = schema.at(nlohmann::json::json_pointer(pointer));
        const auto value = setting.read(Config{});
        EXPECT_EQ(node.at("default"), nlohmann::json::parse(value_json(setting, value)));
        EXPECT_THAT(node.at("description").get<std::string>(), HasSubstr(setting.sentence));
    }
}

/// Walks a JSON value and a schema made by us side by side.
void expect_fits(const nlohmann::json& value, const nlohmann::json& schema) {
    if (!schema.contains("properties")) {
        return;
    }
    for (const auto& [key, member] : value.items()) {
        ASSERT_TRUE(schema["properties"].contains(key)) << key;
        expect_fits(member, schema["properties"][key]);
    }
}

TEST(ConfigSchema, TakesTheDefaultFiles) {
    const auto schema = nlohmann::json::parse(config_json_schema());
    const auto file = [](ConfigFile which) {
        return nlohmann::json::parse(default_file_text(which), nullptr, true, true);
    };
    expect_fits(file(ConfigFile::Main), schema);
    expect_fits(file(ConfigFile::Tick), schema["$defs"]["default_tick"]);
    expect_fits(file(ConfigFile::ProductionTick), schema["$defs"]["production_tick"]);
    expect_fits(file(ConfigFile::Ohlcv), schema["$defs"]["default_ohlcv"]);
    expect_fits(file(ConfigFile::Fmv), schema["$defs"]["default_fmv"]);
    EXPECT_TRUE(schema["properties"].contains("HIGHLOW_MIN_PRICE_CHANGE"));
    EXPECT_TRUE(schema["$defs"]["default_tick"]["properties"].contains("highlow_detection"));
    EXPECT_TRUE(schema["$defs"]["default_ohlcv"]["properties"].contains("batch_size"));
    EXPECT_EQ(schema["$defs"]["default_fmv"]["properties"]["data_type"]["enum"],
              nlohmann::json({"fmv"}));
}

TEST(SettingChecks, DatesAndTimesExist) {
    for (const auto* good : {"", "1990-01-01", "2024-02-29", "2035-12-31"}) {
        EXPECT_TRUE(is_date_or_empty(good)) << good;
    }
    for (const auto* bad : {"2023-02-29", "1989-12-31", "2036-01-01", "2024-13-01", "2024-1-01",
                            "2024/01/01", "-024-01-01", "2024-01-01 ", "2024--1-01"}) {
        EXPECT_FALSE(is_date_or_empty(bad)) << bad;
    }
    EXPECT_TRUE(is_time_of_day("00:00:00"));
    EXPECT_TRUE(is_time_of_day("23:59:59"));
    for (const auto* bad :
         {"", "24:00:00", "9:30:00", "09:60:00", "09:30:60", "09:30", "-1:00:00"}) {
        EXPECT_FALSE(is_time_of_day(bad)) << bad;
    }
}

TEST(SettingChecks, OnlyLoopbackIsListenedOn) {
    EXPECT_TRUE(is_address("127.0.0.1"));
    EXPECT_TRUE(is_address("0.0.0.0"));
    EXPECT_TRUE(is_address("::"));
    EXPECT_FALSE(is_address("example.com"));
    EXPECT_FALSE(is_address(""));
    EXPECT_TRUE(is_jwt_algorithm_or_empty("RS256"));
    EXPECT_FALSE(is_jwt_algorithm_or_empty("none"));
    EXPECT_TRUE(is_origin("https://a.example"));
    EXPECT_FALSE(is_origin("a.example"));
}

TEST(SettingText, DecimalsAreExact) {
    const Setting& setting = *find_setting("high_low.min_price_change");
    const auto raw = [&](const char* text) {
        return std::get<std::int64_t>(*parse_setting(setting, {RawValue::Kind::Number, text, {}}));
    };
    EXPECT_EQ(raw("0.01"), 10'000);
    EXPECT_EQ(raw("0.000001"), 1);
    EXPECT_EQ(raw("1e-2"), 10'000);
    EXPECT_EQ(raw("0.0000005"), 0) << "half to even";
    EXPECT_EQ(raw("0.0000015"), 2);
}

TEST(SettingText, WhatWasWrittenIsShownShortAndHarmless) {
    const auto shown = [](RawValue::Kind kind, std::string text) {
        return raw_text({kind, std::move(text), {}});
    };
    EXPECT_EQ(shown(RawValue::Kind::String, "a\x1b\n"), "\"a\\u001b\\n\"");
    EXPECT_EQ(shown(RawValue::Kind::Untyped, "a\x1b"), "a\\u001b");
    EXPECT_EQ(shown(RawValue::Kind::Number, std::string(100, '7')), std::string(80, '7') + "…");
    EXPECT_EQ(shown(RawValue::Kind::Null, "null"), "null");
}

}  // namespace
}  // namespace tickstock

#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "config/save_settings.hpp"
#include "config/settings.hpp"

namespace tickstock {

namespace fs = std::filesystem;

inline std::string read_text(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// A configuration directory of its own, with the files that a start makes.
class SaveSettings : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = ::testing::TempDir() + "save_settings_test_XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        places_.directory = pattern;
        ASSERT_TRUE(load_config_from(places_));  // makes the files
    }
    void TearDown() override { fs::remove_all(places_.directory); }

    fs::path path(std::string_view name) const { return fs::path(places_.directory) / name; }
    void write(std::string_view name, const std::string& text) {
        std::ofstream(path(name)) << text;
    }
    static SettingEdit edit(std::string_view name, const std::string& text) {
        const Setting* setting = find_setting(name);
        return {setting, *parse_setting(*setting, {RawValue::Kind::Untyped, text, {}})};
    }
    /// The files named, changed; or the problems.
    std::string save(const std::vector<SettingEdit>& edits) {
        auto plan = plan_save(places_, edits);
        if (!plan) {
            return plan.error().text();
        }
        std::string names;
        for (const FileEdit& file : *plan) {
            names += (names.empty() ? "" : " ") + file.name;
        }
        auto prepared = PreparedFiles::prepare(std::move(plan).value());
        EXPECT_TRUE(prepared);
        EXPECT_TRUE(prepared->commit());
        return names;
    }
    Config load() {
        auto config = load_config_from(places_);
        EXPECT_TRUE(config) << config.error().text();
        return std::move(config).value();
    }
    std::vector<std::string> left_over() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::recursive_directory_iterator(places_.directory)) {
            if (entry.path().string().find(".json.") != std::string::npos) {
                names.push_back(entry.path().string());
            }
        }
        return names;
    }

    ConfigPlaces places_;
};

}  // namespace tickstock

// The settings table and the struct Config hold each other: no member without a row.

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "config/settings.hpp"
#include "config/test_members.hpp"

namespace tickstock {
namespace {

using Leaves = std::map<std::string, std::string>;  // path -> value as bytes

/// Those that people give in files of their own or that are no settings at all.
template <class T>
inline constexpr bool is_no_setting =
    std::is_same_v<T, std::vector<UserRule>> || std::is_same_v<T, std::vector<UniverseSettings>> ||
    std::is_same_v<T, std::vector<AlertRule>> ||
    std::is_same_v<T, std::map<std::string, std::string>>;

template <class T>
std::string bytes_of(const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
        return value;
    } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
        std::string all;
        for (const std::string& item : value) {
            all += item + "\n";
        }
        return all;
    } else if constexpr (std::is_same_v<T, Nanos>) {
        return std::to_string(value.count());
    } else if constexpr (std::is_enum_v<T>) {
        return std::to_string(static_cast<int>(value));
    } else {
        return std::to_string(value);
    }
}

Leaves leaves_of(const Config& config) {
    Leaves leaves;
    testing::for_each_leaf(config, "", [&](const std::string& path, const auto& leaf) {
        using T = std::remove_cvref_t<decltype(leaf)>;
        if constexpr (!is_no_setting<T>) {
            leaves[path] = bytes_of(leaf);
        }
    });
    return leaves;
}

/// Another value than `value`, good or not: it only has to show which member it reaches.
SettingValue other_value(const Setting& setting, const SettingValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) {
        return !*flag;
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return *number == setting.minimum ? setting.maximum : setting.minimum;
    }
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
        auto longer = *list;
        longer.push_back("another");
        return longer;
    }
    for (const std::string& word : setting.words) {
        if (word != std::get<std::string>(value)) {
            return word;
        }
    }
    return std::get<std::string>(value) + "another";
}

TEST(ConfigMembers, EveryMemberHasItsOneSetting) {
    const Leaves defaults = leaves_of(Config{});
    EXPECT_GE(defaults.size(), settings_table().size());
    std::map<std::string, std::string> setting_of;  // path -> name
    for (const Setting& setting : settings_table()) {
        Config config;
        setting.write(config, other_value(setting, setting.read(config)));
        for (const auto& [path, value] : leaves_of(config)) {
            if (value != defaults.at(path)) {
                EXPECT_TRUE(setting_of.emplace(path, setting.name).second)
                    << setting.name << " and " << setting_of[path] << " write the same member";
            }
        }
    }
    for (const auto& [path, value] : defaults) {
        EXPECT_TRUE(setting_of.contains(path))
            << "the member at Config" << path << " (default " << value << ") has no row";
    }
    EXPECT_EQ(setting_of.size(), settings_table().size()) << "a row writes nothing, or two members";
}

}  // namespace
}  // namespace tickstock

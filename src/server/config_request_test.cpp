#include "server/config_request.hpp"

#include <gtest/gtest.h>

#include "base/decimal.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

/// RELIABILITY 44 over the API: each setting, each kind of wrong value.
TEST(ConfigRequest, EveryBadValueOfEverySettingIsRefused) {
    std::size_t cases = 0;
    for (const Setting& setting : settings_table()) {
        std::vector<std::string> bad{"null",        "{}",   "NaN",
                                     "\"\\u0001\"", "[[]]", std::string(5000, '9')};
        const bool is_number = std::holds_alternative<std::int64_t>(setting.read(Config{}));
        if (is_number) {
            for (const auto& [edge, step] :
                 {std::pair{setting.minimum, -1}, std::pair{setting.maximum, 1}}) {
                std::string text;
                if (edge != (step < 0 ? INT64_MIN : INT64_MAX)) {
                    append_decimal(text, edge + step, setting.scale);
                    bad.push_back(text);
                }
            }
            bad.insert(bad.end(), {"\"\"", "\"1\"", "true", "[1]", "1e400"});
        } else if (setting.type == SettingType::Boolean) {
            bad.insert(bad.end(), {"\"\"", "\"true\"", "0", "[true]"});
        } else if (setting.type == SettingType::List) {
            bad.insert(bad.end(), {"\"a\"", "1", "[\"\"]", "[1]"});
        } else {
            bad.insert(bad.end(), {"1", "true", "[\"a\"]"});
        }
        for (const std::string& value : bad) {
            const auto parsed =
                parse_config_request("{\"settings\":{\"" + setting.name + "\":" + value + "}}");
            EXPECT_FALSE(std::holds_alternative<ConfigRequest>(parsed))
                << setting.name << " takes " << value.substr(0, 40);
            ++cases;
        }
    }
    EXPECT_GT(cases, 2500U);
}

}  // namespace
}  // namespace tickstock

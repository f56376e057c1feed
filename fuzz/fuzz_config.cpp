// Configuration files from outside: any bytes are entries or an error that says where; a value that
// is accepted reads back as the same text. As a rule file: rules whose expressions compile, or
// errors.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "config/config_files.hpp"
#include "config/json_entries.hpp"
#include "config/rule_fields.hpp"
#include "config/rule_files.hpp"
#include "config/settings.hpp"

namespace {

void check_as_rules(std::string_view text) {
    using namespace tickstock;
    RuleFiles files;
    read_rule_text(text, "f.json", "f.json", files);
    for (const RuleEntry& entry : files.rules) {
        TS_ASSERT(compile_condition(entry.rule).ok());
        TS_ASSERT(entry.rule.value.empty() || compile_value(entry.rule).ok());
    }
    for (const std::string& error : files.errors) {
        TS_ASSERT(error.starts_with("f.json:"));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tickstock;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_as_rules(text);
    const auto entries = read_json_entries(text);
    if (!entries) {
        TS_ASSERT(entries.error().message.find(": ") != std::string::npos);
        return 0;
    }
    for (const auto& entry : *entries) {
        for (const auto file : config_files) {
            const auto* setting = setting_of_key(file, entry.path);
            if (setting == nullptr) {
                static_cast<void>(accepted_keys(file, entry.path));
                continue;
            }
            const auto value = parse_setting(*setting, entry.value);
            if (value) {
                Config config;
                setting->write(config, *value);
                TS_ASSERT(value_text(*setting, setting->read(config)) ==
                          value_text(*setting, *value));
            }
        }
    }
    return 0;
}

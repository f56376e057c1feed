// Configuration files from outside: any bytes are entries or an error that says where; a value that
// is accepted reads back as the same text.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "config/config_files.hpp"
#include "config/json_entries.hpp"
#include "config/settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tickstock;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
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

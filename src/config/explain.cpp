#include "config/config_files.hpp"
#include "config/settings.hpp"

namespace tickstock {

std::vector<SettingInfo> explain_config(const Config& config) {
    const Config defaults = default_config(config.tick_profile);
    std::vector<SettingInfo> rows;
    for (const auto& setting : settings_table()) {
        const auto origin = config.origins.find(setting.name);
        SettingInfo row;
        row.name = setting.name;
        row.type = type_text(setting);
        row.value = value_text(setting, setting.read(config));
        row.default_value = value_text(setting, setting.read(defaults));
        row.accepted = setting.accepted;
        row.unit = setting.unit;
        row.sentence = setting.sentence;
        row.change = change_text(setting.change);
        row.origin = origin == config.origins.end() ? "default" : origin->second;
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace tickstock

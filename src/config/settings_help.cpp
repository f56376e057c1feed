#include <fmt/format.h>

#include <algorithm>

#include "config/reference.hpp"
#include "config/settings.hpp"

namespace tickstock {

std::string section_of_setting(std::string_view name) {
    const auto dot = name.find('.');
    const bool of_channel = name.starts_with("channels.");
    return std::string(name.substr(0, of_channel ? name.find('.', dot + 1) : dot));
}

std::vector<std::pair<std::string, std::size_t>> setting_sections() {
    std::vector<std::pair<std::string, std::size_t>> sections;
    for (const Setting& setting : settings_table()) {
        const std::string section = section_of_setting(setting.name);
        const auto same = std::find_if(sections.begin(), sections.end(),
                                       [&](const auto& known) { return known.first == section; });
        if (same != sections.end()) {
            ++same->second;
        } else {
            sections.emplace_back(section, 1);
        }
    }
    return sections;
}

std::string settings_help() {
    constexpr std::size_t width = 78;
    std::string text =
        "Settings come from, the later one holds: the default; channels/*.json, then\n"
        "tickstock.json of --config DIR (made with the defaults where missing); the\n"
        "environment (TICKSTOCK__SERVER__PORT for server.port); --set NAME=VALUE and the\n"
        "flags of the command. `tickstock config show` tells all values and origins,\n"
        "`tickstock config explain NAME` all about one, `tickstock help settings` lists\n"
        "them. Sections (settings):\n";
    std::string line(1, ' ');
    for (const auto& [section, count] : setting_sections()) {
        const std::string word = fmt::format(" {} ({})", section, count);
        if (line.size() + word.size() > width) {
            text += line + "\n";
            line.assign(1, ' ');
        }
        line += word;
    }
    return text + line + "\n";
}

std::string settings_page() {
    const Config defaults;
    std::string text;
    std::string section;
    for (const Setting& setting : settings_table()) {
        if (const auto own = section_of_setting(setting.name); own != section) {
            text += fmt::format("{}{}\n", section.empty() ? "" : "\n", own);
            section = own;
        }
        const auto value = value_text(setting, setting.read(defaults));
        text +=
            fmt::format("  {} = {}\n      {} {}{}{}; {}\n", setting.name,
                        value.empty() ? "(empty)" : value, setting.sentence, setting.accepted,
                        setting.unit.empty() ? "" : " ", setting.unit, change_text(setting.change));
    }
    return text;
}

}  // namespace tickstock

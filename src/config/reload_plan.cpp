#include "config/reload_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "base/hash.hpp"
#include "config/rule_fields.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

constexpr std::size_t summary_limit = 20;
constexpr std::string_view not_shown = "(not shown)";

/// What a file says, by its name: enough to tell whether two say the same.
using FileTexts = std::map<std::string, std::string>;

std::string rule_text(const UserRule& rule) {
    std::string text = fmt::format("{} {} when '{}' {} = '{}' priority {} cooldown {}", rule.name,
                                   to_string(rule.kind), rule.when, rule.field, rule.value,
                                   rule.priority, rule.cooldown.count());
    for (const SourceKind source : rule.sources) {
        text += fmt::format(" source {}", to_string(source));
    }
    for (const EventType type : rule.types) {
        text += fmt::format(" type {}", to_string(type));
    }
    return text + "\n";
}

/// "rules/mine.json" of "rules/mine.json:12".
std::string file_of(const std::string& origin) {
    return origin.substr(0, origin.rfind(':'));
}

/// The files that change with a start only.
FileTexts restart_files(const Config& config) {
    FileTexts files;
    for (const UserRule& rule : config.pipeline.rules.user) {
        files[file_of(rule.origin)] += rule_text(rule);
    }
    for (const UniverseSettings& universe : config.universes) {
        files["universes/" + universe.name + ".json"] = fmt::format(
            "{} {} {}", universe.priority, fmt::join(universe.symbols, " "), universe.description);
    }
    return files;
}

FileTexts alert_files(const Config& config) {
    FileTexts rules;
    for (const AlertRule& rule : config.alert_rules) {
        rules["alert rule " + rule.name] += fmt::format(
            "{} {} {} {} {} {} {}", rule.metric, static_cast<int>(rule.comparison), rule.threshold,
            static_cast<int>(rule.severity), rule.hold.count(), rule.enabled, rule.description);
    }
    return rules;
}

void compare_files(const FileTexts& from, const FileTexts& to, SettingChange change,
                   std::vector<ConfigDifference>& into) {
    const auto tell = [&](const std::string& name, const char* before, const char* after) {
        into.push_back({name, before, after, "null", "null", change, false});
    };
    for (const auto& [name, text] : from) {
        const auto found = to.find(name);
        if (found == to.end()) {
            tell(name, "there", "gone");
        } else if (found->second != text) {
            tell(name, "as it was", "changed");
        }
    }
    for (const auto& [name, text] : to) {
        if (!from.contains(name)) {
            tell(name, "not there", "new");
        }
    }
}

ConfigDifference difference(const Setting& setting, const SettingValue& from,
                            const SettingValue& to) {
    ConfigDifference found;
    found.name = setting.name;
    found.change = setting.change;
    found.hidden = setting.may_hold_secret;
    found.from = found.hidden ? not_shown : value_text(setting, from);
    found.to = found.hidden ? not_shown : value_text(setting, to);
    found.from_json = found.hidden ? "null" : value_json(setting, from);
    found.to_json = found.hidden ? "null" : value_json(setting, to);
    return found;
}

}  // namespace

std::string ConfigDifference::text() const {
    const auto shown = [](const std::string& value) { return value.empty() ? "(empty)" : value; };
    return fmt::format("{}: {} -> {}", name, shown(from), shown(to));
}

std::string ReloadPlan::summary() const {
    std::string text;
    for (std::size_t i = 0; i < std::min(changes.size(), summary_limit); ++i) {
        text += (i == 0 ? "" : ", ") + changes[i].text();
    }
    if (changes.size() > summary_limit) {
        text += fmt::format(" and {} more", changes.size() - summary_limit);
    }
    return text;
}

ReloadPlan plan_reload(const Config& current, const Config& next) {
    ReloadPlan plan;
    for (const Setting& setting : settings_table()) {
        const SettingValue from = setting.read(current);
        const SettingValue to = setting.read(next);
        if (from != to) {
            auto& list =
                setting.change == SettingChange::Restart ? plan.needs_restart : plan.changes;
            list.push_back(difference(setting, from, to));
        }
    }
    compare_files(alert_files(current), alert_files(next), SettingChange::Live, plan.changes);
    compare_files(restart_files(current), restart_files(next), SettingChange::Restart,
                  plan.needs_restart);
    return plan;
}

std::string condition_table_text(const Config& config) {
    std::ifstream table(config.pipeline.intake.condition_table, std::ios::binary);
    return {std::istreambuf_iterator<char>(table), {}};
}

std::uint64_t config_hash(const Config& config) {
    std::string text;
    for (const Setting& setting : settings_table()) {
        text += fmt::format("{} = {}\n", setting.name, value_json(setting, setting.read(config)));
    }
    for (const FileTexts& files : {restart_files(config), alert_files(config)}) {
        for (const auto& [name, file] : files) {
            text += fmt::format("{}: {}\n", name, file);
        }
    }
    return xxh64(text);
}

}  // namespace tickstock

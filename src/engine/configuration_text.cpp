#include "engine/configuration_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>

#include "config/rule_fields.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

/// Settings of how the work is done: they never change what comes out.
constexpr std::array<std::string_view, 17> of_the_runtime{"server.",
                                                          "auth.",
                                                          "stream.",
                                                          "source.",
                                                          "storage.",
                                                          "data.",
                                                          "journal.",
                                                          "snapshot.",
                                                          "engine.",
                                                          "router.",
                                                          "monitoring.",
                                                          "rollout.",
                                                          "integration.enable_multi_channel",
                                                          "integration.enable_parallel_processing",
                                                          "integration.channel_timeout_ms",
                                                          "priority.event_capacity",
                                                          "channels.tick.profile"};
constexpr std::array<std::string_view, 7> of_the_work{
    ".priority",          ".processing_timeout_ms",   ".max_concurrent_processing", ".queue_size",
    ".batching.strategy", ".batching.max_batch_size", ".batching.max_wait_time_ms"};

void append_rule(std::string& text, const UserRule& rule) {
    text += fmt::format("rule {} {} when '{}' {} = '{}' priority {} cooldown {} sources", rule.name,
                        to_string(rule.kind), rule.when, rule.field, rule.value, rule.priority,
                        rule.cooldown.count());
    for (const SourceKind source : rule.sources) {
        text += fmt::format(" {}", to_string(source));
    }
    text += " types";
    for (const EventType type : rule.types) {
        text += fmt::format(" {}", to_string(type));
    }
    text += "\n";
}

/// A text taken apart.
struct TextParts {
    std::map<std::string_view, std::string_view> settings;
    std::map<std::string_view, std::string_view> rules;  // by name
    std::string_view condition_table;
};

TextParts parts_of(std::string_view text) {
    constexpr std::string_view rule_mark = "rule ";
    TextParts parts;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        const auto equals = line.find(" = ");
        if (equals != std::string_view::npos && find_setting(line.substr(0, equals)) != nullptr) {
            parts.settings.emplace(line.substr(0, equals), line.substr(equals + 3));
        } else if (line.starts_with(rule_mark)) {
            const std::string_view rule = line.substr(rule_mark.size());
            parts.rules.emplace(rule.substr(0, rule.find(' ')), rule);
        } else {
            parts.condition_table = text;  // all that follows
            break;
        }
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    // A text without the integrator names none of its settings.
    parts.settings.emplace("integration.installed", "false");
    return parts;
}

bool changes_events(std::string_view name) {
    for (const std::string_view prefix : of_the_runtime) {
        if (name.starts_with(prefix)) {
            return false;
        }
    }
    if (name.starts_with("channels.")) {
        for (const std::string_view suffix : of_the_work) {
            if (name.ends_with(suffix)) {
                return false;
            }
        }
        return !name.ends_with(".batching.overflow_action") && !name.ends_with(".name");
    }
    return true;
}

}  // namespace

std::string configuration_text(const Config& config) {
    std::string text;
    for (const SettingInfo& setting : explain_config(config)) {
        const bool absent =  // journals of before go on
            !config.pipeline.integration.installed && setting.name.starts_with("integration.");
        if (!absent && changes_events(setting.name)) {
            text += setting.name + " = " + setting.value + "\n";
        }
    }
    for (const UserRule& rule : config.pipeline.rules.user) {
        append_rule(text, rule);
    }
    if (!config.pipeline.intake.condition_table.empty()) {
        std::ifstream table(config.pipeline.intake.condition_table, std::ios::binary);
        text.append(std::istreambuf_iterator<char>(table), {});
    }
    return text;
}

std::vector<std::string> configuration_changes(std::string_view was, std::string_view is) {
    const TextParts before = parts_of(was);
    const TextParts after = parts_of(is);
    std::vector<std::string> changes;
    for (const auto& [name, value] : before.settings) {
        const auto now = after.settings.find(name);
        if (now != after.settings.end() && now->second != value) {
            changes.push_back(fmt::format("{} was {}, is {}", name, value, now->second));
        }
    }
    for (const auto& [name, rule] : before.rules) {
        const auto now = after.rules.find(name);
        if (now == after.rules.end()) {
            changes.push_back(fmt::format("rule {} is not there", name));
        } else if (now->second != rule) {
            changes.push_back(fmt::format("rule {} is another one", name));
        }
    }
    for (const auto& [name, rule] : after.rules) {
        if (!before.rules.contains(name)) {
            changes.push_back(fmt::format("rule {} was not there", name));
        }
    }
    if (before.condition_table != after.condition_table) {
        changes.emplace_back("the condition table is another one");
    }
    return changes;
}

PipelineSettings settings_of(std::string_view text, const PipelineSettings& base) {
    Config config;
    config.pipeline = base;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const auto equals = line.find(" = ");
        const Setting* setting =
            equals == std::string_view::npos ? nullptr : find_setting(line.substr(0, equals));
        if (setting == nullptr || !setting->write) {
            continue;
        }
        const auto value = parse_setting(
            *setting, {RawValue::Kind::Untyped, std::string(line.substr(equals + 3)), {}});
        if (value) {
            setting->write(config, *value);
        }
    }
    return config.pipeline;
}

}  // namespace tickstock

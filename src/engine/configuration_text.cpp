#include "engine/configuration_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "config/rule_fields.hpp"

namespace tickstock {
namespace {

/// Settings of how the work is done: they never change what comes out.
constexpr std::array<std::string_view, 9> of_the_runtime{
    "server.", "stream.",  "source.",
    "data.",   "journal.", "snapshot.",
    "engine.", "router.",  "priority.event_capacity"};
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
        if (changes_events(setting.name)) {
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

}  // namespace tickstock

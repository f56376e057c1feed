#include "config/reference.hpp"

#include <fmt/format.h>

#include "base/decimal.hpp"
#include "base/json_writer.hpp"
#include "config/config_files.hpp"
#include "config/key_tree.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

/// A cell of a Markdown table.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '|' ? "\\|" : std::string(1, c);
    }
    return out;
}

std::string row_markdown(const Setting& setting, const Config& defaults) {
    const auto value = value_text(setting, setting.read(defaults));
    const auto unit = setting.unit.empty() ? "" : " " + setting.unit;
    return fmt::format("| `{}` | {} | {} | {}{} | {} | {} |\n", setting.name,
                       setting.type == SettingType::Word ? "word" : type_text(setting),
                       value.empty() ? "(empty)" : "`" + value + "`", cell(setting.accepted), unit,
                       change_text(setting.change), cell(setting.sentence));
}

std::string files_markdown() {
    std::string text =
        "## Files\n\n"
        "`tickstock.json` takes every name below as nested objects, so that `server.port` is\n"
        "`{\"server\": {\"port\": 8080}}`. A file in `channels/` takes the names of its channel\n"
        "without the prefix. Both allow `//` and `/* */` comments.\n\n"
        "| file | takes |\n| --- | --- |\n"
        "| `channels/default_tick.json`, `channels/production_tick.json` | `channels.tick.…` but "
        "`channels.tick.profile`, and `high_low.…`, `trend.…`, "
        "`surge.…` as `detection_parameters.highlow.…`, `.trend.…`, `.surge.…` or "
        "`highlow_detection.…`, `trend_detection.…`, `surge_detection.…` |\n"
        "| `channels/default_ohlcv.json` | `channels.ohlcv.…`, `bars.…` as "
        "`detection_parameters.bars.…`, `rules.ohlcv.…` as `event_rules.…` |\n"
        "| `channels/default_fmv.json` | `channels.fmv.…`, `valuation.…` as "
        "`detection_parameters.valuation.…`, `rules.fmv.…` as `event_rules.…` |\n"
        "| `rules/*.json` | rules of people: [rules](../rules.md) |\n"
        "| `universes/*.json` | named sets of symbols: [universes](../universes.md) |\n\n"
        "The tick channel takes the one of its two files that `channels.tick.profile` names; the\n"
        "other one is checked and has no effect. Files that are missing are made, with "
        "defaults.\n\n"
        "A key of trend or surge without its period means MIDDAY: `trend.min_data_points` is\n"
        "`trend.periods.MIDDAY.min_data_points`. In channel files `batch_size` means "
        "`batching.max_batch_size` and `timeout_ms` means\n"
        "`batching.max_wait_time_ms`; `data_type` may name the file's own channel (`tick`, "
        "`ohlcv`,\n"
        "`fmv`) and sets nothing. These names are understood in `tickstock.json` and in the\n"
        "environment:\n\n| older name | setting |\n| --- | --- |\n";
    for (const auto& [older, name] : older_names()) {
        text += fmt::format("| `{}` | `{}` |\n", older, name);
    }
    return text;
}

void write_type(JsonWriter& json, const Setting& setting) {
    const auto bound = [&](const char* key, std::int64_t value) {
        std::string number;
        append_decimal(number, value, setting.scale);
        json.key(key).raw(number);
    };
    switch (setting.type) {
        case SettingType::Boolean: json.key("type").string("boolean"); return;
        case SettingType::Text: json.key("type").string("string"); return;
        case SettingType::Integer:
        case SettingType::Decimal:
        case SettingType::Seconds:
        case SettingType::Milliseconds:
            json.key("type").string(setting.type == SettingType::Integer ? "integer" : "number");
            bound("minimum", setting.minimum);
            bound("maximum", setting.maximum);
            return;
        case SettingType::Word:
            json.key("enum").begin_array();
            for (const auto& word : setting.words) {
                json.string(word);
            }
            json.end_array();
            return;
        case SettingType::List:
            json.key("type").string("array").key("uniqueItems").boolean(true);
            json.key("items").begin_object().key("type").string("string").end_object();
            return;
    }
}

void write_setting(JsonWriter& json, const Setting& setting, const Config& defaults) {
    const auto unit = setting.unit.empty() ? "" : " " + setting.unit;
    json.begin_object();
    write_type(json, setting);
    json.key("default").raw(value_json(setting, setting.read(defaults)));
    json.key("description")
        .string(fmt::format("{} Accepted: {}{}.", setting.sentence, setting.accepted, unit));
    json.end_object();
}

/// The members of an object schema, without the braces around.
void write_object(JsonWriter& json, const KeyNode& node, const Config& defaults) {
    json.key("type").string("object").key("additionalProperties").boolean(false);
    json.key("properties").begin_object();
    for (const auto& child : node.members) {
        json.key(child.name);
        if (child.setting != nullptr) {
            write_setting(json, *child.setting, defaults);
        } else {
            json.begin_object();
            write_object(json, child, defaults);
            json.end_object();
        }
    }
    json.end_object();
}

/// Everything that a file accepts, older spellings included.
KeyNode accepted_tree(ConfigFile file) {
    auto keyed = keyed_settings(file);
    for (auto& older : older_keys(file)) {
        keyed.push_back(std::move(older));
    }
    return key_tree(keyed);
}

}  // namespace

std::string config_reference_markdown() {
    const Config defaults;
    std::string text =
        "# Settings\n\nEvery setting, with its default. Where several places name one, the later "
        "holds: default,\nchannel file, `tickstock.json`, environment (`TICKSTOCK__SERVER__PORT` "
        "for `server.port`), flag.\nThe column *change* says when a new value acts: `live` with "
        "the next record, `session` per symbol\nat its next session, `restart` with the next "
        "start.\n\n" +
        files_markdown();
    std::string section;
    for (const auto& setting : settings_table()) {
        if (auto title = section_of_setting(setting.name); title != section) {
            section = std::move(title);
            text += fmt::format(
                "\n## {}\n\n| name | type | default | accepted | change | meaning |\n"
                "| --- | --- | --- | --- | --- | --- |\n",
                section);
        }
        text += row_markdown(setting, defaults);
    }
    return text;
}

std::string config_json_schema() {
    const Config defaults;
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.key("$schema").string("https://json-schema.org/draft/2020-12/schema");
    json.key("title").string("TickStock settings (tickstock.json)");
    write_object(json, accepted_tree(ConfigFile::Main), defaults);
    json.key("$defs").begin_object();
    for (const auto file :
         {ConfigFile::Tick, ConfigFile::ProductionTick, ConfigFile::Ohlcv, ConfigFile::Fmv}) {
        const auto path = relative_path(file);
        const auto name = path.substr(path.find('/') + 1);
        json.key(name.substr(0, name.find('.'))).begin_object();
        const bool production = file == ConfigFile::ProductionTick;
        write_object(json, accepted_tree(file),
                     production ? default_config(TickProfile::ProductionTick) : defaults);
        json.end_object();
    }
    json.end_object().end_object();
    return text;
}

}  // namespace tickstock

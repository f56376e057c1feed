#include "server/config_json.hpp"

#include "base/hash.hpp"
#include "base/json_writer.hpp"
#include "config/reference.hpp"
#include "config/settings.hpp"
#include "server/codes.hpp"

namespace tickstock {
namespace {

std::string hex16(std::uint64_t value) {
    std::string text;
    append_hex16(text, value);
    return text;
}

void write_setting(JsonWriter& json, const Setting& setting, const Config& config,
                   const Config& defaults) {
    const auto shown = [&](const Config& from) {
        return setting.may_hold_secret ? "null" : value_json(setting, setting.read(from));
    };
    const auto origin = config.origins.find(setting.name);
    json.begin_object();
    json.key("name").string(setting.name).key("section").string(section_of_setting(setting.name));
    json.key("type").string(setting.type == SettingType::Word ? "word" : type_text(setting));
    json.key("value").raw(shown(config)).key("default").raw(shown(defaults));
    json.key("accepted").string(setting.accepted).key("unit").string(setting.unit);
    json.key("sentence").string(setting.sentence).key("change").string(change_text(setting.change));
    json.key("origin").string(origin == config.origins.end() ? "default" : origin->second);
    if (!setting.words.empty()) {
        json.key("words").begin_array();
        for (const std::string& word : setting.words) {
            json.string(word);
        }
        json.end_array();
    }
    if (setting.may_hold_secret) {
        json.key("hidden").boolean(true);
    }
    json.end_object();
}

void write_differences(JsonWriter& json, const std::vector<ConfigDifference>& differences) {
    json.begin_array();
    for (const ConfigDifference& found : differences) {
        json.begin_object().key("name").string(found.name);
        json.key("from").raw(found.from_json).key("to").raw(found.to_json);
        json.key("change").string(change_text(found.change));
        json.key("text").string(found.text());
        if (found.hidden) {
            json.key("hidden").boolean(true);
        }
        json.end_object();
    }
    json.end_array();
}

void write_error(JsonWriter& json, ErrorCode code, std::string_view message) {
    json.key("error").begin_object().key("code").string(info(code).word);
    json.key("message").string(message).end_object();
}

void text_or_null(JsonWriter& json, std::string_view text) {
    text.empty() ? json.null() : json.string(text);
}

}  // namespace

ConfigDesk::Answer settings_answer(const Config& config, UnixNanos changed) {
    const Config defaults;
    ConfigDesk::Answer answer;
    JsonWriter json(answer.body);
    json.begin_object().key("hash").string(hex16(config_hash(config)));
    json.key("changed").number(to_ns(changed)).key("settings").begin_array();
    for (const Setting& setting : settings_table()) {
        write_setting(json, setting, config, defaults);
    }
    json.end_array().end_object();
    return answer;
}

ConfigDesk::Answer changed_answer(const ReloadPlan& plan, const ConfigOutcome& outcome) {
    ConfigDesk::Answer answer;
    JsonWriter json(answer.body);
    json.begin_object().key("changed");
    write_differences(json, plan.changes);
    json.key("saved");
    text_or_null(json, outcome.saved);
    json.key("sequence");
    outcome.sequence == 0 ? json.null() : json.number(outcome.sequence);
    json.key("hash").string(hex16(outcome.hash)).key("dry_run").boolean(outcome.dry_run);
    json.key("warning");
    text_or_null(json, outcome.warning);
    json.end_object();
    return answer;
}

ConfigDesk::Answer config_error(ErrorCode code, std::string_view message) {
    ConfigDesk::Answer answer{info(code).http_status, {}};
    JsonWriter json(answer.body);
    json.begin_object();
    write_error(json, code, message);
    json.end_object();
    return answer;
}

ConfigDesk::Answer problems_answer(const ConfigProblems& problems) {
    ConfigDesk::Answer answer{info(ErrorCode::InvalidSetting).http_status, {}};
    JsonWriter json(answer.body);
    json.begin_object();
    write_error(json, ErrorCode::InvalidSetting, problems.text());
    json.key("problems").begin_array();
    for (const ConfigProblem& problem : problems.list()) {
        json.begin_object().key("place").string(problem.place);
        json.key("name").string(problem.name).key("value");
        text_or_null(json, problem.value);
        json.key("message").string(problem.message).key("accepted");
        text_or_null(json, problem.accepted);
        json.key("nearest");
        text_or_null(json, problem.nearest.value_or(""));
        json.end_object();
    }
    json.end_array().end_object();
    return answer;
}

ConfigDesk::Answer restart_answer(const ReloadPlan& plan) {
    std::string message;
    for (const ConfigDifference& found : plan.needs_restart) {
        message += (message.empty() ? "" : "\n") + found.text() + ": accepted with a restart only";
    }
    ConfigDesk::Answer answer{info(ErrorCode::NeedsRestart).http_status, {}};
    JsonWriter json(answer.body);
    json.begin_object();
    write_error(json, ErrorCode::NeedsRestart, message);
    json.key("needs_restart");
    write_differences(json, plan.needs_restart);
    json.end_object();
    return answer;
}

}  // namespace tickstock

#include "config/problem.hpp"

#include <fmt/format.h>

#include "config/nearest_key.hpp"

namespace tickstock {

void ConfigProblems::add(const std::function<ConfigProblem()>& make) {
    if (list_.size() < limit) {
        list_.push_back(make());
    } else {
        ++unsaid_;
    }
}

void ConfigProblems::add(ConfigProblem problem) {
    add([&] { return std::move(problem); });
}

void ConfigProblems::add_lines(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
        add([&] {
            ConfigProblem problem;
            problem.place = line.substr(0, line.find(": "));
            problem.message = line;
            return problem;
        });
    }
}

void ConfigProblems::append(ConfigProblems other) {
    for (ConfigProblem& problem : other.list_) {
        add(std::move(problem));
    }
    unsaid_ += other.unsaid_;
}

std::string ConfigProblems::text() const {
    std::string text;
    for (const ConfigProblem& problem : list_) {
        text += (text.empty() ? "" : "\n") + problem.message;
    }
    if (unsaid_ > 0) {
        text += fmt::format("\nand {} more", unsaid_);
    }
    return text;
}

ConfigProblem refused_value(const Setting& setting, const RawValue& raw, Refusal refusal,
                            std::string place, std::string_view name) {
    const bool is_word = setting.type == SettingType::Word || setting.type == SettingType::Boolean;
    const bool tell_type = refusal == Refusal::WrongType && !is_word;
    ConfigProblem problem;
    problem.value = setting.may_hold_secret ? "(not shown)" : raw_text(raw);
    problem.accepted =
        fmt::format("{}{}{}", tell_type ? type_text(setting) + ", " : "", setting.accepted,
                    setting.unit.empty() ? "" : " " + setting.unit);
    problem.message =
        fmt::format("{} = {}: accepted is {}", place, problem.value, problem.accepted);
    const auto at = place.rfind(": ");
    problem.place = at == std::string::npos ? std::move(place) : place.substr(0, at);
    problem.name = name;
    return problem;
}

ConfigProblem unknown_key(ConfigFile file, const std::string& key, const std::string& place) {
    std::vector<std::string> keys;
    for (const auto& keyed : {keyed_settings(file), older_keys(file)}) {
        for (const KeyedSetting& row : keyed) {
            keys.push_back(row.key);
        }
    }
    ConfigProblem problem;
    problem.place = place.substr(0, place.size() - key.size() - 2);
    problem.name = key;
    problem.accepted = accepted_keys(file, key);
    problem.nearest = nearest_key(key, keys);
    problem.message =
        fmt::format("{}: {}", place, unknown_key_text(problem.nearest, problem.accepted));
    return problem;
}

ConfigProblem unknown_setting(const std::string& place, const std::string& name,
                              std::optional<std::string> nearest) {
    ConfigProblem problem;
    problem.place = place;
    problem.name = name;
    problem.nearest = std::move(nearest);
    problem.message = fmt::format("{}: unknown setting{}; `tickstock config show` lists all", place,
                                  problem.nearest ? ", nearest is " + *problem.nearest : "");
    return problem;
}

ConfigProblem not_a_section(ConfigFile file, const JsonEntry& entry, const std::string& place) {
    ConfigProblem problem;
    problem.place = place.substr(0, place.size() - entry.path.size() - 2);
    problem.name = entry.path;
    problem.value = raw_text(entry.value);
    problem.accepted = "an object with " + accepted_keys(file, entry.path + ".");
    problem.message =
        fmt::format("{} = {}: accepted is {}", place, problem.value, problem.accepted);
    return problem;
}

}  // namespace tickstock

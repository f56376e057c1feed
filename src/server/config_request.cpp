#include "server/config_request.hpp"

#include <fmt/format.h>

#include "config/json_entries.hpp"
#include "config/nearest_key.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

constexpr std::string_view settings_prefix = "settings.";
/// Errors begin with it, as those of files with "file:12".
constexpr std::string_view place = "body";

std::optional<bool> read_flag(const JsonEntry& entry) {
    return entry.value.kind == RawValue::Kind::Boolean ? std::optional(entry.value.text == "true")
                                                       : std::nullopt;
}

void read_setting(const JsonEntry& entry, ConfigRequest& request, ConfigProblems& problems) {
    const std::string name = entry.path.substr(settings_prefix.size());
    const Setting* setting = find_setting(name);
    if (setting == nullptr) {
        problems.add([&] {
            ConfigProblem problem;
            problem.place = place;
            problem.name = name;
            problem.nearest = nearest_setting(name);
            problem.message =
                fmt::format("{}: {}: unknown setting{}; GET /api/v1/config lists all", place, name,
                            problem.nearest ? ", nearest is " + *problem.nearest : "");
            return problem;
        });
        return;
    }
    auto value = parse_setting(*setting, entry.value);
    if (!value) {
        problems.add([&] {
            return refused_value(*setting, entry.value, value.error(),
                                 fmt::format("{}: {}", place, name), name);
        });
        return;
    }
    request.edits.push_back({setting, std::move(value).value()});
}

}  // namespace

std::variant<ConfigRequest, BadConfigRequest, ConfigProblems> parse_config_request(
    std::string_view body) {
    const auto entries = read_json_entries(body);
    if (!entries) {
        return BadConfigRequest{false,
                                "the body is no JSON object: line " + entries.error().message};
    }
    ConfigRequest request;
    ConfigProblems problems;
    for (const JsonEntry& entry : *entries) {
        if (entry.path.starts_with(settings_prefix)) {
            read_setting(entry, request, problems);
            continue;
        }
        const bool is_flag = entry.path == "save" || entry.path == "dry_run";
        if (is_flag && !read_flag(entry)) {
            return BadConfigRequest{true, fmt::format("\"{}\" must be true or false", entry.path)};
        }
        if (entry.path == "save") {
            request.save = read_flag(entry);
        } else if (entry.path == "dry_run") {
            request.dry_run = *read_flag(entry);
        } else if (entry.path != "settings") {
            return BadConfigRequest{
                true, fmt::format("the body has no member \"{}\"; accepted: settings, save, "
                                  "dry_run",
                                  entry.path.substr(0, 64))};
        }
    }
    if (!problems.is_empty()) {
        return problems;
    }
    if (request.edits.empty()) {
        return BadConfigRequest{
            true, "\"settings\" must be an object with at least one setting: {\"NAME\": value}"};
    }
    return request;
}

}  // namespace tickstock

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/config_actions.hpp"
#include "cli/monitor_service.hpp"
#include "config/nearest_key.hpp"
#include "config/reload_plan.hpp"
#include "config/save_settings.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

Result<std::vector<SettingEdit>, ConfigProblems> read_values(
    const std::vector<std::string>& values) {
    std::vector<SettingEdit> edits;
    ConfigProblems problems;
    for (const std::string& text : values) {
        const auto equals = text.find('=');
        const std::string name = text.substr(0, equals);
        const Setting* setting = find_setting(name);
        if (equals == std::string::npos) {
            problems.add_lines({text + ": accepted is NAME=VALUE"});
        } else if (setting == nullptr) {
            problems.add(unknown_setting(name, name, nearest_setting(name)));
        } else {
            const RawValue raw{RawValue::Kind::Untyped, text.substr(equals + 1), {}};
            const auto value = parse_setting(*setting, raw);
            if (value) {
                edits.push_back({setting, *value});
            } else {
                problems.add(refused_value(*setting, raw, value.error(), name, name));
            }
        }
    }
    return problems.is_empty()
               ? Result<std::vector<SettingEdit>, ConfigProblems>(std::move(edits))
               : Result<std::vector<SettingEdit>, ConfigProblems>(std::move(problems));
}

int refuse(const ConfigProblems& problems) {
    print_error(problems.text());
    return exit_usage;
}

/// Looks at what webhooks need only where they are changed: who sets something else may be nobody
/// who can read their secret.
std::optional<ConfigProblem> check_webhooks(ConfigPlaces places,
                                            const std::vector<SettingEdit>& edits,
                                            const std::vector<FileEdit>& plan) {
    if (std::ranges::none_of(edits, [](const SettingEdit& edit) {
            return edit.setting->name.starts_with("monitoring.webhook_");
        })) {
        return std::nullopt;
    }
    for (const FileEdit& edit : plan) {
        places.instead[edit.name] = edit.after;
    }
    const auto config = load_config_from(places);
    return config ? MonitorService::check(*config) : std::nullopt;
}

/// What a running server has to do to take the edits.
void tell_when(const std::vector<SettingEdit>& edits) {
    std::string restart;
    for (const SettingEdit& edit : edits) {
        if (edit.setting->change == SettingChange::Restart) {
            restart += (restart.empty() ? "" : ", ") + edit.setting->name;
        }
    }
    if (restart.empty()) {
        std::printf("A running server takes it with SIGHUP or POST /api/v1/config/reload.\n");
    } else {
        std::printf("A running server needs a restart for: %s\n", restart.c_str());
    }
}

void print_plan(const ReloadPlan& plan) {
    for (const auto* list : {&plan.changes, &plan.needs_restart}) {
        for (const ConfigDifference& found : *list) {
            std::printf("%s (%s)\n", found.text().c_str(),
                        std::string(change_text(found.change)).c_str());
        }
    }
    if (plan.is_empty()) {
        std::printf("no difference\n");
    }
}

/// The server's values against ours; those that may be secrets are not told and not compared.
int diff_with_server(const ConfigDiff& options, const Config& own) {
    const auto body = options.server.get("/api/v1/config");
    if (!body) {
        print_error(body.error().message);
        return exit_failed;
    }
    const auto answer = nlohmann::json::parse(*body, nullptr, false);
    const auto is_row = [](const nlohmann::json& row) {
        return row.is_object() && row.contains("name") && row["name"].is_string();
    };
    if (!answer.contains("settings") || !answer["settings"].is_array() ||
        !std::ranges::all_of(answer["settings"], is_row)) {
        print_error(options.server.url + ": its answer is not that of a TickStock server");
        return exit_failed;
    }
    bool differs = false;
    for (const auto& row : answer["settings"]) {
        const Setting* setting = find_setting(row["name"].get<std::string>());
        const bool hidden = row.contains("hidden") && row["hidden"] == true;
        if (setting == nullptr || setting->may_hold_secret || hidden) {
            continue;
        }
        const auto value = value_json(*setting, setting->read(own));
        const auto theirs = row.value("value", nlohmann::json());
        if (nlohmann::json::parse(value) != theirs) {
            differs = true;
            std::printf("%s: %s -> %s (%s)\n", setting->name.c_str(), theirs.dump().c_str(),
                        value.c_str(), std::string(change_text(setting->change)).c_str());
        }
    }
    if (!differs) {
        std::printf("no difference\n");
    }
    return exit_good;
}

}  // namespace

int run_config_set(const ConfigSet& options) {
    if (options.config.directory.empty()) {
        print_error("config set: accepted is --config DIR, the folder whose files are changed");
        return exit_usage;
    }
    const auto places = options.config.places();
    if (!places) {
        print_error(places.error().message);
        return exit_usage;
    }
    const auto edits = read_values(options.values);
    if (!edits) {
        return refuse(edits.error());
    }
    auto plan = plan_save(*places, *edits);
    if (!plan) {
        return refuse(plan.error());
    }
    if (plan->empty()) {
        std::printf("nothing changes: the files have these values\n");
        return exit_good;
    }
    if (const auto problem = check_webhooks(*places, *edits, *plan)) {
        print_error(problem->message);
        return exit_usage;
    }
    for (const FileEdit& edit : *plan) {
        std::printf("%s", edit_text(edit).c_str());
    }
    if (!options.dry_run) {
        auto files = PreparedFiles::prepare(std::move(plan).value());
        const auto done = files ? files->commit() : Result<std::size_t>(files.error());
        if (!done) {
            print_error(done.error().message);
            return exit_failed;
        }
    }
    tell_when(*edits);
    return exit_good;
}

int run_config_diff(const ConfigDiff& options) {
    if (options.directory.empty() == options.server.url.empty()) {
        print_error("config diff: accepted is either a folder or --url URL");
        return exit_usage;
    }
    const auto own = options.config.load();
    if (!own) {
        print_error(own.error().message);
        return exit_usage;
    }
    if (!options.server.url.empty()) {
        return diff_with_server(options, *own);
    }
    ConfigOptions other_options = options.config;
    other_options.directory = options.directory;
    const auto other = other_options.load();
    if (!other) {
        print_error(other.error().message);
        return exit_usage;
    }
    print_plan(plan_reload(*own, *other));
    return exit_good;
}

}  // namespace tickstock

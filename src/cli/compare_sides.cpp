#include "cli/compare_sides.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "cli/shared_options.hpp"
#include "config/load.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;

/// A configuration file stands in the place of its folder's tickstock.json, whatever its name; the
/// folder's rules, universes and channel files hold beside it.
std::optional<Error> put_file_in_place(const std::string& file, ConfigPlaces& places) {
    std::ifstream in(file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in) {
        return Error{"--config " + file + ": cannot be read"};
    }
    places.directory = fs::path(file).parent_path().string();
    if (places.directory.empty()) {
        places.directory = ".";
    }
    places.instead["tickstock.json"] = std::move(text);
    return std::nullopt;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

ConfigDifference table_difference(const Config& a, const Config& b) {
    const auto words = [](const Config& config) {
        return config.pipeline.intake.condition_table.empty()
                   ? std::string("built-in")
                   : config.pipeline.intake.condition_table;
    };
    ConfigDifference difference;
    difference.name = "the condition table's text";
    difference.from = words(a);
    difference.to = words(b);
    return difference;
}

}  // namespace

Result<LoadedSide> load_side(const GivenSide& given) {
    const std::string& path = given.path;
    ConfigOptions plain;
    plain.settings = given.settings;
    auto places = plain.places();
    if (!places) {
        return places.error();
    }
    for (const std::string& setting : given.own) {
        const auto equals = setting.find('=');
        if (equals == std::string::npos) {
            return Error{fmt::format("--set-{} {}: accepted is NAME=VALUE",
                                     given.side == 'A' ? 'a' : 'b', setting)};
        }
        places->flags[setting.substr(0, equals)] = setting.substr(equals + 1);
    }
    places->known_files.emplace();  // nothing is made in somebody's folder
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) {
        if (auto problem = put_file_in_place(path, *places)) {
            return *problem;
        }
    } else if (!path.empty() && !fs::is_directory(path, ignored)) {
        return Error{"--config " + path +
                     ": no such file or folder; accepted is a folder with tickstock.json, or such "
                     "a file"};
    } else {
        places->directory = path;
    }
    auto config = load_config_from(*places);
    if (!config) {
        const std::string in_place = (fs::path(places->directory) / "tickstock.json").string();
        return Error{fmt::format("configuration {}: {}", given.side,
                                 places->instead.empty()
                                     ? config.error().text()
                                     : replaced(config.error().text(), in_place, path))};
    }
    LoadedSide loaded{path.empty() ? "default settings" : path, std::move(*config)};
    if (!given.settings.empty() || !given.own.empty()) {  // a value may be a secret
        loaded.name += ", with settings of the command line";
    }
    return loaded;
}

std::vector<ConfigDifference> settings_that_differ(const Config& a, const Config& b) {
    ReloadPlan plan = plan_reload(a, b);
    std::vector<ConfigDifference> all = std::move(plan.changes);
    all.insert(all.end(), plan.needs_restart.begin(), plan.needs_restart.end());
    if (condition_table_text(a) != condition_table_text(b)) {
        all.push_back(table_difference(a, b));
    }
    return all;
}

}  // namespace tickstock

#include "config/save_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "config/config_files.hpp"
#include "config/file_text.hpp"
#include "config/json_edit.hpp"
#include "config/json_entries.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t file_size_limit = 1 << 20;

/// Nothing when the file does not name the setting.
std::optional<std::string> key_in(const std::string& text, ConfigFile file,
                                  const Setting& setting) {
    const auto entries = read_json_entries(text);
    if (!entries) {
        return std::nullopt;
    }
    for (const JsonEntry& entry : *entries) {
        if (setting_of_key(file, entry.path) == &setting) {
            return entry.path;
        }
    }
    return std::nullopt;
}

/// The directory's files as they are and as they shall be.
class Editor {
public:
    Editor(const ConfigPlaces& places, TickProfile profile) : places_(places), profile_(profile) {}

    ConfigProblems read();
    /// An error when a value stands where the setting's section would.
    Result<bool> set(const SettingEdit& edit);
    std::vector<FileEdit> changed() const;

private:
    const ConfigPlaces& places_;
    const TickProfile profile_;
    std::map<ConfigFile, FileEdit> files_;
};

ConfigProblems Editor::read() {
    ConfigProblems problems;
    for (const ConfigFile file : config_files) {
        const std::string name(relative_path(file));
        const fs::path path = fs::path(places_.directory) / name;
        std::vector<std::string> errors;
        std::error_code error;
        const bool is_new = fs::status(path, error).type() == fs::file_type::not_found;
        if (is_new && places_.is_known(name)) {
            errors.push_back(file_is_gone(path));
        }
        auto text =
            is_new ? default_file_text(file) : read_file_text(path, file_size_limit, errors);
        problems.add_lines(errors);
        if (!text) {
            continue;
        }
        if (const auto entries = read_json_entries(*text); !entries) {
            problems.add_lines({fmt::format("{}:{}", path.string(), entries.error().message)});
        }
        files_[file] = {name, path, *text, *text, is_new, false};
    }
    return problems;
}

Result<bool> Editor::set(const SettingEdit& edit) {
    const auto take = [&](FileEdit& file, const std::string& key) -> Result<bool> {
        auto text = set_json_value(file.after, key, value_json(*edit.setting, edit.value));
        if (!text) {
            return Error{fmt::format("{}: {}", file.path.string(), text.error().message)};
        }
        file.after = std::move(text).value();
        return true;
    };
    for (auto file = config_files.rbegin(); file != config_files.rend(); ++file) {
        if (*file == unused_file(profile_)) {
            continue;
        }
        if (const auto key = key_in(files_.at(*file).after, *file, *edit.setting)) {
            return take(files_.at(*file), *key);
        }
    }
    const ConfigFile home = home_of(*edit.setting, profile_);
    return take(files_.at(home), *key_of_setting(home, *edit.setting));
}

std::vector<FileEdit> Editor::changed() const {
    std::vector<FileEdit> edits;
    for (const auto& [file, edit] : files_) {
        if (edit.before != edit.after) {
            edits.push_back(edit);
            edits.back().is_private = holds_secret(file, edit.after);
        }
    }
    return edits;
}

Result<Config, ConfigProblems> load_with(ConfigPlaces places, const std::vector<FileEdit>& edits) {
    for (const FileEdit& edit : edits) {
        places.instead[edit.name] = edit.after;
    }
    return load_config_from(places);
}

/// Where environment or flag say something else.
void check_origins(const Config& loaded, const std::vector<SettingEdit>& edits,
                   ConfigProblems& problems) {
    for (const SettingEdit& edit : edits) {
        const auto found = loaded.origins.find(edit.setting->name);
        if (edit.setting->read(loaded) == edit.value || found == loaded.origins.end()) {
            continue;
        }
        ConfigProblem problem;
        problem.place = found->second;
        problem.name = edit.setting->name;
        problem.accepted = fmt::format("a start without the {}", found->second);
        problem.message = fmt::format(
            "{}: its value comes from the {}, which holds over the files; accepted is {}",
            problem.name, found->second, problem.accepted);
        problems.add(std::move(problem));
    }
}

/// Sorts `edits` so that each step leaves a good configuration; false when no order does.
bool find_order(const ConfigPlaces& places, std::vector<FileEdit>& edits) {
    const auto by_name = [](const FileEdit& a, const FileEdit& b) { return a.name < b.name; };
    std::sort(edits.begin(), edits.end(), by_name);
    do {
        bool is_good = true;
        for (std::size_t count = 1; is_good && count < edits.size(); ++count) {
            const auto end = edits.begin() + static_cast<std::ptrdiff_t>(count);
            is_good = load_with(places, {edits.begin(), end}).ok();
        }
        if (is_good) {
            return true;
        }
    } while (std::next_permutation(edits.begin(), edits.end(), by_name));
    return false;
}

}  // namespace

Result<std::vector<FileEdit>, ConfigProblems> plan_save(const ConfigPlaces& places,
                                                        const std::vector<SettingEdit>& edits) {
    const auto before = load_config_from(places);  // may be what these edits put right
    Editor editor(places, before ? before->tick_profile : TickProfile::DefaultTick);
    if (auto problems = editor.read(); !problems.is_empty()) {
        return problems;
    }
    for (const SettingEdit& edit : edits) {
        if (!before || edit.setting->read(*before) != edit.value) {
            if (const auto done = editor.set(edit); !done) {
                ConfigProblems problems;
                problems.add_lines({done.error().message});
                return before ? problems : before.error();  // which tells line and value, too
            }
        }
    }
    std::vector<FileEdit> changed = editor.changed();
    const auto after = load_with(places, changed);
    if (!after) {
        return after.error();
    }
    ConfigProblems problems;
    check_origins(*after, edits, problems);
    if (problems.is_empty() && !find_order(places, changed)) {
        ConfigProblem problem;
        problem.message =
            "the files cannot be changed one after the other, as each must leave a good "
            "configuration; accepted are fewer settings at once";
        problems.add(std::move(problem));
    }
    if (!problems.is_empty()) {
        return problems;
    }
    return changed;
}

}  // namespace tickstock

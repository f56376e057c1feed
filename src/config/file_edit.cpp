#include "config/file_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "config/json_edit.hpp"
#include "config/json_entries.hpp"

namespace tickstock {
namespace {

/// Lines that are looked at to find where two texts meet again; all is different beyond it.
constexpr std::size_t meeting_limit = 2000;

/// A value that may be a secret, where it stands in its file.
struct SecretPlace {
    const Setting* setting = nullptr;
    std::string key;
    std::optional<SettingValue> value;  // nothing when it is not accepted
};

std::vector<SecretPlace> secrets_of(ConfigFile file, const std::string& text) {
    std::vector<SecretPlace> places;
    const auto entries = read_json_entries(text);
    for (const JsonEntry& entry : entries ? *entries : std::vector<JsonEntry>{}) {
        const Setting* setting = setting_of_key(file, entry.path);
        if (setting != nullptr && setting->may_hold_secret) {
            const auto value = parse_setting(*setting, entry.value);
            places.push_back({setting, entry.path, value ? std::optional(*value) : std::nullopt});
        }
    }
    return places;
}

/// The same number of lines without the secrets.
std::string masked(std::string text, const std::vector<SecretPlace>& secrets,
                   const std::vector<SecretPlace>& others) {
    for (const SecretPlace& secret : secrets) {
        const bool is_old = std::ranges::any_of(others, [&](const SecretPlace& other) {
            return other.setting == secret.setting && other.value && other.value == secret.value;
        });
        const auto old = find_json_value(text, secret.key);
        const auto lines = static_cast<std::size_t>(std::ranges::count(old.value_or(""), '\n'));
        const std::string mask = is_old ? "\"(not shown)\"" : "\"(not shown, new)\"";
        if (auto changed = set_json_value(text, secret.key, mask + std::string(lines, '\n'))) {
            text = std::move(*changed);
        }
    }
    return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> all;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        all.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all;
}

using Lines = std::vector<std::string_view>;

/// How many lines of each are to be left out until they meet again.
std::pair<std::size_t, std::size_t> next_meeting(const Lines& before, std::size_t b,
                                                 const Lines& after, std::size_t a) {
    for (std::size_t sum = 1; sum < meeting_limit; ++sum) {
        for (std::size_t gone = 0; gone <= sum; ++gone) {
            const std::size_t added = sum - gone;
            if (b + gone < before.size() && a + added < after.size() &&
                before[b + gone] == after[a + added]) {
                return {gone, added};
            }
        }
    }
    return {before.size() - b, after.size() - a};
}

std::string difference(const std::string& name, const Lines& before, const Lines& after) {
    std::string text;
    std::size_t b = 0;
    std::size_t a = 0;
    while (b < before.size() || a < after.size()) {
        if (b < before.size() && a < after.size() && before[b] == after[a]) {
            ++b;
            ++a;
            continue;
        }
        const auto [gone, added] = next_meeting(before, b, after, a);
        for (std::size_t i = 0; i < std::max(gone, added); ++i) {
            text += fmt::format("{}:{}\n", name, a + std::min(i, added) + 1);
            text += i < gone ? fmt::format("-{}\n", before[b + i]) : "";
            text += i < added ? fmt::format("+{}\n", after[a + i]) : "";
        }
        b += gone;
        a += added;
    }
    return text;
}

}  // namespace

bool holds_secret(ConfigFile file, const std::string& text) {
    const Config defaults = default_config(TickProfile::DefaultTick);
    return std::ranges::any_of(secrets_of(file, text), [&](const SecretPlace& secret) {
        return !secret.value || *secret.value != secret.setting->read(defaults);
    });
}

std::string edit_text(const FileEdit& edit) {
    const auto is_named = [&](ConfigFile file) { return relative_path(file) == edit.name; };
    const auto found = std::ranges::find_if(config_files, is_named);
    const ConfigFile file = found == config_files.end() ? ConfigFile::Main : *found;
    const auto old_secrets = secrets_of(file, edit.before);
    const auto new_secrets = secrets_of(file, edit.after);
    const std::string before = masked(edit.before, old_secrets, old_secrets);
    const std::string after = masked(edit.after, new_secrets, old_secrets);
    return difference(edit.name, lines_of(before), lines_of(after));
}

}  // namespace tickstock

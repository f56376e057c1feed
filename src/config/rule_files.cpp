#include "config/rule_files.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "config/file_text.hpp"
#include "config/json_entries.hpp"
#include "config/rule_reader.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t file_size_limit = 1 << 20;
constexpr std::string_view list_key = "rules";

}  // namespace

std::vector<UserRule> RuleFiles::enabled() const {
    std::vector<UserRule> active;
    for (const RuleEntry& entry : rules) {
        if (entry.enabled) {
            active.push_back(entry.rule);
        }
    }
    return active;
}

void read_rule_text(std::string_view text, const std::string& path, const std::string& origin,
                    RuleFiles& into) {
    const bool objects_in_lists = true;
    const auto entries = read_json_entries(text, objects_in_lists);
    if (!entries) {
        into.errors.push_back(fmt::format("{}:{}", path, entries.error().message));
        return;
    }
    for (std::size_t i = 0; i < entries->size(); ++i) {
        const JsonEntry& entry = (*entries)[i];
        const bool list = entry.path == list_key && entry.value.kind == RawValue::Kind::List;
        if (list && entry.value.items.empty()) {
            continue;
        }
        if (!is_list_object(entry, list_key)) {
            into.errors.push_back(
                entry.path == list_key
                    ? fmt::format("{}:{}: rules = {}: accepted is a list of objects", path,
                                  entry.line, raw_text(list ? entry.value.items[0] : entry.value))
                    : fmt::format("{}:{}: {}: unknown key; accepted beside it are rules", path,
                                  entry.line, entry.path));
            continue;
        }
        RuleReader reader(path, origin, entry.line, into);
        while (i + 1 < entries->size() && !key_in_list((*entries)[i + 1].path, list_key).empty()) {
            const JsonEntry& member = (*entries)[++i];
            reader.set(key_in_list(member.path, list_key), member.value, member.line);
        }
        reader.finish();
    }
}

void read_rule_file(const std::string& path, const std::string& origin, RuleFiles& into) {
    if (const auto text = read_file_text(path, file_size_limit, into.errors)) {
        read_rule_text(*text, path, origin, into);
    }
}

RuleFiles read_rule_directory(const std::string& config_directory) {
    RuleFiles rules;
    const fs::path folder = fs::path(config_directory) / "rules";
    for (const fs::path& file : json_files_of(folder, rules.errors)) {
        read_rule_file(file.string(), "rules/" + file.filename().string(), rules);
    }
    return rules;
}

}  // namespace tickstock

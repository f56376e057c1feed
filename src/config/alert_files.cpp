#include "config/alert_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "config/alert_rule_reader.hpp"
#include "config/file_text.hpp"
#include "config/json_entries.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t file_size_limit = 1 << 20;
constexpr std::string_view list_key = "alerts";

}  // namespace

std::string_view to_string(AlertSeverity severity) {
    switch (severity) {
        case AlertSeverity::Info: return "info";
        case AlertSeverity::Warning: return "warning";
        case AlertSeverity::Error: return "error";
        case AlertSeverity::Critical: break;
    }
    return "critical";
}

std::string_view to_string(AlertComparison comparison) {
    switch (comparison) {
        case AlertComparison::Above: return ">";
        case AlertComparison::AtLeast: return ">=";
        case AlertComparison::Below: return "<";
        case AlertComparison::AtMost: return "<=";
        case AlertComparison::Equal: return "==";
        case AlertComparison::NotEqual: break;
    }
    return "!=";
}

void read_alert_text(std::string_view text, const std::string& path, AlertFiles& into) {
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
                    ? fmt::format("{}:{}: alerts = {}: accepted is a list of objects", path,
                                  entry.line, raw_text(list ? entry.value.items[0] : entry.value))
                    : fmt::format("{}:{}: {}: unknown key; accepted beside it are alerts", path,
                                  entry.line, entry.path));
            continue;
        }
        AlertRuleReader reader(path, entry.line, into);
        while (i + 1 < entries->size() && !key_in_list((*entries)[i + 1].path, list_key).empty()) {
            const JsonEntry& member = (*entries)[++i];
            reader.set(key_in_list(member.path, list_key), member.value, member.line);
        }
        reader.finish();
    }
}

AlertFiles read_alert_directory(const std::string& config_directory) {
    AlertFiles alerts;
    const fs::path folder = fs::path(config_directory) / "alerts";
    for (const fs::path& file : json_files_of(folder, alerts.errors)) {
        if (const auto text = read_file_text(file, file_size_limit, alerts.errors)) {
            read_alert_text(*text, file.string(), alerts);
        }
    }
    std::ranges::sort(alerts.rules, {}, &AlertRule::name);
    return alerts;
}

}  // namespace tickstock

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/shared_options.hpp"
#include "config/rule_fields.hpp"
#include "config/rule_files.hpp"

namespace tickstock {
namespace {

struct RulesOptions {
    ConfigOptions config;
    std::vector<std::string> files;
};

template <class Enum>
std::string words_or_all(const std::vector<Enum>& words) {
    std::string text;
    for (const Enum word : words) {
        text += text.empty() ? "" : ",";
        text += to_string(word);
    }
    return text.empty() ? "all" : text;
}

/// The source whose rule a setting is; empty for a setting that is no rule.
std::string_view source_of(std::string_view setting) {
    if (setting.starts_with("rules.")) {
        return setting.starts_with("rules.ohlcv.") ? "ohlcv"
               : setting.starts_with("rules.fmv.") ? "fmv"
                                                   : "all";
    }
    const bool guards_trades =
        setting.starts_with("intake.guard_") || setting.starts_with("intake.late_print");
    return guards_trades ? "tick" : "";
}

void print_built_in_rules(const Config& config) {
    std::printf("built-in rules\n");
    std::printf("  %-6s %-40s %s\n", "all", "integrity",
                "symbol, numbers and time as docs/detection.md says, or the record is rejected");
    std::printf("  %-6s %-40s %s\n", "ohlcv", "integrity",
                "high and low hold open and close, or the bar is rejected");
    for (const SettingInfo& setting : explain_config(config)) {
        const std::string_view source = source_of(setting.name);
        if (!source.empty()) {
            const std::string what = fmt::format("{} = {}{}{}", setting.name, setting.value,
                                                 setting.unit.empty() ? "" : " ", setting.unit);
            std::printf("  %-6s %-40s %s\n", std::string(source).c_str(), what.c_str(),
                        setting.sentence.c_str());
        }
    }
}

std::string assignment(const UserRule& rule) {
    return rule.field.empty() ? "" : fmt::format("{} = {}", rule.field, rule.value);
}

void print_user_rule(const RuleEntry& entry) {
    const UserRule& rule = entry.rule;
    std::printf("  %-24s %-9s sources %s%s  priority %d  %s%s\n", rule.name.c_str(),
                std::string(to_string(rule.kind)).c_str(), words_or_all(rule.sources).c_str(),
                rule.types.empty() ? "" : ("  types " + words_or_all(rule.types)).c_str(),
                rule.priority, rule.origin.c_str(), entry.enabled ? "" : "  OFF");
    if (!rule.when.empty()) {
        std::printf("    when %s\n", rule.when.c_str());
    }
    if (!rule.field.empty()) {
        std::printf("    set  %s\n", assignment(rule).c_str());
    }
    if (!entry.description.empty()) {
        std::printf("    %s\n", entry.description.c_str());
    }
}

int run_check(const RulesOptions& options) {
    const auto config = options.config.load();
    if (!config) {
        print_error(config.error().message);
        return exit_usage;
    }
    RuleFiles rules;
    if (!options.config.directory.empty()) {
        rules = read_rule_directory(options.config.directory);
    }
    for (const std::string& file : options.files) {
        read_rule_file(file, file, rules);
    }
    for (const std::string& error : rules.errors) {
        print_error(error);
    }
    if (!rules.errors.empty()) {
        return exit_usage;
    }
    print_built_in_rules(*config);
    std::printf("%zu user rule%s\n", rules.rules.size(), rules.rules.size() == 1 ? "" : "s");
    for (const RuleEntry& entry : rules.rules) {
        print_user_rule(entry);
    }
    return exit_good;
}

void print_fields(const char* title, FieldCatalogue fields) {
    std::printf("%s\n", title);
    for (const Field& field : fields) {
        std::printf("  %-22s %-10s %s\n", std::string(field.name).c_str(),
                    field.type == ValueType::Boolean ? "condition" : "number",
                    std::string(field.meaning).c_str());
    }
}

int run_fields() {
    print_fields("event rules and replay --rule: a closed second bar", fields_of(RuleKind::Event));
    print_fields("filter, transform and enrich rules: a detection; 0 where its type has none",
                 fields_of(RuleKind::Filter));
    print_fields("validate rules: a record; a rule looks at those that have all its fields",
                 fields_of(RuleKind::Validate));
    return exit_good;
}

}  // namespace

void add_rules_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<RulesOptions>();
    CLI::App& command = *app.add_subcommand("rules", "Check and list rules");
    command.require_subcommand(1);
    CLI::App& check = *command.add_subcommand(
        "check", "Validate and list every rule; exit status 2 when one is not good");
    check.alias("list");
    options->config.add_to(check);
    check.add_option("files", options->files, "More rule files")->type_name("FILE");
    check.callback([options, &exit_code] { exit_code = run_check(*options); });
    command.add_subcommand("fields", "What rules may look at")->callback([&exit_code] {
        exit_code = run_fields();
    });
}

}  // namespace tickstock

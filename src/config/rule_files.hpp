#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace tickstock {

/// One rule of a file, checked.
struct RuleEntry {
    UserRule rule;
    bool enabled = true;
    std::string description;
};

/// Rules as people wrote them, and what is wrong with them. docs/rules.md describes the files.
struct RuleFiles {
    static constexpr std::size_t rule_limit = 1000;

    std::vector<RuleEntry> rules;
    std::vector<std::string> errors;  ///< each ready to show: "file:12: key = value: accepted …"

    std::vector<UserRule> enabled() const;
};

/// All rules/*.json of a configuration directory, by file name. A missing folder holds none.
RuleFiles read_rule_directory(const std::string& config_directory);

/// Adds one file. `origin` is its name in UserRule::origin and `path` in errors.
void read_rule_file(const std::string& path, const std::string& origin, RuleFiles& into);

/// As read_rule_file(), with the file's text.
void read_rule_text(std::string_view text, const std::string& path, const std::string& origin,
                    RuleFiles& into);

}  // namespace tickstock

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/setting.hpp"

namespace tickstock {

/// One thing in which two configurations differ.
struct ConfigDifference {
    std::string name;  ///< a setting's, or a file's: "rules/mine.json", "universes/core.json"
    std::string from;  ///< for people; "(not shown)" where it may be a secret
    std::string to;
    std::string from_json;  ///< JSON; null for files and secrets
    std::string to_json;
    SettingChange change = SettingChange::Restart;
    bool hidden = false;  ///< the values may be secrets

    /// "high_low.cooldown_seconds: 1 -> 2".
    std::string text() const;
};

/// What it takes to go from one configuration to another while the system runs.
struct ReloadPlan {
    std::vector<ConfigDifference> changes;  ///< live and session ones, in the table's order
    std::vector<ConfigDifference> needs_restart;

    bool is_empty() const { return changes.empty() && needs_restart.empty(); }
    /// May be done as a whole.
    bool is_possible() const { return needs_restart.empty(); }
    /// All `changes` in a line: "high_low.cooldown_seconds: 1 -> 2, …"; long ones end in "and N
    /// more".
    std::string summary() const;
};

/// Compares every setting of the table, people's rules and universes (a restart each, by file) and
/// alert rules (live). Where a value came from does not count: a rule that only moved to another
/// line is the same. The condition table's text is not a part of Config: condition_table_text().
ReloadPlan plan_reload(const Config& current, const Config& next);

/// The file of intake.condition_table; empty where it is the built-in one or cannot be read.
std::string condition_table_text(const Config& config);

/// Tells configurations apart: the same where plan_reload() finds nothing.
std::uint64_t config_hash(const Config& config);

}  // namespace tickstock

#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_files.hpp"
#include "config/json_entries.hpp"
#include "config/setting.hpp"

namespace tickstock {

/// One thing that is wrong with a configuration.
struct ConfigProblem {
    std::string place;     ///< "conf/tickstock.json:12", "TICKSTOCK__SERVER__PORT", "flag", "body"
    std::string name;      ///< setting or key as it was written; empty where none can be told
    std::string value;     ///< as it was written, short; empty = none
    std::string message;   ///< all of it in a line, as people see it
    std::string accepted;  ///< what the value may be; empty where the message says it
    std::optional<std::string> nearest;  ///< the key that was meant, most likely
};

/// What is wrong, in the order in which it was found. Keeps the first ones and counts the rest: a
/// file of wrong keys is no way to fill memory.
class ConfigProblems {
public:
    static constexpr std::size_t limit = 20;

    /// `make` is called when the problem will be kept: it may look for the nearest key.
    void add(const std::function<ConfigProblem()>& make);
    void add(ConfigProblem problem);
    /// Ready lines, as the readers of rules, universes and alerts make them.
    void add_lines(const std::vector<std::string>& lines);
    void append(ConfigProblems other);

    bool is_empty() const { return list_.empty(); }
    const std::vector<ConfigProblem>& list() const { return list_; }
    /// A line each, "and N more" for those not kept.
    std::string text() const;

private:
    std::vector<ConfigProblem> list_;
    std::size_t unsaid_ = 0;
};

/// `place` as an error begins: "file:12: server.port"; what follows says the value and what is
/// accepted.
ConfigProblem refused_value(const Setting& setting, const RawValue& raw, Refusal refusal,
                            std::string place, std::string_view name);

/// `key` is none of the file's. `place` as above.
ConfigProblem unknown_key(ConfigFile file, const std::string& key, const std::string& place);

/// A value stands where the file has a section.
ConfigProblem not_a_section(ConfigFile file, const JsonEntry& entry, const std::string& place);

/// For environment and flags. `place` is how the setting is named there.
ConfigProblem unknown_setting(const std::string& place, const std::string& name,
                              std::optional<std::string> nearest);

}  // namespace tickstock

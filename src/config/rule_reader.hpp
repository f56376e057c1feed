#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/rule_files.hpp"
#include "config/setting.hpp"

namespace tickstock {

/// Builds one rule from the members of its object; what is wrong goes to the errors of `into`, and
/// then the rule is not added. rule_files.cpp's own.
class RuleReader {
public:
    /// `line` is that of the object.
    RuleReader(std::string path, const std::string& origin, int line, RuleFiles& into);

    void set(std::string_view key, const RawValue& value, int line);

    /// Checks what no single member tells, and adds the rule.
    void finish();

private:
    /// A member that was given.
    struct Given {
        int line = 0;
        std::string text;  // for errors
    };

    void set_name(const RawValue& value);
    void set_kind(const RawValue& value);
    void set_text(const RawValue& value, std::size_t limit, std::string& text);
    void set_value(const RawValue& value);
    void set_priority(const RawValue& value);
    void set_cooldown(const RawValue& value);
    void set_enabled(const RawValue& value);
    void check_members();
    void check_field();
    void check_expressions();
    void refuse(std::string_view accepted);
    void fail(std::string_view key, std::string_view what);
    bool given(const std::string& key) const { return given_.contains(key); }

    const std::string path_;
    const int line_;
    RuleFiles& into_;
    RuleEntry entry_;
    std::map<std::string, Given> given_;
    std::string key_;  // being set
    bool good_ = true;
};

}  // namespace tickstock

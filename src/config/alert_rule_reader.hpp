#pragma once

#include <map>
#include <string>
#include <string_view>

#include "config/alert_files.hpp"
#include "config/setting.hpp"

namespace tickstock {

/// Builds one alert rule from the members of its object; what is wrong goes to the errors of
/// `into`, and then the rule is not added. alert_files.cpp's own.
class AlertRuleReader {
public:
    /// `line` is that of the object.
    AlertRuleReader(std::string path, int line, AlertFiles& into)
        : path_(std::move(path)), line_(line), into_(into) {}

    void set(std::string_view key, const RawValue& value, int line);

    /// Checks what no single member tells, and adds the rule.
    void finish();

private:
    struct Given {
        int line = 0;
        std::string text;  // for errors
    };

    void set_name(const RawValue& value);
    void set_condition(const RawValue& value);
    void set_severity(const RawValue& value);
    void set_description(const RawValue& value);
    void set_hold(const RawValue& value);
    void set_enabled(const RawValue& value);
    void fail(std::string_view key, std::string_view what);

    const std::string path_;
    const int line_;
    AlertFiles& into_;
    AlertRule rule_;
    std::map<std::string, Given, std::less<>> given_;
    std::string key_;  // being set
    bool good_ = true;
};

}  // namespace tickstock

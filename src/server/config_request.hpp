#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/problem.hpp"
#include "config/save_settings.hpp"

namespace tickstock {

/// The body of PATCH /api/v1/config.
struct ConfigRequest {
    std::vector<SettingEdit> edits;
    std::optional<bool> save;  ///< nothing = where there are files
    bool dry_run = false;
};

/// The body is no such request at all.
struct BadConfigRequest {
    bool is_json = true;  ///< else it is no JSON object
    std::string message;
};

/// Strict: unknown members are refused; unknown settings and values that are not accepted are told
/// all together.
std::variant<ConfigRequest, BadConfigRequest, ConfigProblems> parse_config_request(
    std::string_view body);

}  // namespace tickstock

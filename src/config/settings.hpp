#pragma once

#include <string_view>
#include <vector>

#include "config/setting.hpp"

namespace tickstock {

/// The one settings table, in the order in which people read it. Parsing, validation, help,
/// reference page, example files and JSON schema all come from here. Built once, any thread.
const std::vector<Setting>& settings_table();

/// Exact name, or nullptr.
const Setting* find_setting(std::string_view name);

/// Name without regard to case, for environment variables; or nullptr.
const Setting* find_setting_any_case(std::string_view name);

}  // namespace tickstock

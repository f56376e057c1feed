#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace tickstock {

/// Every setting that may change which events come out of which entries, a line each, with the
/// rules of people and the condition table's text. Two starts with the same text go on with each
/// other's state.
std::string configuration_text(const Config& config);

/// `base` with the settings that such a text names. Of rules and the condition table it takes
/// nothing: they change with a start only. A line that is no setting any more is passed over.
PipelineSettings settings_of(std::string_view text, const PipelineSettings& base);

/// Where two such texts differ, a line each: "integration.installed was true, is false". Settings
/// by name, then rules and the condition table; empty when nothing does.
std::vector<std::string> configuration_changes(std::string_view was, std::string_view is);

}  // namespace tickstock

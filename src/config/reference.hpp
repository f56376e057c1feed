#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tickstock {

/// The settings table as a page for people (Markdown): every setting by section, with default,
/// what is accepted, and when a change acts.
std::string config_reference_markdown();

/// JSON Schema (2020-12) of tickstock.json; those of the channel files stand in its `$defs` as
/// default_tick, production_tick, default_ohlcv and default_fmv.
std::string config_json_schema();

/// "server" of "server.port", "channels.tick" of "channels.tick.batching.strategy".
std::string section_of_setting(std::string_view name);

/// Every section with the number of its settings, in the table's order.
std::vector<std::pair<std::string, std::size_t>> setting_sections();

/// For `--help`: where settings come from, and the sections.
std::string settings_help();

/// Every setting with range, default and sentence, for a terminal.
std::string settings_page();

}  // namespace tickstock

#pragma once

#include <string>

namespace tickstock {

/// The settings table as a page for people (Markdown): every setting by section, with default,
/// what is accepted, and when a change acts.
std::string config_reference_markdown();

/// JSON Schema (2020-12) of tickstock.json; those of the channel files stand in its `$defs` as
/// default_tick, production_tick, default_ohlcv and default_fmv.
std::string config_json_schema();

}  // namespace tickstock

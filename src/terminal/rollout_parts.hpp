#pragma once

// Shows nlohmann-json: for the rollout_*.cpp files of this folder only.

#include <string_view>

#include "terminal/json_reader.hpp"
#include "terminal/rollout_screen.hpp"

namespace tickstock::rollout_parts {

using json_reader::Json;

// One section of the rollout's screen each, from the whole answer.
Lines head(const Json& rollout, const RolloutView& view);
Lines criteria(const Json& rollout);
Lines flags(const Json& rollout);
Lines symbols(const Json& rollout, std::size_t width);
Lines metrics(const Json& rollout);

/// The sentence that says how the integrator is installed; nothing when it is.
std::optional<Lines> not_installed(const Json& answer);

/// "  label      text", the text at one column for all.
StyledLine labelled(std::string_view label, std::string_view text, Style style = Style::Plain);

}  // namespace tickstock::rollout_parts

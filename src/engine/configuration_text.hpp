#pragma once

#include <string>

#include "config/config.hpp"

namespace tickstock {

/// Every setting that may change which events come out of which entries, a line each, with the
/// rules of people and the condition table's text. Two starts with the same text go on with each
/// other's state.
std::string configuration_text(const Config& config);

}  // namespace tickstock

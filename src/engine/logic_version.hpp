#pragma once

#include <cstdint>

namespace tickstock {

/// Of the market logic. To be raised with every change after which the same entries give other
/// events: a start under another version than the journal's begins a new epoch.
inline constexpr std::uint32_t logic_version = 7;

}  // namespace tickstock

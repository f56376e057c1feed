#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace tickstock {

// What a universe, a named set of symbols (SPEC 10), may look like. The same for those of the
// configuration's files and those of the API; the counts hold for each of the two by itself.

inline constexpr std::size_t universe_limit = 256;
inline constexpr std::size_t universe_name_limit = 40;
inline constexpr std::size_t universe_symbol_limit = 131'072;  ///< of one
/// Of all together: each shard holds a copy, 16 bytes a symbol.
inline constexpr std::size_t universe_total_limit = std::size_t{1} << 20;

/// 1 to 40 of a-z, 0-9, _ and -.
inline bool is_universe_name(std::string_view text) {
    return !text.empty() && text.size() <= universe_name_limit &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
           });
}

}  // namespace tickstock

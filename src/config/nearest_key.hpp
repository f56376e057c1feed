#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock {

/// Letters to insert, delete, replace or swap with their neighbour to make `a` into `b`, where each
/// letter is touched once (optimal string alignment). Case does not count.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of `candidates` that `key` was most likely meant to be: as a whole (swapped letters,
/// another beginning), or by its last part ("port" for "server.port"). Nothing when none is near.
/// Takes time with the candidates' number: meant for errors.
std::optional<std::string> nearest_key(std::string_view key,
                                       const std::vector<std::string>& candidates);

/// The same among all names of the settings table.
std::optional<std::string> nearest_setting(std::string_view name);

/// "unknown key, nearest is PORT; accepted beside it are ADDRESS, PORT", for an error.
std::string unknown_key_text(const std::optional<std::string>& nearest, std::string_view accepted);

}  // namespace tickstock

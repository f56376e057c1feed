#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tickstock {

/// The file's bytes. Nothing when it cannot be read or is longer than `limit` bytes: `errors` then
/// has one more line that says so.
std::optional<std::string> read_file_text(const std::filesystem::path& path, std::uintmax_t limit,
                                          std::vector<std::string>& errors);

/// The *.json of a folder, by name. A folder that is missing holds none; one that cannot be read is
/// an error.
std::vector<std::filesystem::path> json_files_of(const std::filesystem::path& folder,
                                                 std::vector<std::string>& errors);

}  // namespace tickstock

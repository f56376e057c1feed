#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/disk.hpp"

namespace tickstock {

// Small files of the rollout: evidence, incidents, audit. Texts, whole in memory, bounded.

/// Nothing when there is none. An error when it is larger than `limit` bytes or cannot be read.
DiskResult<std::optional<std::string>> read_small_file(Disk& disk, const std::string& path,
                                                       std::size_t limit);
/// The file has this text or, after any error or crash, the one before: written beside it, synced,
/// renamed. Not synced, a power cut may leave a torn one. REQUIRES: `folder` is the path's own.
DiskResult<DiskDone> replace_file(Disk& disk, const std::string& folder, const std::string& name,
                                  std::string_view text, bool synced = true);

}  // namespace tickstock

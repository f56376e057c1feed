#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace tickstock::validate {

class Workbench;

/// What `tickstock replay` of a journal, in a process of its own and with the same configuration,
/// says that the stream's hash is. An error holds the command's last words.
Result<std::uint64_t> replayed_hash(const Workbench& bench, const std::string& journal);

}  // namespace tickstock::validate

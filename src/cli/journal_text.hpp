#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "journal/journal.hpp"

namespace tickstock {

/// "2024-03-05T14:30:00.000000000Z".
std::string iso_time(UnixNanos time);

/// Appends the entry as one JSON object, without a line end: times as ISO, decimals exact.
/// `texts` = symbols by id; the entry's own are known.
void append_entry_json(std::string& out, const JournalEntry& entry,
                       const std::vector<SymbolText>& texts);

}  // namespace tickstock

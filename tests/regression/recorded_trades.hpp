#pragma once

#include <string>
#include <vector>

#include "support/naive_session_market.hpp"

/// Recorded days of trades, which are not committed: see tests/README.md.
namespace tickstock::naive {

/// The days' names.
const std::vector<std::string>& recorded_days();

/// Path of a file of the folder with the recorded days.
std::string recorded_file(const std::string& name);

/// The rows of a gzipped CSV file, quotes resolved, header left out.
std::vector<std::vector<std::string>> read_rows(const std::string& path);

/// All trades of a day and all its symbols, in the file's order. REQUIRES: has_trades(day).
Tape read_trades(const std::string& day);
bool has_trades(const std::string& day);

}  // namespace tickstock::naive

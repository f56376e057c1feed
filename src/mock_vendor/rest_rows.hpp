#pragma once

#include <cstddef>
#include <string>

#include "mock_vendor/tape.hpp"

namespace tickstock {

// One record each as the vendor's REST interface tells it, appended as a JSON object.

void append_trade_row(std::string& out, const Trade& trade);
void append_quote_row(std::string& out, const Quote& quote);
void append_bar_row(std::string& out, const Bar& bar);

/// A ticker of the snapshot: what its records below `passed` come to. False, with nothing appended,
/// when there are none. `day` and `min` are of the tape's last day; trades count whatever their
/// sale conditions.
bool append_snapshot_row(std::string& out, const Tape& tape, SymbolId symbol, std::size_t passed);

}  // namespace tickstock

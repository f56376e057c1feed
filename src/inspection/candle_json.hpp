#pragma once

#include <string>

#include "inspection/inspector.hpp"
#include "inspection/symbol_candles.hpp"

namespace tickstock {

/// The answer of GET /api/v1/symbols/{symbol}/candles. `whole_from`: all records from there on are
/// in; `through`: clock of the newest entry that was read; both time_unknown = none yet.
std::string candles_json(const CandleRequest& request, const SymbolCandles& candles,
                         UnixNanos whole_from, UnixNanos through);

}  // namespace tickstock

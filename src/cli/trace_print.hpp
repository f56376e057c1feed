#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inspection/trace_json.hpp"
#include "model/symbol.hpp"

namespace tickstock {

struct TracePrintOptions {
    bool events_only = false;  ///< only records that led to an event
    bool colors = false;
};

/// A trace for people: a line a record with its fate, its events below it, and the sums.
std::string trace_text(const TraceFacts& facts, const SymbolTracer& tracer,
                       const TracePrintOptions& options);

/// Up to three of `known` that are spelt most like `symbol`, "AAPL, APLE"; empty = none is near.
std::string nearest_symbols(std::string_view symbol, const std::vector<SymbolText>& known);

}  // namespace tickstock

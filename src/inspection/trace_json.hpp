#pragma once

#include <string>
#include <vector>

#include "inspection/symbol_tracer.hpp"

namespace tickstock {

/// What is said around a trace's records.
struct TraceFacts {
    std::string symbol;
    Sequence from;           ///< first record told of; 0 = none
    Sequence through;        ///< last entry looked at
    std::string begin_kind;  ///< behind what the state was at hand; see docs/trace.md
    Sequence begin;
    std::string note;                  ///< empty = nothing
    std::vector<std::string> sources;  ///< names by SourceId, as far as they are known
};

/// The answer of GET /api/v1/symbols/{symbol}/trace. `tracer` null = no record.
std::string trace_json(const TraceFacts& facts, const SymbolTracer* tracer);

/// "synthetic"; the kind of source where the name is not known.
std::string source_name(const TraceFacts& facts, const RecordHeader& header);

}  // namespace tickstock

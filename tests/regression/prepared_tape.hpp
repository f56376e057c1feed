#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "config/config.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"
#include "support/naive_session_market.hpp"

namespace tickstock::naive {

/// A tape after admission, intake and channels, with bars and fair values strewn in.
struct PreparedTape {
    struct Step {
        ChannelType channel = ChannelType::Tick;
        IntakeItem item;  ///< points into records
    };
    std::shared_ptr<SymbolTable> symbols;
    std::vector<Record> records;
    std::vector<Step> steps;  ///< in sequence order; fewer than records
};

PreparedTape prepare(Tape tape, const PipelineSettings& settings, std::uint64_t seed);

/// So many records of so many symbols, in turn, from 9:30 on.
Tape busy_morning(std::uint32_t symbols, std::size_t records);

}  // namespace tickstock::naive

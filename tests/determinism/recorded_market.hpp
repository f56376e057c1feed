#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "engine/multi_channel_system.hpp"
#include "model/record.hpp"

namespace tickstock::determinism {

/// Records of one source in admission order, as a reader gave them.
struct Market {
    std::vector<Record> records;
    std::vector<SymbolText> symbols;  ///< by the records' own ids
};

/// A synthetic morning of trades, quotes, bars and fair values: `symbols` busy names, `minutes`
/// long from 09:20 New York time.
Market synthetic_morning(std::uint64_t seed, unsigned symbols, int minutes);

/// A file of the recorded data; nothing where the data is absent.
std::optional<Market> recorded_file(const std::string& name);

/// How records are handed to the system.
struct Cuts {
    std::uint64_t seed = 0;         ///< of the batch lengths
    std::size_t longest_batch = 0;  ///< 0 = all in one
    bool ticks = false;             ///< clock ticks between batches, at times of their own
};

struct Outcome {
    std::uint64_t hash = 0;
    std::array<std::uint64_t, event_type_count> events{};  ///< by EventType
    bool accounting_closes = false;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome run(const Market& market, const PipelineSettings& settings, unsigned shards,
            const Cuts& cuts);

/// How the running engine is driven: its parts step by step in an order by dice, or with threads.
struct Driving {
    std::uint64_t seed = 0;
    bool threads = false;
    std::uint64_t until_hash = 0;  ///< threads run until the stream has it, or for 30 s
    std::size_t longest_batch = 500;
    unsigned lives = 1;  ///< it is stopped and started so often on the way
};

/// The same through the running engine, its journal on a disk in memory; the journal's replay too,
/// which must have the same hash.
Outcome run_live(const Market& market, const PipelineSettings& settings, unsigned shards,
                 const Driving& driving);

}  // namespace tickstock::determinism

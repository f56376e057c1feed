#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/state_archive.hpp"
#include "config/config.hpp"
#include "engine/bar_and_value_lanes.hpp"
#include "engine/tick_lane.hpp"
#include "model/symbol.hpp"
#include "regression/prepared_tape.hpp"

/// Detectors' lanes without the rest of the engine, for tests of their state.
namespace tickstock::naive {

/// One shard's three lanes.
class Lanes {
public:
    explicit Lanes(const PipelineSettings& settings)
        : tick_(settings), bars_(settings), values_(settings) {}

    void work(const PreparedTape::Step& step, const ClockIndex& clocks);
    TickLane& tick() { return tick_; }
    const TickLane& tick() const { return tick_; }
    /// Moves all finds out.
    void take(std::vector<Detection>& out);

    void save_symbol(SymbolId symbol, StateWriter& out) const;
    void load_symbol(SymbolId symbol, StateReader& in);
    void forget_symbol(SymbolId symbol);
    void save_totals(StateWriter& out) const;
    void add_totals(StateReader& in);

private:
    TickLane tick_;
    BarLane bars_;
    ValueLane values_;
};

/// Plays a tape through one or several shards' lanes, a chunk at a time.
class LaneRun {
public:
    LaneRun(const PreparedTape& tape, const PipelineSettings& settings, unsigned shards);

    /// The next so many records, or all that are left.
    void work(std::size_t records);
    /// All deadlines.
    void finish();
    bool at_end() const { return at_ == tape_.records.size(); }

    /// All state through bytes into so many fresh shards, symbols placed anew.
    void reload(unsigned shards, std::uint64_t seed);
    void move(SymbolId symbol, unsigned to);

    std::uint32_t symbols() const { return static_cast<std::uint32_t>(shard_of_.size()); }
    unsigned shards() const { return static_cast<unsigned>(shards_.size()); }
    unsigned shard_of(SymbolId symbol) const { return shard_of_[symbol.value()]; }
    Lanes& lanes(unsigned shard) { return *shards_[shard]; }

    /// Bytes of every find, in the one order.
    const std::vector<std::string>& found() const { return found_; }
    const std::map<std::string, std::uint64_t>& found_by_type() const { return by_type_; }
    std::string saved(SymbolId symbol) const;
    /// Of all shards, added up, with what rules did.
    std::string saved_totals() const;
    UnixNanos next_deadline() const;
    std::uint64_t open_seconds() const;
    std::uint64_t open_deadlines() const;

private:
    void collect();
    void save_summed_totals(StateWriter& out) const;

    const PreparedTape& tape_;
    const PipelineSettings settings_;
    std::vector<std::unique_ptr<Lanes>> shards_;
    std::vector<unsigned> shard_of_;  // by SymbolId
    std::size_t at_ = 0;              // of records
    std::size_t step_ = 0;
    std::vector<std::string> found_;
    std::map<std::string, std::uint64_t> by_type_;
};

}  // namespace tickstock::naive

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/circuit_breaker.hpp"
#include "base/state_archive.hpp"
#include "config/config.hpp"
#include "metrics/histogram.hpp"
#include "model/accounting.hpp"
#include "model/enums.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"
#include "router/router_statistics.hpp"
#include "router/symbol_placement.hpp"

namespace tickstock {

/// Record kind -> channel, symbol -> shard. Placement decides where work is done and never what
/// comes out. Sequencer's thread; O(1) per record, no clock, no allocation per record.
///
/// The circuit opens after RouterSettings::circuit_failures records in a row that had no channel
/// or no healthy one. While it is open no symbol moves and new ones go where the hash puts them;
/// records go on as ever, for nothing may be lost.
class DataChannelRouter {
public:
    /// Hash based. `shards` ≥ 1.
    explicit DataChannelRouter(unsigned shards);
    DataChannelRouter(unsigned shards, const RouterSettings& settings);

    /// The record's channel, counted; nothing (and counted by reason) when it has none.
    std::optional<ChannelType> route(const Record& record);

    /// The symbol's shard: the one of the last decision about it, else the hash's.
    unsigned shard_of(SymbolId symbol, const SymbolTable& symbols) {
        return placement_.shard_of(symbol, symbols);
    }

    // Where symbols live. What is proposed is journaled, then applied: see SymbolPlacement.

    /// Monotonic time for the circuit and the moves, and what the engine knows of a channel.
    void update_health(unsigned shard, ChannelType channel, const ShardHealth& health, Nanos now);
    /// Of symbols that nobody has asked shard_of() about; nothing when the hash is right for all.
    std::optional<PlaceSymbols> place_new(std::span<const SymbolId> symbols,
                                          const SymbolTable& table);
    /// Away from unhealthy shards, or to where a new rule wants them; at most 500 at a time.
    std::optional<PlaceSymbols> moves(Nanos now, const SymbolTable& table);
    /// `now` = monotonic; a replay gives none.
    void apply(const PlaceSymbols& places, const SymbolTable& table, Nanos now = Nanos::min()) {
        placement_.apply(places, table, now);
    }
    std::optional<Error> add_rule(RoutingRule rule) { return placement_.add_rule(std::move(rule)); }
    bool remove_rule(std::string_view name) { return placement_.remove_rule(name); }
    const SymbolPlacement& placement() const { return placement_; }

    // What others know and the statistics tell.

    /// So long took the routing of so many records together; none = nothing was routed.
    void record_time(std::uint64_t records, Nanos routing) {
        if (records != 0) {
            routing_time_.record(routing / static_cast<std::int64_t>(records));
        }
    }
    /// Of place_new() or moves().
    void record_selection_time(Nanos selection) { selection_time_.record(selection); }
    /// Input of no known kind, since the last call.
    void add_unidentified(std::uint64_t count) { add_errors(RoutingError::Unidentified, count); }
    /// Records of batches that took too long, since the last call.
    void add_timed_out(std::uint64_t count) { add_errors(RoutingError::TimedOut, count); }

    const StageCounts& counts() const { return counts_; }
    const std::array<std::uint64_t, 6>& routes_by_kind() const { return by_kind_; }
    const CircuitBreaker& circuit() const { return circuit_; }
    /// A record's share, by what was timed together.
    const Histogram& routing_time() const { return routing_time_; }
    const Histogram& selection_time() const { return selection_time_; }
    RouterStatistics statistics() const;

    /// Counts for a snapshot, and added to these. Times are not in it.
    void save_totals(StateWriter& out) const;
    void add_totals(StateReader& in);

    /// Pure: trades, quotes, trading status and second bars → tick; longer bars → ohlcv; fair
    /// values → fmv.
    static std::optional<ChannelType> channel_of(const Record& record);
    /// Pure: the shard of `shards` with the highest hash of (symbol, shard).
    static unsigned rendezvous(std::string_view symbol, unsigned shards);

private:
    void add_errors(RoutingError error, std::uint64_t count) {
        errors_[static_cast<std::size_t>(error)] += count;
    }
    void fail(RoutingError error);
    void note_symbol(SymbolId symbol, std::size_t channel);

    SymbolPlacement placement_;
    CircuitBreaker circuit_;
    const RouterStrategy strategy_;
    Nanos now_{0};  // monotonic, as last told; the hot path reads no clock
    StageCounts counts_;
    std::array<std::uint64_t, 6> by_kind_{};
    std::array<std::uint64_t, channel_type_count> by_channel_{};
    std::vector<std::uint8_t> seen_;  // by symbol: a bit a channel that had a record of it
    std::array<std::uint64_t, channel_type_count> symbols_{};  // of these, by channel
    std::array<std::uint64_t, routing_error_count> errors_{};
    UnixNanos last_activity_;
    Histogram routing_time_;
    Histogram selection_time_;
};

}  // namespace tickstock

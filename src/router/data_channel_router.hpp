#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/accounting.hpp"
#include "model/enums.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// Record kind -> channel, symbol -> shard. Placement decides where work is done and never what
/// comes out. Engine thread; O(1) per record.
class DataChannelRouter {
public:
    /// `shards` ≥ 1.
    explicit DataChannelRouter(unsigned shards);

    /// The record's channel, counted; nothing (and counted by reason) when it has none.
    std::optional<ChannelType> route(const Record& record);

    /// The symbol's shard; decided on first sight by rendezvous hashing of its text.
    unsigned shard_of(SymbolId symbol, const SymbolTable& symbols);

    const StageCounts& counts() const { return counts_; }
    const std::array<std::uint64_t, 6>& routes_by_kind() const { return by_kind_; }

    /// Pure: trades, quotes, trading status and second bars → tick; longer bars → ohlcv; fair
    /// values → fmv.
    static std::optional<ChannelType> channel_of(const Record& record);
    /// Pure: the shard of `shards` with the highest hash of (symbol, shard).
    static unsigned rendezvous(std::string_view symbol, unsigned shards);

private:
    const unsigned shards_;
    std::vector<std::uint16_t> placement_;  // by SymbolId; unplaced until first sight
    StageCounts counts_;
    std::array<std::uint64_t, 6> by_kind_{};
};

}  // namespace tickstock

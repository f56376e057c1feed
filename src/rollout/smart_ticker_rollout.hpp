#pragma once

#include <cstdint>
#include <vector>

#include "model/rollout.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// What is known of a symbol's ordinary days; means over at most the last 20 with a trade.
struct SymbolStatistics {
    SymbolText symbol;
    std::uint32_t days = 0;       ///< 0 = unknown
    double daily_volume = 0;      ///< shares
    double daily_volatility = 0;  ///< (high − low) / close
    double daily_events = 0;
};

/// S4's SmartTickerRollout: which symbols go first. Pure.
class SmartTickerRollout {
public:
    /// Limits of S4; unknown = High.
    static RiskTier assess(const SymbolStatistics& statistics);

    /// For `buckets` hundredths of a percent of all symbols: up to 1 % of Low alone, up to 10 % of
    /// Low then Medium, above proportionally of all. What `before` (under `before_buckets`) selects
    /// stays while the share does not shrink, whatever its tier has become.
    static RolloutSelection select(const std::vector<SymbolStatistics>& symbols,
                                   std::uint16_t buckets, const RolloutSelection& before,
                                   std::uint16_t before_buckets);
};

}  // namespace tickstock

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "model/event.hpp"
#include "support/naive_session_market.hpp"

/// A second, obvious and slow way from trades, quotes and fair values to valuation events, written
/// from SPEC sections 2, 3, 7.6, 9 and 11 alone. Every record stays in a list that each fair value
/// reads again.
namespace tickstock::naive {

struct ValuationFact {
    std::int64_t fire = 0;
    std::uint64_t sequence = 0;
    std::string symbol;
    Direction direction = Direction::None;
    TradingSession session = TradingSession::Regular;
    std::int64_t ts = 0;
    std::int64_t fair_value = 0;
    std::int64_t reference = 0;
    double confidence = 0;
    double deviation = 0;
    double strength = 0;
    std::uint64_t id = 0;
    std::uint64_t source_sequence = 0;
};

/// Why fair values made no event or did, so that a test can tell that its input was rich enough.
struct ValuationStory {
    std::uint64_t no_reference = 0;
    std::uint64_t low_confidence = 0;
    std::uint64_t implausible = 0;
    std::uint64_t small = 0;            ///< under 1 %, not under 0.8 %
    std::uint64_t rearmed = 0;          ///< after an emission
    std::uint64_t emitted_armed = 0;    ///< first, or after a re-arming
    std::uint64_t emitted_turned = 0;   ///< the sign changed, not re-armed
    std::uint64_t emitted_further = 0;  ///< a point further out, not re-armed
    std::uint64_t told_already = 0;
    std::uint64_t cooling = 0;         ///< would have been told but for the cooldown
    std::uint64_t muted = 0;           ///< would have been told but for the halt
    std::uint64_t by_given_price = 0;  ///< accepted, by reference
    std::uint64_t by_trade = 0;
    std::uint64_t by_quote = 0;
    std::uint64_t confidence_given = 0;  ///< accepted
    std::uint64_t confidence_computed = 0;
    std::uint64_t in_closed = 0;  ///< events outside every trading session
    std::uint64_t session_changes = 0;
};

struct ValuationRun {
    std::vector<ValuationFact> facts;  ///< in stream order
    ValuationStory story;
};

/// Trades must be such that the sanity guard lets them pass.
ValuationRun valuations_of(const Tape& tape, const PipelineSettings& settings);

}  // namespace tickstock::naive

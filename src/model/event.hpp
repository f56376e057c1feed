#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/price.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// Where a detection or event stands in the one order (SPEC 9): by fire, sequence, phase, symbol
/// text, rank, k. The same for any number of shards.
struct OrderKey {
    UnixNanos fire;          ///< the record's clock, or the deadline
    Sequence sequence;       ///< the record, or the first journal entry at or after the deadline
    std::uint8_t phase = 1;  ///< 0 = a deadline's, 1 = a record's
    EventType rank = EventType::High;
    std::uint32_t k = 0;  ///< n-th output of that (symbol, rank)
};

/// A turning pattern of emitted extremes.
enum class Reversal : std::uint8_t { None, WBottom, MTop, VBottom, VTop };

struct HighLowData {
    Price session_high;
    Price session_low;
    double vwap = 0;  ///< null in the body while !has_vwap
    bool has_vwap = false;
    Price previous_high;  ///< last emitted before this one, or the session's open
    Price previous_low;
    std::uint32_t count_up = 0;  ///< emitted this session, this one included
    std::uint32_t count_down = 0;
    std::uint32_t coalesced =
        0;                      ///< new extremes of the kind since the last emission, this included
    double percent_change = 0;  ///< of price, from the session's open
    double vwap_divergence = 0;
    double rel_volume = 0;
    double significance = 0;
    Reversal reversal = Reversal::None;
    Direction trend_flag = Direction::None;
    Direction surge_flag = Direction::None;
    bool cancelled = false;  ///< a later correction took back the trade behind this event
};

/// A fact about the feed or a symbol's trading rather than the market.
struct ControlData {
    enum class Kind : std::uint8_t { Halt, Resume, SourceGap, SourceRecovered };
    Kind kind = Kind::Halt;
    std::array<char, 15> reason{};  ///< the source's word, zero padded
};

// TrendData, SurgeData, ValuationData join here with their detectors.
using EventData = std::variant<HighLowData, ControlData>;

/// Why the event may be believed.
struct Evidence {
    TradeId trade_id;
    std::uint64_t source_sequence = 0;  ///< the source's own, 0 = none
    ConditionList conditions;
    std::uint8_t exchange = 0;
    Price prior_extreme;         ///< the session extreme that this one passed
    UnixNanos prior_extreme_ts;  ///< time of the trade that had set it
    MarketPeriod period = MarketPeriod::Midday;
    std::int64_t min_price_change_e12 = 0;  ///< USD × 1e12, period's multiplier applied
    std::int64_t min_percent_change_e12 = 0;
    bool configured = false;  ///< thresholds differ from the built-in defaults
};

/// What one detector found: a value, complete, with no id yet.
struct Detection {
    OrderKey key;
    SymbolId symbol;
    EventType type = EventType::High;
    Direction direction = Direction::None;
    Timeframe timeframe = Timeframe::None;
    SourceKind source = SourceKind::Tick;
    TradingSession session = TradingSession::Regular;
    std::int64_t session_key = 0;  ///< grows with time, one value a trading session (SessionSpan)
    Price price;
    UnixNanos ts;  ///< of the trade (or sample, or bar end) that the event is about
    double confidence = 1;
    Size volume;       ///< size of the trade or bar that the event is about
    double score = 0;  ///< the type's own strength: significance, |S|, score, strength
    /// A correction's revision of the last emission of (symbol, type): same id, rev + 1.
    bool revises_last = false;
    EventData data;
    Evidence evidence;
};

/// A coordinated, prioritized fact: what is encoded and published. Never changes after.
struct Event {
    Detection detection;
    std::uint64_t id = 0;  ///< XXH64 of SPEC 11; published as 16 hex digits
    std::uint32_t revision = 0;
    std::uint8_t priority = 4;  ///< class 1 (first) … 4
    /// Sources that told the same fact before publication, as bits of SourceKind.
    std::uint8_t corroborated_by = 0;
};

std::string_view to_string(Reversal reversal);
std::string_view to_string(ControlData::Kind kind);

/// Orders by OrderKey with symbol texts from `symbols`.
bool comes_before(const OrderKey& a, SymbolId symbol_a, const OrderKey& b, SymbolId symbol_b,
                  const SymbolTable& symbols);

}  // namespace tickstock

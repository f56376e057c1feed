#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/assert.hpp"
#include "base/price.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// What comes first among detections of one symbol at one instant (SPEC 9). A bar's events share
/// one rank, whatever their type.
enum class EventRank : std::uint8_t { Trend, Surge, High, Low, Bar, Valuation, Rule, Control };

/// The rank of a detection that is not a bar's.
EventRank rank_of(EventType type);

/// Where a detection or event stands in the one order (SPEC 9): by fire, sequence, phase, symbol
/// text, rank, k. The same for any number of shards.
struct OrderKey {
    UnixNanos fire;          ///< the record's clock, or the deadline
    Sequence sequence;       ///< the record, or the first journal entry at or after the deadline
    std::uint8_t phase = 1;  ///< 0 = a deadline's, 1 = a record's
    EventRank rank = EventRank::High;
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

enum class Strength : std::uint8_t { Weak, Moderate, Strong };

/// SPEC 7.3. Scores lie in −1…1, positive = up.
struct TrendData {
    enum class VwapPosition : std::uint8_t { Unknown, Above, Below };
    /// Against the last emitted direction.
    enum class Turn : std::uint8_t { None, UpNowDown, DownNowUp };

    Strength strength = Strength::Weak;
    double score = 0;
    double score_short = 0;   ///< the window of 180 s
    double score_medium = 0;  ///< 360 s
    double score_long = 0;    ///< 600 s
    VwapPosition vwap_position = VwapPosition::Unknown;
    std::int64_t age_seconds = 0;  ///< since the emission that set the direction
    Turn turn = Turn::None;
    std::uint32_t count_up = 0;  ///< emitted this session, this one included
    std::uint32_t count_down = 0;
};

/// SPEC 7.4.
struct SurgeData {
    enum class Trigger : std::uint8_t {
        PriceAndVolume,
        Price,
        Volume,
        PriceDriven,
        VolumeDriven,
    };

    double magnitude = 0;  ///< signed percent against the baseline
    double score = 0;      ///< 0…100
    Strength strength = Strength::Weak;
    Trigger trigger = Trigger::PriceAndVolume;
    double volume_multiplier = 0;
    UnixNanos expiration;
    std::uint32_t daily_count = 0;  ///< of the exchange's date, both directions, this one included
    Price baseline;                 ///< the price that it left
};

/// SPEC 7.5, any type of event that a bar makes.
struct BarData {
    double percent_change = 0;
    double volume_multiplier = 0;  ///< volume / average volume
};

/// SPEC 7.6. The direction tells the signal: up = undervalued, down = overvalued.
struct ValuationData {
    Price fair_value;
    Price reference;       ///< the market price that it was compared with
    double deviation = 0;  ///< percent of the reference, positive = undervalued
    double strength = 0;   ///< 0…1
};

/// Text of up to N bytes, held in place, zero padded.
template <std::size_t N>
class FixedText {
public:
    static constexpr std::size_t capacity = N;

    FixedText() = default;
    /// REQUIRES: text.size() <= N.
    explicit FixedText(std::string_view text) {
        TS_ASSERT(text.size() <= N);
        text.copy(bytes_.data(), text.size());
    }
    std::string_view view() const { return {bytes_.data(), strnlen(bytes_.data(), N)}; }
    bool empty() const { return bytes_[0] == 0; }
    friend bool operator==(const FixedText&, const FixedText&) = default;

private:
    std::array<char, N> bytes_{};
};

/// Name of a source rule or user rule.
using RuleName = FixedText<40>;

/// A user rule's condition has come true.
struct RuleData {
    RuleName rule;
    std::uint32_t count = 0;  ///< of this rule and symbol in the session, this one included
};

using EventData =
    std::variant<HighLowData, ControlData, TrendData, SurgeData, BarData, ValuationData, RuleData>;

/// Limits that a detector applied, each an exact decimal under a name that lives for ever.
class ThresholdList {
public:
    static constexpr std::size_t capacity = 8;
    struct Threshold {
        const char* name = nullptr;
        std::int64_t value_e12 = 0;
    };

    /// REQUIRES: fewer than `capacity` so far.
    void add(const char* name, std::int64_t value_e12) {
        TS_ASSERT(count_ < capacity);
        items_[count_++] = {name, value_e12};
    }
    std::span<const Threshold> items() const { return {items_.data(), count_}; }

private:
    std::array<Threshold, capacity> items_{};
    std::uint8_t count_ = 0;
};

/// What a source rule did to a detection.
struct RuleMark {
    enum class Action : std::uint8_t { Passed, Transformed, Enriched };
    RuleName rule;
    Action action = Action::Passed;
    RuleName field;    ///< set or added; empty when only passed
    double value = 0;  ///< what it became
};

/// Why the event may be believed. A member that does not apply keeps its default and is published
/// as null.
struct Evidence {
    TradeId trade_id;
    std::uint64_t source_sequence = 0;  ///< the source's own, 0 = none
    ConditionList conditions;
    LuldBand luld_band = LuldBand::None;  ///< the trade stood at or beyond it
    std::uint8_t exchange = 0;
    Price prior_extreme;         ///< the extreme that this one passed; 0 = none
    UnixNanos prior_extreme_ts;  ///< time of the trade or bar that had set it
    MarketPeriod period = MarketPeriod::Midday;
    ThresholdList thresholds;       ///< as applied: multipliers and factors are in
    bool configured = false;        ///< the detector's settings differ from the built-in defaults
    const char* rule_version = "";  ///< "high_low/1": the logic; lives for ever
    std::vector<RuleMark> rules;    ///< source rules that a person configured and that acted on it
};

/// Where a detection comes from. For traces and storage only: what of it is published stands in the
/// evidence.
struct SourceContext {
    SourceId source;
    UnixNanos ts_recv;
    Sequence sequence;  ///< the journal's, of the record behind the detection
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
    double score = 0;  ///< the type's own: significance, |S|, score, strength, volume multiple
    /// A correction's revision of the last emission of (symbol, type): same id, rev + 1.
    bool revises_last = false;
    /// A bar's high or low that trades of the session had reached before: corroboration only.
    bool known_from_trades = false;
    EventData data;
    Evidence evidence;
    SourceContext context;
};

/// A coordinated, prioritized fact: what is encoded and published. Never changes after.
struct Event {
    Detection detection;
    std::uint64_t id = 0;  ///< XXH64 of SPEC 11; published as 16 hex digits
    std::uint32_t revision = 0;
    std::uint8_t priority = 4;  ///< class 1 (first) … 4
    /// Other sources heard before publication, as bits of SourceKind: those that told the same
    /// direction, and those that told another and lost.
    std::uint8_t corroborated_by = 0;
    std::uint8_t suppressed = 0;
};

std::string_view to_string(Reversal reversal);
std::string_view to_string(ControlData::Kind kind);
std::string_view to_string(Strength strength);
std::string_view to_string(TrendData::VwapPosition position);
std::string_view to_string(TrendData::Turn turn);
std::string_view to_string(SurgeData::Trigger trigger);
std::string_view to_string(RuleMark::Action action);

/// Orders by OrderKey with symbol texts from `symbols`.
bool comes_before(const OrderKey& a, SymbolId symbol_a, const OrderKey& b, SymbolId symbol_b,
                  const SymbolTable& symbols);

}  // namespace tickstock

#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "base/price.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/event_data.hpp"
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

    template <class Archive>
    void archive(Archive& a) {
        a(fire, sequence, phase, rank, k);
    }
};

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

    template <class Archive>
    void archive(Archive& a) {
        a(count_);
        if (count_ > capacity) {  // no state of ours
            count_ = 0;
            if constexpr (Archive::is_loading) {
                a.fail();
            }
        }
        for (std::size_t i = 0; i < count_; ++i) {
            a(items_[i].name, items_[i].value_e12);
        }
    }

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

    template <class Archive>
    void archive(Archive& a) {
        a(rule, action, field, value);
    }
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

    template <class Archive>
    void archive(Archive& a) {
        a(trade_id, source_sequence, conditions, luld_band, exchange, prior_extreme,
          prior_extreme_ts, period, thresholds, configured, rule_version, rules);
    }
};

/// Where a detection comes from. For traces and storage only: what of it is published stands in the
/// evidence.
struct SourceContext {
    SourceId source;
    UnixNanos ts_recv;
    Sequence sequence;  ///< the journal's, of the record behind the detection

    template <class Archive>
    void archive(Archive& a) {
        a(source, ts_recv, sequence);
    }
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

    template <class Archive>
    void archive(Archive& a) {
        a(key, symbol, type, direction, timeframe, source, session, session_key, price, ts,
          confidence, volume, score, revises_last, known_from_trades, data, evidence, context);
    }
};

/// A coordinated, prioritized fact: what is encoded and published. Never changes after.
struct Event {
    Detection detection;
    std::uint64_t id = 0;  ///< XXH64 of SPEC 11; published as 16 hex digits
    std::uint32_t revision = 0;
    std::uint8_t priority = 4;  ///< class 1 (first) … 4
    /// 0…1 within the class: what a lagging client and storage get first. Never published.
    double priority_score = 0;
    /// Other sources heard before publication, as bits of SourceKind: those that told the same
    /// direction, and those that told another and lost.
    std::uint8_t corroborated_by = 0;
    std::uint8_t suppressed = 0;

    template <class Archive>
    void archive(Archive& a) {
        a(detection, id, revision, priority, priority_score, corroborated_by, suppressed);
    }
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

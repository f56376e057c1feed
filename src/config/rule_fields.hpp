#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/config.hpp"
#include "expression/expression.hpp"
#include "expression/field.hpp"

namespace tickstock {

/// Fields of event rules: a closed second bar and its symbol's session (detectors/user_rule.cpp
/// fills them).
inline constexpr std::array<Field, 23> event_rule_fields{{
    {"price", ValueType::Number, "last price of the second, USD"},
    {"volume", ValueType::Number, "shares traded in the second"},
    {"vwap", ValueType::Number, "volume-weighted average price of the session, USD"},
    {"vwap_divergence", ValueType::Number, "price against vwap, percent"},
    {"percent_change", ValueType::Number, "price against the session's open, percent"},
    {"session_open", ValueType::Number, "first price of the session, USD; 0 before it"},
    {"session_high", ValueType::Number, "USD; 0 before the first price"},
    {"session_low", ValueType::Number, "USD; 0 before the first price"},
    {"percent_from_high", ValueType::Number, "price against session_high, percent, 0 or less"},
    {"percent_from_low", ValueType::Number, "price against session_low, percent, 0 or more"},
    {"session_volume", ValueType::Number, "shares traded in the session"},
    {"session_trades", ValueType::Number, "trades that made session_volume"},
    {"mean_size", ValueType::Number, "session_volume / session_trades, shares"},
    {"trend", ValueType::Number, "trend of the symbol: 1 up, -1 down, 0 none"},
    {"surge", ValueType::Number, "surge that is not over: 1 up, -1 down, 0 none"},
    {"seconds_of_session", ValueType::Number, "since the session's begin"},
    {"seconds_left", ValueType::Number, "to the session's end"},
    {"premarket", ValueType::Boolean, "04:00 to 09:30"},
    {"regular", ValueType::Boolean, "09:30 to 16:00 (13:00 on early-close days)"},
    {"afterhours", ValueType::Boolean, "from the close to 20:00 (17:00)"},
    {"opening", ValueType::Boolean, "first 15 minutes of regular"},
    {"midday", ValueType::Boolean, "regular without opening and closing"},
    {"closing", ValueType::Boolean, "last 30 minutes of regular"},
}};

/// Fields of filter, transform and enrich rules: a detection (rules/detection_values.cpp). 0 where
/// a type has none.
inline constexpr std::array<Field, 26> detection_rule_fields{{
    {"price", ValueType::Number, "of the event, USD"},
    {"volume", ValueType::Number, "shares of the trade, second or bar behind it"},
    {"score", ValueType::Number,
     "high, low: significance; trend: |S|; surge: score; valuation: "
     "strength"},
    {"confidence", ValueType::Number, "0 to 1"},
    {"direction", ValueType::Number, "1 up, -1 down, 0 none"},
    {"count", ValueType::Number, "n-th of its direction in the session (surge: of the day)"},
    {"percent_change", ValueType::Number, "high, low: from the session's open; bars: of the bar"},
    {"rel_volume", ValueType::Number, "high, low: size against the mean trade"},
    {"volume_multiplier", ValueType::Number, "surge, bars: volume against the usual"},
    {"magnitude", ValueType::Number, "surge: percent against the baseline, signed"},
    {"strength", ValueType::Number, "trend, surge: 1 weak, 2 moderate, 3 strong"},
    {"trend_score", ValueType::Number, "trend: S, -1 to 1"},
    {"trend_age", ValueType::Number, "trend: seconds since its direction was set"},
    {"deviation", ValueType::Number, "valuation: percent of the market price, + undervalued"},
    {"fair_value", ValueType::Number, "valuation: USD"},
    {"vwap", ValueType::Number, "high, low: of the session, USD; 0 before any volume"},
    {"vwap_divergence", ValueType::Number, "high, low: percent"},
    {"session_high", ValueType::Number, "high, low: USD"},
    {"session_low", ValueType::Number, "high, low: USD"},
    {"coalesced", ValueType::Number, "high, low: new extremes since the last event"},
    {"timeframe_seconds", ValueType::Number, "events of bars: 60 to 86400; else 0"},
    {"premarket", ValueType::Boolean, "04:00 to 09:30"},
    {"regular", ValueType::Boolean, "09:30 to 16:00 (13:00 on early-close days)"},
    {"afterhours", ValueType::Boolean, "from the close to 20:00 (17:00)"},
    {"opening", ValueType::Boolean, "first 15 minutes of regular"},
    {"closing", ValueType::Boolean, "last 30 minutes of regular"},
}};

/// Fields of validate rules: a record (rules/record_values.cpp). A rule looks at the records that
/// have all fields that it uses.
inline constexpr std::array<Field, 17> record_rule_fields{{
    {"delay_seconds", ValueType::Number, "any record: received after its own time"},
    {"price", ValueType::Number, "trade: USD"},
    {"size", ValueType::Number, "trade: shares"},
    {"exchange", ValueType::Number, "trade: the venue's number"},
    {"report_delay_seconds", ValueType::Number, "trade: reported after execution; 0 if not told"},
    {"open", ValueType::Number, "bar: USD"},
    {"high", ValueType::Number, "bar: USD"},
    {"low", ValueType::Number, "bar: USD"},
    {"close", ValueType::Number, "bar: USD"},
    {"volume", ValueType::Number, "bar: shares"},
    {"percent_change", ValueType::Number, "bar: close against open unless given, percent"},
    {"bar_vwap", ValueType::Number, "bar: USD; 0 if not told"},
    {"transactions", ValueType::Number, "bar: trades in it; 0 if not told"},
    {"timeframe_seconds", ValueType::Number, "bar: 1 to 86400"},
    {"value", ValueType::Number, "fair value: USD"},
    {"market_price", ValueType::Number, "fair value: the price that came with it; 0 if none"},
    {"confidence", ValueType::Number, "fair value: 0 to 1; -1 if not told"},
}};
inline constexpr std::size_t first_trade_field = 1;
inline constexpr std::size_t first_bar_field = 5;
inline constexpr std::size_t first_fair_value_field = 14;

/// Place of a field in its catalogue; a name that is not in it does not compile.
template <std::size_t N>
consteval std::size_t field_index(const std::array<Field, N>& fields, std::string_view name) {
    for (std::size_t i = 0; i < N; ++i) {
        if (fields[i].name == name) {
            return i;
        }
    }
    throw "no such field";
}

/// What rules of a kind may look at.
FieldCatalogue fields_of(RuleKind kind);

/// The records that a validate rule looks at: those that have all fields that it uses.
struct RecordKinds {
    bool trades = true;
    bool bars = true;
    bool fair_values = true;

    bool any() const { return trades || bars || fair_values; }
};
RecordKinds record_kinds_of(const Expression& condition);

/// What a transform rule may set: "confidence", "score". Price, time and type are facts.
inline constexpr std::array<std::string_view, 2> transform_targets{"confidence", "score"};

/// "filter", "validate", "transform", "enrich", "event".
std::string_view to_string(RuleKind kind);

/// The rule's condition, compiled; `1 == 1` where it has none.
Result<Expression, ExpressionError> compile_condition(const UserRule& rule);

/// The value of a transform or enrich rule, compiled.
Result<Expression, ExpressionError> compile_value(const UserRule& rule);

}  // namespace tickstock

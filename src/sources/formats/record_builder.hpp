#pragma once

#include <string_view>

#include "model/record.hpp"
#include "sources/formats/decode_context.hpp"
#include "sources/formats/field_values.hpp"

namespace tickstock {

// The fields of one row as text, whatever the format. Empty = not given. A decoder maps its
// columns or keys to these; the rules of SPEC 2 for values stand in the builders, once.

struct TradeFields {
    std::string_view symbol;
    std::string_view price;
    std::string_view size;
    std::string_view timestamp;
    std::string_view execution_time;
    std::string_view conditions;
    std::string_view exchange;
    std::string_view tape;
    std::string_view correction;  ///< above 255 counts as 255: any but 0 means "no trade"
    std::string_view id;
    std::string_view sequence;
};

struct QuoteFields {
    std::string_view symbol;
    std::string_view bid;
    std::string_view ask;
    std::string_view bid_size;
    std::string_view ask_size;
    std::string_view bid_exchange;
    std::string_view ask_exchange;
    std::string_view conditions;  ///< the first one is kept
    std::string_view tape;
    std::string_view timestamp;
    std::string_view sequence;
};

struct BarFields {
    std::string_view symbol;
    std::string_view open;
    std::string_view high;
    std::string_view low;
    std::string_view close;
    std::string_view volume;
    std::string_view vwap;
    std::string_view session_vwap;
    std::string_view average_volume;
    std::string_view percent_change;
    std::string_view transactions;
    std::string_view timestamp;  ///< the bar's start
    Timeframe timeframe = Timeframe::Minute1;
};

struct FairValueFields {
    std::string_view symbol;
    std::string_view value;
    std::string_view market_price;
    std::string_view confidence;
    std::string_view timestamp;
};

struct StatusFields {
    std::string_view symbol;
    std::string_view band_upper;
    std::string_view band_lower;
    std::string_view reason;  ///< cut to what the record holds
    std::string_view timestamp;
    std::string_view sequence;
    TradingStatus::Action action = TradingStatus::Action::None;
};

/// Each builder checks every field, interns the symbol when all are good, and fills `out`.
/// Anything but field_ok leaves `out` and the symbol cache as they were.
FieldStatus build_trade(const TradeFields& fields, DecodeContext& context, Record& out);
FieldStatus build_quote(const QuoteFields& fields, QuoteSizeRule size_rule, DecodeContext& context,
                        Record& out);
FieldStatus build_bar(const BarFields& fields, DecodeContext& context, Record& out);
FieldStatus build_fair_value(const FairValueFields& fields, DecodeContext& context, Record& out);
FieldStatus build_status(const StatusFields& fields, DecodeContext& context, Record& out);

}  // namespace tickstock

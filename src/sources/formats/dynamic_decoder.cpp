#include "sources/formats/dynamic_decoder.hpp"

#include <array>
#include <optional>

#include "sources/formats/identify.hpp"
#include "sources/formats/record_builder.hpp"

namespace tickstock {
namespace {

FieldStatus build_trade_of(const DynamicObject& object, DecodeContext& context, Record& out) {
    TradeFields fields;
    fields.symbol = object[DynamicKey::Symbol];
    fields.price = object[DynamicKey::Price];
    fields.size = object.has(DynamicKey::Size) ? object[DynamicKey::Size] : "0";
    fields.timestamp = object[DynamicKey::Timestamp];
    fields.execution_time = object[DynamicKey::ExecutionTime];
    fields.conditions = object[DynamicKey::Conditions];
    fields.exchange = object[DynamicKey::Exchange];
    fields.tape = object[DynamicKey::Tape];
    fields.correction = object[DynamicKey::Correction];
    fields.id = object[DynamicKey::Id];
    fields.sequence = object[DynamicKey::SourceSequence];
    std::uint8_t exchange = 0;
    if (read_small(fields.exchange, exchange) != field_ok) {
        fields.exchange = {};  // a name of a venue: we keep ids only
    }
    return build_trade(fields, context, out);
}

FieldStatus build_quote_of(const DynamicObject& object, DecodeContext& context, Record& out) {
    QuoteFields fields;
    fields.symbol = object[DynamicKey::Symbol];
    fields.bid = object[DynamicKey::Bid];
    fields.ask = object[DynamicKey::Ask];
    fields.bid_size = object[DynamicKey::BidSize];
    fields.ask_size = object[DynamicKey::AskSize];
    fields.conditions = object[DynamicKey::Conditions];
    fields.timestamp = object[DynamicKey::Timestamp];
    fields.sequence = object[DynamicKey::SourceSequence];
    return build_quote(fields, QuoteSizeRule::Shares, context, out);
}

std::optional<Timeframe> parse_timeframe(std::string_view text) {
    struct Name {
        std::string_view text;
        Timeframe timeframe;
    };
    static constexpr std::array timeframes{
        Name{"", Timeframe::Minute1},       Name{"1s", Timeframe::Second1},
        Name{"second", Timeframe::Second1}, Name{"1m", Timeframe::Minute1},
        Name{"1min", Timeframe::Minute1},   Name{"minute", Timeframe::Minute1},
        Name{"5m", Timeframe::Minute5},     Name{"5min", Timeframe::Minute5},
        Name{"15m", Timeframe::Minute15},   Name{"15min", Timeframe::Minute15},
        Name{"1h", Timeframe::Hour1},       Name{"60m", Timeframe::Hour1},
        Name{"hour", Timeframe::Hour1},     Name{"1d", Timeframe::Day1},
        Name{"day", Timeframe::Day1},       Name{"daily", Timeframe::Day1},
    };
    for (const Name& name : timeframes) {
        if (name.text == text) {
            return name.timeframe;
        }
    }
    return std::nullopt;
}

FieldStatus build_bar_of(const DynamicObject& object, DecodeContext& context, Record& out) {
    const std::optional<Timeframe> timeframe = parse_timeframe(object[DynamicKey::Timeframe]);
    if (!timeframe) {
        return Reason::Malformed;
    }
    BarFields fields;
    fields.symbol = object[DynamicKey::Symbol];
    fields.open = object[DynamicKey::Open];
    fields.high = object[DynamicKey::High];
    fields.low = object[DynamicKey::Low];
    fields.close = object[DynamicKey::Close];
    fields.volume = object[DynamicKey::Size];
    fields.vwap = object[DynamicKey::Vwap];
    fields.average_volume = object[DynamicKey::AverageVolume];
    fields.percent_change = object[DynamicKey::PercentChange];
    fields.transactions = object[DynamicKey::Transactions];
    fields.timestamp = object[DynamicKey::Timestamp];
    fields.timeframe = *timeframe;
    return build_bar(fields, context, out);
}

FieldStatus build_fair_value_of(const DynamicObject& object, DecodeContext& context, Record& out) {
    FairValueFields fields;
    fields.symbol = object[DynamicKey::Symbol];
    fields.value = object[DynamicKey::FairValue];
    fields.market_price = object[DynamicKey::MarketPrice];
    fields.confidence = object[DynamicKey::Confidence];
    fields.timestamp = object[DynamicKey::Timestamp];
    return build_fair_value(fields, context, out);
}

FieldStatus build_status_of(const DynamicObject& object, DecodeContext& context, Record& out) {
    StatusFields fields;
    fields.symbol = object[DynamicKey::Symbol];
    fields.band_upper = object[DynamicKey::BandUpper];
    fields.band_lower = object[DynamicKey::BandLower];
    fields.reason = object[DynamicKey::ReasonText];
    fields.timestamp = object[DynamicKey::Timestamp];
    fields.sequence = object[DynamicKey::SourceSequence];
    const std::string_view action = object[DynamicKey::Action];
    if (action == "halt") {
        fields.action = TradingStatus::Action::Halt;
    } else if (action == "pause") {
        fields.action = TradingStatus::Action::Pause;
    } else if (action == "resume") {
        fields.action = TradingStatus::Action::Resume;
    } else {
        return Reason::UnsupportedMessage;
    }
    return build_status(fields, context, out);
}

}  // namespace

FieldStatus build_dynamic(const DynamicObject& object, DecodeContext& context, Record& out) {
    switch (identify(object)) {
        case DynamicKind::Trade: return build_trade_of(object, context, out);
        case DynamicKind::Quote: return build_quote_of(object, context, out);
        case DynamicKind::Bar: return build_bar_of(object, context, out);
        case DynamicKind::FairValue: return build_fair_value_of(object, context, out);
        case DynamicKind::TradingStatus: return build_status_of(object, context, out);
        case DynamicKind::Unknown: break;
    }
    return Reason::Unidentified;
}

}  // namespace tickstock

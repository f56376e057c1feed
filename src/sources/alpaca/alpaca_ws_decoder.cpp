#include "sources/alpaca/alpaca_ws_decoder.hpp"

#include <array>

#include "sources/alpaca/alpaca_codes.hpp"
#include "sources/formats/json_frame.hpp"

namespace tickstock {
namespace {

/// The members that any message uses, as short as on the wire.
namespace member {
// NOLINTBEGIN(readability-identifier-naming): the vendor's names
enum Name : unsigned {
    T,
    S,
    i,
    x,
    p,
    s,
    t,
    c,
    z,
    bx,
    bp,
    bs,
    ax,
    ap,
    as,
    o,
    h,
    l,
    v,
    n,
    vw,
    sc,
    rc,
    u,
    d,
    oi,
    cp,
    cs,
    count,
};
// NOLINTEND(readability-identifier-naming)
}  // namespace member

constexpr std::array<std::string_view, member::count> member_names{
    "T",  "S", "i", "x", "p", "s", "t",  "c",  "z",  "bx", "bp", "bs", "ax", "ap",
    "as", "o", "h", "l", "v", "n", "vw", "sc", "rc", "u",  "d",  "oi", "cp", "cs"};

using Message = JsonMessage<member::count>;

/// Of whichever kind: prices, sizes, conditions and id are told by the caller.
FieldStatus build_print(const Message& m, TradeFields fields, std::string_view conditions,
                        std::uint8_t correction, DecodeContext& context, Record& out) {
    const std::uint8_t tape = tape_number(m[member::z]);
    ConditionList list;
    if (const FieldStatus status = read_condition_letters(conditions, tape, list);
        status != field_ok) {
        return status;
    }
    fields.symbol = m[member::S];
    fields.timestamp = m[member::t];
    const FieldStatus status = build_trade(fields, context, out);
    if (status == field_ok) {
        Trade trade = out.trade();
        trade.conditions = list;
        trade.exchange = exchange_number(m[member::x]);
        trade.tape = tape;
        trade.correction = correction;
        out = trade;
    }
    return status;
}

FieldStatus build_trade_of(const Message& m, std::uint8_t correction, DecodeContext& context,
                           Record& out) {
    TradeFields fields;
    fields.price = m[member::p];
    fields.size = m[member::s];
    fields.id = m[member::i];
    return build_print(m, fields, m[member::c], correction, context, out);
}

/// The record names the original print, which it voids, and has the values that replace it.
FieldStatus build_correction_of(const Message& m, DecodeContext& context, Record& out) {
    if (m[member::oi].empty()) {
        return Reason::MissingField;
    }
    TradeFields fields;
    fields.price = m[member::cp];
    fields.size = m[member::cs];
    fields.id = m[member::oi];
    return build_print(m, fields, {}, Trade::correction_replace, context, out);
}

FieldStatus build_quote_of(const Message& m, DecodeContext& context, Record& out) {
    QuoteFields fields;
    fields.symbol = m[member::S];
    fields.bid = m[member::bp];
    fields.ask = m[member::ap];
    fields.bid_size = m[member::bs];
    fields.ask_size = m[member::as];
    fields.timestamp = m[member::t];
    const FieldStatus status = build_quote(fields, context.quote_sizes, context, out);
    if (status == field_ok) {
        Quote quote = out.quote();
        quote.bid_exchange = exchange_number(m[member::bx]);
        quote.ask_exchange = exchange_number(m[member::ax]);
        quote.tape = tape_number(m[member::z]);
        out = quote;
    }
    return status;
}

FieldStatus build_bar_of(const Message& m, Timeframe timeframe, DecodeContext& context,
                         Record& out) {
    BarFields fields;
    fields.symbol = m[member::S];
    fields.open = m[member::o];
    fields.high = m[member::h];
    fields.low = m[member::l];
    fields.close = m[member::c];
    fields.volume = m[member::v];
    fields.vwap = m[member::vw];
    fields.transactions = m[member::n];
    fields.timestamp = m[member::t];
    fields.timeframe = timeframe;
    return build_bar(fields, context, out);
}

FieldStatus build_status_of(const Message& m, DecodeContext& context, Record& out) {
    StatusFields fields;
    fields.symbol = m[member::S];
    fields.reason = m[member::rc];
    fields.timestamp = m[member::t];
    fields.action = status_action(m[member::sc], tape_number(m[member::z]));
    if (fields.action == TradingStatus::Action::None) {
        return m[member::sc].empty() ? Reason::MissingField : Reason::UnsupportedMessage;
    }
    return build_status(fields, context, out);
}

FieldStatus build_bands_of(const Message& m, DecodeContext& context, Record& out) {
    StatusFields fields;
    fields.symbol = m[member::S];
    fields.band_upper = m[member::u];
    fields.band_lower = m[member::d];
    fields.timestamp = m[member::t];
    return build_status(fields, context, out);
}

FieldStatus build(const Message& m, DecodeContext& context, Record& out) {
    const std::string_view kind = m[member::T];
    if (kind == "success" || kind == "subscription" || kind == "error") {
        return Reason::UnsupportedMessage;
    }
    switch (kind.size() == 1 ? kind.front() : '\0') {
        case 't': return build_trade_of(m, 0, context, out);
        case 'q': return build_quote_of(m, context, out);
        case 'b':
        case 'u': return build_bar_of(m, Timeframe::Minute1, context, out);
        case 'd': return build_bar_of(m, Timeframe::Day1, context, out);
        case 's': return build_status_of(m, context, out);
        case 'l': return build_bands_of(m, context, out);
        case 'x':
            // A cancel that names no print says nothing.
            return m[member::i].empty() ? Reason::MissingField
                                        : build_trade_of(m, Trade::correction_cancel, context, out);
        case 'c': return build_correction_of(m, context, out);
        case 'i':
        case 'n': return Reason::UnsupportedMessage;
        default: return Reason::Unidentified;
    }
}

}  // namespace

std::unique_ptr<LineDecoder> make_alpaca_ws_decoder(DecodeContext& context) {
    return std::make_unique<JsonFrameDecoder<member_names, build>>(context);
}

bool is_alpaca_frame(std::string_view line) {
    const std::string_view object = line.substr(0, line.find('}'));
    const std::size_t key = object.find("\"T\"");
    if (key == std::string_view::npos || object.find("\"ev\"") != std::string_view::npos) {
        return false;
    }
    const std::size_t colon = object.find_first_not_of(" \t", key + 3);
    return colon != std::string_view::npos && object[colon] == ':';
}

}  // namespace tickstock

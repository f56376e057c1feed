#include "sources/formats/polygon_ws_decoder.hpp"

#include <array>

#include "sources/formats/json_frame.hpp"

namespace tickstock {
namespace {

/// The members that any message uses. In a namespace of their own: they are as short as on the
/// wire.
namespace member {
// NOLINTBEGIN(readability-identifier-naming): the vendor's names
enum Name : unsigned {
    ev,
    sym,
    T,
    x,
    i,
    z,
    p,
    s,
    ds,
    c,
    t,
    q,
    pt,
    trft,
    e,
    bx,
    bp,
    bs,
    ax,
    ap,
    as,
    v,
    dv,
    o,
    h,
    l,
    a,
    vw,
    n,
    fmv,
    av,
    dav,
    count,
};
// NOLINTEND(readability-identifier-naming)
}  // namespace member

/// Their names, in the order of member::Name.
constexpr std::array<std::string_view, member::count> member_names{
    "ev", "sym", "T",  "x",  "i",  "z", "p",  "s", "ds", "c", "t", "q",  "pt", "trft", "e",  "bx",
    "bp", "bs",  "ax", "ap", "as", "v", "dv", "o", "h",  "l", "a", "vw", "n",  "fmv",  "av", "dav"};

using Message = JsonMessage<member::count>;

FieldStatus build_trade_of(const Message& m, DecodeContext& context, Record& out) {
    TradeFields fields;
    fields.symbol = m[member::sym];
    fields.price = m[member::p];
    fields.size = m.either(member::ds, member::s);
    fields.timestamp = m[member::t];
    fields.execution_time = m.either(member::pt, member::trft);
    fields.conditions = m[member::c];
    fields.exchange = m[member::x];
    fields.tape = m[member::z];
    fields.correction = m[member::e];
    fields.id = m[member::i];
    fields.sequence = m[member::q];
    return build_trade(fields, context, out);
}

FieldStatus build_quote_of(const Message& m, DecodeContext& context, Record& out) {
    QuoteFields fields;
    fields.symbol = m[member::sym];
    fields.bid = m[member::bp];
    fields.ask = m[member::ap];
    fields.bid_size = m[member::bs];
    fields.ask_size = m[member::as];
    fields.bid_exchange = m[member::bx];
    fields.ask_exchange = m[member::ax];
    fields.conditions = m[member::c];
    fields.tape = m[member::z];
    fields.timestamp = m[member::t];
    fields.sequence = m[member::q];
    return build_quote(fields, context.quote_sizes, context, out);
}

FieldStatus build_bar_of(const Message& m, Timeframe timeframe, DecodeContext& context,
                         Record& out) {
    BarFields fields;
    fields.symbol = m[member::sym];
    fields.open = m[member::o];
    fields.high = m[member::h];
    fields.low = m[member::l];
    fields.close = m[member::c];
    fields.volume = m.either(member::dv, member::v);
    fields.vwap = m[member::vw];
    fields.session_vwap = m[member::a];
    fields.transactions = m[member::n];
    fields.timestamp = m[member::s];
    fields.timeframe = timeframe;
    const FieldStatus status = build_bar(fields, context, out);
    if (status == field_ok && context.day_volumes != nullptr) {
        Size day;
        const bool known = read_size(m.either(member::dav, member::av), day) == field_ok;
        context.day_volumes->push_back(known ? day : Size{});
    }
    return status;
}

FieldStatus build_fair_value_of(const Message& m, DecodeContext& context, Record& out) {
    FairValueFields fields;
    fields.symbol = m[member::sym];
    fields.value = m[member::fmv];
    fields.timestamp = m[member::t];
    return build_fair_value(fields, context, out);
}

FieldStatus build_bands_of(const Message& m, DecodeContext& context, Record& out) {
    StatusFields fields;
    fields.symbol = m[member::T];
    fields.band_upper = m[member::h];
    fields.band_lower = m[member::l];
    fields.timestamp = m[member::t];
    fields.sequence = m[member::q];
    return build_status(fields, context, out);
}

FieldStatus build_reopening_of(const Message& m, DecodeContext& context, Record& out) {
    if (m[member::a] != "H") {
        return Reason::UnsupportedMessage;
    }
    StatusFields fields;
    fields.symbol = m[member::T];
    fields.reason = "reopening";
    fields.timestamp = m[member::t];
    fields.action = TradingStatus::Action::Resume;
    return build_status(fields, context, out);
}

FieldStatus build(const Message& m, DecodeContext& context, Record& out) {
    switch (m[member::ev].size() < 8 ? key_code(m[member::ev]) : 0) {
        case key_code("T"): return build_trade_of(m, context, out);
        case key_code("Q"): return build_quote_of(m, context, out);
        case key_code("A"): return build_bar_of(m, Timeframe::Second1, context, out);
        case key_code("AM"): return build_bar_of(m, Timeframe::Minute1, context, out);
        case key_code("FMV"): return build_fair_value_of(m, context, out);
        case key_code("LULD"): return build_bands_of(m, context, out);
        case key_code("NOI"): return build_reopening_of(m, context, out);
        case key_code("status"):
        case key_code("LV"): return Reason::UnsupportedMessage;
        default: return Reason::Unidentified;
    }
}

}  // namespace

std::unique_ptr<LineDecoder> make_polygon_ws_decoder(DecodeContext& context) {
    return std::make_unique<JsonFrameDecoder<member_names, build>>(context);
}

bool is_vendor_message(std::string_view line) {
    const std::size_t key = line.find("\"ev\"");
    if (key == std::string_view::npos) {
        return false;
    }
    const std::size_t open = line.find_first_not_of(" \t:", key + 4);
    if (open == std::string_view::npos || line[open] != '"') {
        return false;
    }
    const std::size_t close = line.find('"', open + 1);
    const std::string_view word = line.substr(open + 1, close - open - 1);
    if (word == "status") {
        return line.find("\"action\"") == std::string_view::npos;
    }
    for (const std::string_view known : {"T", "Q", "A", "AM", "FMV", "LULD", "NOI", "LV"}) {
        if (word == known) {
            return true;
        }
    }
    return false;
}

}  // namespace tickstock

#include "journal/record_codec.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "journal/little_endian.hpp"
#include "journal/record_fault.hpp"

namespace tickstock {
namespace {

constexpr std::uint8_t flag_percent_change = 1;
constexpr std::uint8_t flag_average_volume = 2;

void put(LittleEndianWriter& out, Price price) {
    out.put(price.raw());
}
void put(LittleEndianWriter& out, Size size) {
    out.put(size.raw());
}
void put(LittleEndianWriter& out, UnixNanos time) {
    out.put(to_ns(time));
}
void get(LittleEndianReader& in, Price& price) {
    price = Price::from_raw(in.get<std::int64_t>());
}
void get(LittleEndianReader& in, Size& size) {
    size = Size::from_raw(in.get<std::int64_t>());
}
void get(LittleEndianReader& in, UnixNanos& time) {
    time = unix_nanos(in.get<std::int64_t>());
}

void encode(LittleEndianWriter& out, const RecordHeader& header) {
    out.put(header.symbol.value());
    out.put(header.source.value());
    out.put(static_cast<std::uint8_t>(header.source_kind));
    put(out, header.clock);
    put(out, header.ts_event);
    put(out, header.ts_recv);
    out.put(header.source_sequence);
}

void decode(LittleEndianReader& in, RecordHeader& header) {
    header.symbol = SymbolId{in.get<std::uint32_t>()};
    header.source = SourceId{in.get<std::uint16_t>()};
    header.source_kind = static_cast<SourceKind>(in.get<std::uint8_t>());
    get(in, header.clock);
    get(in, header.ts_event);
    get(in, header.ts_recv);
    header.source_sequence = in.get<std::uint64_t>();
}

void encode(LittleEndianWriter& out, const Trade& trade) {
    put(out, trade.price);
    put(out, trade.size);
    put(out, trade.ts_execution);
    out.put(trade.exchange);
    out.put(trade.tape);
    out.put(trade.correction);
    const auto codes = trade.conditions.codes();
    out.put(static_cast<std::uint8_t>(codes.size()));
    for (const std::uint8_t code : codes) {
        out.put(code);
    }
    out.put(static_cast<std::uint8_t>(trade.id.view().size()));
    out.put_bytes(trade.id.view());
}

std::string_view decode(LittleEndianReader& in, Trade& trade) {
    get(in, trade.price);
    get(in, trade.size);
    get(in, trade.ts_execution);
    trade.exchange = in.get<std::uint8_t>();
    trade.tape = in.get<std::uint8_t>();
    trade.correction = in.get<std::uint8_t>();
    const auto conditions = in.get<std::uint8_t>();
    for (unsigned i = 0; i < conditions; ++i) {
        if (!trade.conditions.add(in.get<std::uint8_t>())) {
            return "more than eight conditions";
        }
    }
    const auto id_length = in.get<std::uint8_t>();
    if (id_length > TradeId::max_length) {
        return "trade id over 41 bytes";
    }
    trade.id = TradeId(in.get_bytes(id_length));
    return {};
}

void encode(LittleEndianWriter& out, const Quote& quote) {
    put(out, quote.bid);
    put(out, quote.ask);
    put(out, quote.bid_size);
    put(out, quote.ask_size);
    out.put(quote.bid_exchange);
    out.put(quote.ask_exchange);
    out.put(quote.condition);
    out.put(quote.tape);
}

std::string_view decode(LittleEndianReader& in, Quote& quote) {
    get(in, quote.bid);
    get(in, quote.ask);
    get(in, quote.bid_size);
    get(in, quote.ask_size);
    quote.bid_exchange = in.get<std::uint8_t>();
    quote.ask_exchange = in.get<std::uint8_t>();
    quote.condition = in.get<std::uint8_t>();
    quote.tape = in.get<std::uint8_t>();
    return {};
}

void encode(LittleEndianWriter& out, const Bar& bar) {
    for (const Price price : {bar.open, bar.high, bar.low, bar.close}) {
        put(out, price);
    }
    put(out, bar.volume);
    put(out, bar.vwap);
    put(out, bar.session_vwap);
    put(out, bar.average_volume);
    out.put(bar.percent_change_micro);
    out.put(bar.transactions);
    out.put(static_cast<std::uint8_t>(bar.timeframe));
    out.put(static_cast<std::uint8_t>((bar.has_percent_change ? flag_percent_change : 0) |
                                      (bar.has_average_volume ? flag_average_volume : 0)));
}

std::string_view decode(LittleEndianReader& in, Bar& bar) {
    for (Price* price : {&bar.open, &bar.high, &bar.low, &bar.close}) {
        get(in, *price);
    }
    get(in, bar.volume);
    get(in, bar.vwap);
    get(in, bar.session_vwap);
    get(in, bar.average_volume);
    bar.percent_change_micro = in.get<std::int64_t>();
    bar.transactions = in.get<std::uint32_t>();
    bar.timeframe = static_cast<Timeframe>(in.get<std::uint8_t>());
    const auto flags = in.get<std::uint8_t>();
    if (flags > (flag_percent_change | flag_average_volume)) {
        return "unknown flags of a bar";
    }
    bar.has_percent_change = (flags & flag_percent_change) != 0;
    bar.has_average_volume = (flags & flag_average_volume) != 0;
    return {};
}

void encode(LittleEndianWriter& out, const FairValue& value) {
    put(out, value.value);
    put(out, value.market_price);
    out.put_double(value.confidence);
}

std::string_view decode(LittleEndianReader& in, FairValue& value) {
    get(in, value.value);
    get(in, value.market_price);
    value.confidence = in.get_double();
    return {};
}

void encode(LittleEndianWriter& out, const TradingStatus& status) {
    put(out, status.band_upper);
    put(out, status.band_lower);
    out.put(static_cast<std::uint8_t>(status.action));
    out.put_bytes({status.reason.data(), status.reason.size()});
}

std::string_view decode(LittleEndianReader& in, TradingStatus& status) {
    get(in, status.band_upper);
    get(in, status.band_lower);
    status.action = static_cast<TradingStatus::Action>(in.get<std::uint8_t>());
    const std::string_view reason = in.get_bytes(status.reason.size());
    std::copy(reason.begin(), reason.end(), status.reason.begin());
    return {};
}

template <class Kind>
std::string_view decode_as(LittleEndianReader& in, const RecordHeader& header, Record& out) {
    Kind kind;
    const std::string_view problem = decode(in, kind);
    kind.header = header;
    out = Record(kind);
    return problem;
}

std::string_view decode_body(FrameKind kind, LittleEndianReader& in, const RecordHeader& header,
                             Record& out) {
    switch (kind) {
        case FrameKind::Trade: return decode_as<Trade>(in, header, out);
        case FrameKind::Quote: return decode_as<Quote>(in, header, out);
        case FrameKind::Bar: return decode_as<Bar>(in, header, out);
        case FrameKind::FairValue: return decode_as<FairValue>(in, header, out);
        case FrameKind::TradingStatus: return decode_as<TradingStatus>(in, header, out);
        case FrameKind::ClockTick:
            out = Record();
            out.header() = header;
            out.header().kind = RecordKind::ClockTick;
            return {};
        case FrameKind::Decision:
        case FrameKind::Symbol:
        case FrameKind::Refused:
        case FrameKind::Synced:
        case FrameKind::Close:
        case FrameKind::Rotate: break;
    }
    TS_ASSERT(false);
}

}  // namespace

FrameKind frame_kind_of(RecordKind kind) {
    switch (kind) {
        case RecordKind::Trade: return FrameKind::Trade;
        case RecordKind::Quote: return FrameKind::Quote;
        case RecordKind::Bar: return FrameKind::Bar;
        case RecordKind::FairValue: return FrameKind::FairValue;
        case RecordKind::TradingStatus: return FrameKind::TradingStatus;
        case RecordKind::ClockTick: return FrameKind::ClockTick;
    }
    TS_ASSERT(false);
}

std::size_t encode_record(const Record& record, std::span<char, frame_payload_max> out) {
    LittleEndianWriter writer(out);
    encode(writer, record.header());
    switch (record.kind()) {
        case RecordKind::Trade: encode(writer, record.trade()); break;
        case RecordKind::Quote: encode(writer, record.quote()); break;
        case RecordKind::Bar: encode(writer, record.bar()); break;
        case RecordKind::FairValue: encode(writer, record.fair_value()); break;
        case RecordKind::TradingStatus: encode(writer, record.status()); break;
        case RecordKind::ClockTick: break;
    }
    return writer.size();
}

std::string_view decode_record(FrameKind kind, std::string_view payload, Sequence sequence,
                               Record& out) {
    TS_ASSERT(is_record_frame(kind));
    LittleEndianReader in(payload);
    RecordHeader header;
    decode(in, header);
    header.sequence = sequence;
    const std::string_view problem = decode_body(kind, in, header, out);
    if (!problem.empty()) {
        return problem;
    }
    if (!in.ok() || !in.at_end()) {
        return "payload of a wrong length";
    }
    return record_fault(out);
}

std::size_t encode_symbol(const SymbolDefinition& symbol, std::span<char, frame_payload_max> out) {
    LittleEndianWriter writer(out);
    writer.put(symbol.id.value());
    writer.put(static_cast<std::uint8_t>(symbol.text.view().size()));
    writer.put_bytes(symbol.text.view());
    return writer.size();
}

std::string_view decode_symbol(std::string_view payload, SymbolDefinition& out) {
    LittleEndianReader in(payload);
    out.id = SymbolId{in.get<std::uint32_t>()};
    const std::string_view text = in.get_bytes(in.get<std::uint8_t>());
    if (!in.ok() || !in.at_end()) {
        return "payload of a wrong length";
    }
    if (out.id.value() >= segment_symbol_limit) {
        return "symbol id out of range";
    }
    if (!SymbolText::is_valid(text)) {
        return "symbol text of unaccepted bytes";
    }
    out.text = SymbolText(text);
    return {};
}

}  // namespace tickstock

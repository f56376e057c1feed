#include "journal/record_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "journal/record_fault.hpp"

namespace tickstock {
namespace {

constexpr std::int64_t first_time = 631'152'000'000'000'000;  // 1990-01-01

Price any_price() {
    return Price::from_raw(*rc::gen::inRange<std::int64_t>(1, Price::limit_raw));
}
Price any_price_or_none() {
    return *rc::gen::arbitrary<bool>() ? any_price() : Price();
}
Size any_size() {
    return Size::from_raw(
        *rc::gen::inRange<std::int64_t>(0, std::numeric_limits<std::int64_t>::max()));
}
UnixNanos any_time() {
    return unix_nanos(*rc::gen::inRange(first_time, std::numeric_limits<std::int64_t>::max()));
}
std::uint8_t any_byte() {
    return *rc::gen::arbitrary<std::uint8_t>();
}
template <class Enum>
Enum any_enum(Enum first, Enum last) {
    return static_cast<Enum>(
        *rc::gen::inRange(static_cast<int>(first), static_cast<int>(last) + 1));
}

RecordHeader any_header() {
    RecordHeader header;
    header.symbol = SymbolId{*rc::gen::inRange<std::uint32_t>(0, segment_symbol_limit)};
    header.source = SourceId{*rc::gen::arbitrary<std::uint16_t>()};
    header.source_kind = any_enum(SourceKind::Tick, SourceKind::Channel);
    header.sequence = Sequence{*rc::gen::arbitrary<std::uint64_t>()};
    header.clock = any_time();
    header.ts_event = any_time();
    header.ts_recv = any_time();
    header.source_sequence = *rc::gen::arbitrary<std::uint64_t>();
    return header;
}

Trade any_trade() {
    Trade trade;
    trade.header = any_header();
    trade.price = any_price();
    trade.size = any_size();
    trade.ts_execution = *rc::gen::arbitrary<bool>() ? any_time() : time_unknown;
    const int conditions = *rc::gen::inRange(0, 9);
    for (int i = 0; i < conditions; ++i) {
        trade.conditions.add(any_byte());
    }
    trade.exchange = any_byte();
    trade.tape = any_byte();
    trade.correction = any_byte();
    auto id = *rc::gen::arbitrary<std::string>();
    id.resize(std::min(id.size(), TradeId::max_length));
    trade.id = TradeId(id);
    return trade;
}

Quote any_quote() {
    Quote quote;
    quote.header = any_header();
    quote.bid = any_price_or_none();
    quote.ask = any_price_or_none();
    quote.bid_size = any_size();
    quote.ask_size = any_size();
    quote.bid_exchange = any_byte();
    quote.ask_exchange = any_byte();
    quote.condition = any_byte();
    quote.tape = any_byte();
    return quote;
}

Bar any_bar() {
    Bar bar;
    bar.header = any_header();
    bar.open = any_price();
    bar.close = any_price();
    bar.high = std::max({bar.open, bar.close, any_price()});
    bar.low = std::min({bar.open, bar.close, any_price()});
    bar.volume = any_size();
    bar.vwap = any_price_or_none();
    bar.session_vwap = any_price_or_none();
    bar.average_volume = any_size();
    bar.percent_change_micro = *rc::gen::arbitrary<std::int64_t>();
    bar.transactions = *rc::gen::arbitrary<std::uint32_t>();
    bar.timeframe = any_enum(Timeframe::Second1, Timeframe::Day1);
    bar.has_percent_change = *rc::gen::arbitrary<bool>();
    bar.has_average_volume = *rc::gen::arbitrary<bool>();
    return bar;
}

FairValue any_fair_value() {
    FairValue value;
    value.header = any_header();
    value.value = any_price();
    value.market_price = any_price_or_none();
    value.confidence = *rc::gen::inRange(-1'000'000, 1'000'001) / 1e6;
    return value;
}

TradingStatus any_status() {
    TradingStatus status;
    status.header = any_header();
    status.band_upper = any_price_or_none();
    status.band_lower = any_price_or_none();
    status.action = any_enum(TradingStatus::Action::None, TradingStatus::Action::Resume);
    for (char& c : status.reason) {
        c = *rc::gen::arbitrary<char>();
    }
    return status;
}

Record through_bytes(const Record& record) {
    std::array<char, frame_payload_max> bytes;
    const std::size_t size = encode_record(record, bytes);
    Record back;
    const std::string_view problem = decode_record(
        frame_kind_of(record.kind()), {bytes.data(), size}, record.header().sequence, back);
    RC_ASSERT(problem == "");
    RC_ASSERT(back.kind() == record.kind());
    const RecordHeader& a = record.header();
    const RecordHeader& b = back.header();
    RC_ASSERT(a.symbol == b.symbol);
    RC_ASSERT(a.source == b.source);
    RC_ASSERT(a.source_kind == b.source_kind);
    RC_ASSERT(a.sequence == b.sequence);
    RC_ASSERT(a.clock == b.clock);
    RC_ASSERT(a.ts_event == b.ts_event);
    RC_ASSERT(a.ts_recv == b.ts_recv);
    RC_ASSERT(a.source_sequence == b.source_sequence);
    return back;
}

RC_GTEST_PROP(RecordCodec, TradesComeBack, ()) {
    const Trade a = any_trade();
    const Record back = through_bytes(a);
    const Trade& b = back.trade();
    RC_ASSERT(a.price == b.price);
    RC_ASSERT(a.size == b.size);
    RC_ASSERT(a.ts_execution == b.ts_execution);
    RC_ASSERT(std::ranges::equal(a.conditions.codes(), b.conditions.codes()));
    RC_ASSERT(a.exchange == b.exchange);
    RC_ASSERT(a.tape == b.tape);
    RC_ASSERT(a.correction == b.correction);
    RC_ASSERT(a.id == b.id);
}

RC_GTEST_PROP(RecordCodec, QuotesComeBack, ()) {
    const Quote a = any_quote();
    const Record back = through_bytes(a);
    const Quote& b = back.quote();
    RC_ASSERT(a.bid == b.bid);
    RC_ASSERT(a.ask == b.ask);
    RC_ASSERT(a.bid_size == b.bid_size);
    RC_ASSERT(a.ask_size == b.ask_size);
    RC_ASSERT(a.bid_exchange == b.bid_exchange);
    RC_ASSERT(a.ask_exchange == b.ask_exchange);
    RC_ASSERT(a.condition == b.condition);
    RC_ASSERT(a.tape == b.tape);
}

RC_GTEST_PROP(RecordCodec, BarsComeBack, ()) {
    const Bar a = any_bar();
    const Record back = through_bytes(a);
    const Bar& b = back.bar();
    RC_ASSERT(a.open == b.open);
    RC_ASSERT(a.high == b.high);
    RC_ASSERT(a.low == b.low);
    RC_ASSERT(a.close == b.close);
    RC_ASSERT(a.volume == b.volume);
    RC_ASSERT(a.vwap == b.vwap);
    RC_ASSERT(a.session_vwap == b.session_vwap);
    RC_ASSERT(a.average_volume == b.average_volume);
    RC_ASSERT(a.percent_change_micro == b.percent_change_micro);
    RC_ASSERT(a.transactions == b.transactions);
    RC_ASSERT(a.timeframe == b.timeframe);
    RC_ASSERT(a.has_percent_change == b.has_percent_change);
    RC_ASSERT(a.has_average_volume == b.has_average_volume);
}

RC_GTEST_PROP(RecordCodec, FairValuesComeBack, ()) {
    const FairValue a = any_fair_value();
    const Record back = through_bytes(a);
    const FairValue& b = back.fair_value();
    RC_ASSERT(a.value == b.value);
    RC_ASSERT(a.market_price == b.market_price);
    RC_ASSERT(a.confidence == b.confidence);
}

RC_GTEST_PROP(RecordCodec, TradingStatusesComeBack, ()) {
    const TradingStatus a = any_status();
    const Record back = through_bytes(a);
    const TradingStatus& b = back.status();
    RC_ASSERT(a.band_upper == b.band_upper);
    RC_ASSERT(a.band_lower == b.band_lower);
    RC_ASSERT(a.action == b.action);
    RC_ASSERT(a.reason == b.reason);
}

RC_GTEST_PROP(RecordCodec, ClockTicksComeBack, ()) {
    Record tick = Record::clock_tick(any_time());
    tick.header().clock = tick.header().ts_event;
    through_bytes(tick);
}

RC_GTEST_PROP(RecordCodec, SymbolsComeBack, (std::uint32_t id)) {
    const auto length = *rc::gen::inRange<std::size_t>(1, SymbolText::max_length + 1);
    const auto text = *rc::gen::container<std::string>(length, rc::gen::inRange<char>(' ', 127));
    const SymbolDefinition symbol{SymbolId{id % segment_symbol_limit}, SymbolText(text)};
    std::array<char, frame_payload_max> bytes;
    const std::size_t size = encode_symbol(symbol, bytes);
    SymbolDefinition back;
    RC_ASSERT(decode_symbol({bytes.data(), size}, back) == "");
    RC_ASSERT(back.id == symbol.id);
    RC_ASSERT(back.text == symbol.text);
}

// Any bytes either decode to a sound record, which encodes to the same bytes, or are refused.
RC_GTEST_PROP(RecordCodec, AnyBytesAreARecordOrRefused, (const std::string& noise)) {
    const auto kind = static_cast<FrameKind>(*rc::gen::inRange(1, 7));
    std::array<char, frame_payload_max> start;
    std::string payload(start.data(), encode_record(any_trade(), start));
    payload.replace(*rc::gen::inRange<std::size_t>(0, payload.size()), noise.size(), noise);
    Record record;
    if (decode_record(kind, payload, Sequence{1}, record).empty()) {
        std::array<char, frame_payload_max> again;
        RC_ASSERT(std::string(again.data(), encode_record(record, again)) == payload);
        RC_ASSERT(record_fault(record).empty());
    }
}

std::string_view fault_of(const Record& record) {
    return record_fault(record);
}

Trade sound_trade() {
    Trade trade;
    trade.header.symbol = SymbolId{0};
    trade.header.clock = trade.header.ts_event = trade.header.ts_recv = unix_nanos(first_time);
    trade.price = Price::from_cents(1);
    return trade;
}

TEST(RecordFault, NamesTheField) {
    EXPECT_EQ(fault_of(sound_trade()), "");
    Trade trade = sound_trade();
    trade.price = Price();
    EXPECT_EQ(fault_of(trade), "price out of range");
    trade.correction = Trade::correction_cancel;
    EXPECT_EQ(fault_of(trade), "");
    trade.size = Size::from_raw(-1);
    EXPECT_EQ(fault_of(trade), "negative size");
    trade = sound_trade();
    trade.price = Price::from_raw(Price::limit_raw);
    EXPECT_EQ(fault_of(trade), "price out of range");
    trade = sound_trade();
    trade.header.ts_recv -= Nanos{1};
    EXPECT_EQ(fault_of(trade), "a time before 1990");
    trade = sound_trade();
    trade.header.symbol = symbol_none;
    EXPECT_EQ(fault_of(trade), "no symbol");
    trade = sound_trade();
    trade.ts_execution = unix_nanos(-1);
    EXPECT_EQ(fault_of(trade), "execution time before 1970");
}

TEST(RecordFault, BarsAndFairValues) {
    Bar bar;
    bar.header = sound_trade().header;
    bar.open = bar.high = bar.low = bar.close = Price::from_cents(100);
    EXPECT_EQ(fault_of(bar), "");
    bar.close = Price::from_cents(101);
    EXPECT_EQ(fault_of(bar), "high or low inside open and close");
    bar.high = bar.close;
    bar.timeframe = Timeframe::None;
    EXPECT_EQ(fault_of(bar), "unknown timeframe");

    FairValue value;
    value.header = bar.header;
    value.value = Price::from_cents(100);
    EXPECT_EQ(fault_of(value), "");
    value.confidence = std::nan("");
    EXPECT_EQ(fault_of(value), "confidence that is no number");

    Quote quote;
    quote.header = bar.header;
    EXPECT_EQ(fault_of(quote), "");
    quote.bid = Price::from_raw(-1);
    EXPECT_EQ(fault_of(quote), "bid or ask out of range");

    TradingStatus status;
    status.header = bar.header;
    status.action = static_cast<TradingStatus::Action>(9);
    EXPECT_EQ(fault_of(status), "unknown action");
}

}  // namespace
}  // namespace tickstock

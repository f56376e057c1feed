#include "sources/formats/record_builder.hpp"

#include <algorithm>

#include "base/decimal.hpp"

namespace tickstock {
namespace {

/// The vendor counts shares from this New York midnight on.
constexpr UnixNanos quote_sizes_in_shares = from_unix_second(1'762'146'000);
constexpr std::int64_t round_lot = 100;

/// Stops at the first field that is not good.
class FieldCheck {
public:
    FieldCheck& operator()(FieldStatus status) {
        if (status_ == field_ok) {
            status_ = status;
        }
        return *this;
    }
    FieldStatus status() const { return status_; }
    bool ok() const { return status_ == field_ok; }

private:
    FieldStatus status_ = field_ok;
};

FieldStatus intern(std::string_view text, DecodeContext& context, SymbolId& id) {
    if (text.empty()) {
        return Reason::MissingField;
    }
    switch (context.symbols.intern(text, id)) {
        case SymbolCache::Status::Ok: return field_ok;
        case SymbolCache::Status::BadText: return Reason::BadSymbol;
        case SymbolCache::Status::Full: break;
    }
    return Reason::SymbolTableFull;
}

FieldStatus read_sequence(std::string_view text, std::uint64_t& out) {
    return text.empty() || read_digits(text, out) ? field_ok : Reason::BadNumber;
}

FieldStatus read_correction(std::string_view text, std::uint8_t& out) {
    std::uint64_t value = 0;
    if (!text.empty() && !read_digits(text, value)) {
        return Reason::BadNumber;
    }
    out = static_cast<std::uint8_t>(std::min<std::uint64_t>(value, 255));
    return field_ok;
}

FieldStatus read_trade_id(std::string_view text, TradeId& out) {
    if (text.size() > TradeId::max_length) {
        return Reason::TradeIdTooLong;
    }
    if (!text.empty()) {
        out = TradeId(text);
    }
    return field_ok;
}

FieldStatus read_size_or_zero(std::string_view text, Size& out) {
    return text.empty() ? field_ok : read_size(text, out);
}

/// Round lots -> shares, where the rule says so.
FieldStatus read_quote_size(std::string_view text, bool lots, Size& out) {
    FieldStatus status = read_size_or_zero(text, out);
    std::int64_t raw = out.raw();
    if (status == field_ok && lots && __builtin_mul_overflow(raw, round_lot, &raw)) {
        status = Reason::SizeOutOfRange;
    }
    out = Size::from_raw(raw);
    return status;
}

FieldStatus read_count(std::string_view text, std::uint32_t& out) {
    std::uint64_t value = 0;
    if (text.empty()) {
        return field_ok;
    }
    if (!read_digits(text, value) || value > 0xFFFFFFFFU) {
        return Reason::BadNumber;
    }
    out = static_cast<std::uint32_t>(value);
    return field_ok;
}

/// A number in [0, 1]; a double is good enough, it is never compared exactly.
FieldStatus read_confidence(std::string_view text, double& out) {
    std::int64_t billionths = 0;
    if (text.empty()) {
        return field_ok;
    }
    if (parse_decimal(text, 9, billionths) != DecimalStatus::Ok || billionths < 0 ||
        billionths > 1'000'000'000) {
        return Reason::BadNumber;
    }
    out = static_cast<double>(billionths) / 1e9;
    return field_ok;
}

void set_header(RecordHeader& header, DecodeContext& context, SourceKind kind, UnixNanos time) {
    header.source = context.source;
    header.source_kind = kind;
    header.ts_event = time;
    header.ts_recv = time;
}

}  // namespace

FieldStatus build_trade(const TradeFields& fields, DecodeContext& context, Record& out) {
    Trade trade{};
    UnixNanos time{};
    FieldCheck check;
    check(read_price(fields.price, trade.price));
    check(read_size(fields.size, trade.size));
    check(read_time(fields.timestamp, context.live_now, time));
    check(read_time_or_unknown(fields.execution_time, context.live_now, trade.ts_execution));
    check(read_conditions(fields.conditions, trade.conditions));
    check(read_small(fields.exchange, trade.exchange));
    check(read_small(fields.tape, trade.tape));
    check(read_correction(fields.correction, trade.correction));
    check(read_trade_id(fields.id, trade.id));
    check(read_sequence(fields.sequence, trade.header.source_sequence));
    if (check.ok()) {
        check(intern(fields.symbol, context, trade.header.symbol));
    }
    if (check.ok()) {
        set_header(trade.header, context, SourceKind::Tick, time);
        out = trade;
    }
    return check.status();
}

FieldStatus build_quote(const QuoteFields& fields, QuoteSizeRule size_rule, DecodeContext& context,
                        Record& out) {
    Quote quote{};
    UnixNanos time{};
    ConditionList conditions;
    FieldCheck check;
    check(read_time(fields.timestamp, context.live_now, time));
    const bool lots = size_rule == QuoteSizeRule::Lots ||
                      (size_rule == QuoteSizeRule::ByDate && time < quote_sizes_in_shares);
    if (fields.bid.empty() && fields.ask.empty()) {
        check(Reason::MissingField);
    }
    check(read_price_or_none(fields.bid, quote.bid));
    check(read_price_or_none(fields.ask, quote.ask));
    check(read_quote_size(fields.bid_size, lots, quote.bid_size));
    check(read_quote_size(fields.ask_size, lots, quote.ask_size));
    check(read_small(fields.bid_exchange, quote.bid_exchange));
    check(read_small(fields.ask_exchange, quote.ask_exchange));
    check(read_conditions(fields.conditions, conditions));
    check(read_small(fields.tape, quote.tape));
    check(read_sequence(fields.sequence, quote.header.source_sequence));
    if (check.ok()) {
        check(intern(fields.symbol, context, quote.header.symbol));
    }
    if (check.ok()) {
        quote.condition = conditions.empty() ? std::uint8_t{0} : conditions.codes().front();
        set_header(quote.header, context, SourceKind::Tick, time);
        out = quote;
    }
    return check.status();
}

FieldStatus build_bar(const BarFields& fields, DecodeContext& context, Record& out) {
    Bar bar{};
    UnixNanos time{};
    FieldCheck check;
    check(read_price(fields.open, bar.open));
    check(read_price(fields.high, bar.high));
    check(read_price(fields.low, bar.low));
    check(read_price(fields.close, bar.close));
    check(read_size(fields.volume, bar.volume));
    check(read_price_or_none(fields.vwap, bar.vwap));
    check(read_price_or_none(fields.session_vwap, bar.session_vwap));
    check(read_size_or_zero(fields.average_volume, bar.average_volume));
    check(read_count(fields.transactions, bar.transactions));
    check(read_time(fields.timestamp, context.live_now, time));
    if (!fields.percent_change.empty() &&
        parse_decimal(fields.percent_change, 6, bar.percent_change_micro) != DecimalStatus::Ok) {
        check(Reason::BadNumber);
    }
    if (bar.high < std::max(bar.open, bar.close) || bar.low > std::min(bar.open, bar.close)) {
        check(Reason::BarInconsistent);
    }
    if (check.ok()) {
        check(intern(fields.symbol, context, bar.header.symbol));
    }
    if (check.ok()) {
        bar.timeframe = fields.timeframe;
        bar.has_average_volume = !fields.average_volume.empty();
        bar.has_percent_change = !fields.percent_change.empty();
        set_header(bar.header, context, SourceKind::Ohlcv, time);
        out = bar;
    }
    return check.status();
}

FieldStatus build_fair_value(const FairValueFields& fields, DecodeContext& context, Record& out) {
    FairValue value{};
    UnixNanos time{};
    FieldCheck check;
    check(read_price(fields.value, value.value));
    check(read_price_or_none(fields.market_price, value.market_price));
    check(read_confidence(fields.confidence, value.confidence));
    check(read_time(fields.timestamp, context.live_now, time));
    if (check.ok()) {
        check(intern(fields.symbol, context, value.header.symbol));
    }
    if (check.ok()) {
        set_header(value.header, context, SourceKind::Fmv, time);
        out = value;
    }
    return check.status();
}

FieldStatus build_status(const StatusFields& fields, DecodeContext& context, Record& out) {
    TradingStatus status{};
    UnixNanos time{};
    FieldCheck check;
    check(read_price_or_none(fields.band_upper, status.band_upper));
    check(read_price_or_none(fields.band_lower, status.band_lower));
    check(read_time(fields.timestamp, context.live_now, time));
    check(read_sequence(fields.sequence, status.header.source_sequence));
    if (check.ok()) {
        check(intern(fields.symbol, context, status.header.symbol));
    }
    if (check.ok()) {
        status.action = fields.action;
        fields.reason.copy(status.reason.data(), status.reason.size());
        set_header(status.header, context, SourceKind::Tick, time);
        out = status;
    }
    return check.status();
}

}  // namespace tickstock

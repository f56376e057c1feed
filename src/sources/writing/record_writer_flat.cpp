#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/assert.hpp"
#include "model/calendar.hpp"
#include "sources/synthetic/schedule.hpp"
#include "sources/writing/record_writer_encoder.hpp"

namespace tickstock {
namespace {

constexpr std::uint8_t trf = 4;
constexpr int trf_id = 202;  // Nasdaq's facility, whose id the record does not keep

void comma(std::string& out) {
    out.push_back(',');
}

class TradesEncoder final : public RecordEncoder {
public:
    void begin(std::string& out) override {
        out +=
            "ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,"
            "sip_timestamp,size,tape,trf_id,trf_timestamp\n";
    }
    bool encode(const Record& record, std::string_view symbol, std::string& out) override {
        if (record.kind() != RecordKind::Trade) {
            return false;
        }
        const Trade& trade = record.trade();
        append_field(out, symbol);
        comma(out);
        const bool several = trade.conditions.codes().size() > 1;
        out += several ? "\"" : "";
        append_codes(out, trade.conditions);
        out += several ? "\"," : ",";
        append_unsigned(out, trade.correction);
        comma(out);
        append_unsigned(out, trade.exchange);
        comma(out);
        append_field(out, trade.id.view());
        comma(out);
        append_time(out, trade.ts_execution);
        comma(out);
        append_price(out, trade.price);
        comma(out);
        append_unsigned(out, trade.header.source_sequence);
        comma(out);
        append_time(out, trade.header.ts_event);
        comma(out);
        append_size(out, trade.size);
        comma(out);
        append_unsigned(out, trade.tape);
        comma(out);
        append_int(out, trade.exchange == trf ? trf_id : 0);
        comma(out);
        append_time(out, trade.exchange == trf ? trade.ts_execution : time_unknown);
        out.push_back('\n');
        return true;
    }
    void end(std::string&) override {}
};

class QuotesEncoder final : public RecordEncoder {
public:
    void begin(std::string& out) override {
        out +=
            "ticker,ask_exchange,ask_price,ask_size,bid_exchange,bid_price,bid_size,conditions,"
            "indicators,participant_timestamp,sequence_number,sip_timestamp,tape,trf_timestamp\n";
    }
    bool encode(const Record& record, std::string_view symbol, std::string& out) override {
        if (record.kind() != RecordKind::Quote) {
            return false;
        }
        const Quote& quote = record.quote();
        const bool lots = quote_sizes_in_lots(quote.header.ts_event);
        const int decimals = lots ? Size::decimals + 2 : Size::decimals;
        append_field(out, symbol);
        comma(out);
        append_unsigned(out, quote.ask_exchange);
        comma(out);
        append_price(out, quote.ask);
        comma(out);
        append_decimal(out, quote.ask_size.raw(), decimals);
        comma(out);
        append_unsigned(out, quote.bid_exchange);
        comma(out);
        append_price(out, quote.bid);
        comma(out);
        append_decimal(out, quote.bid_size.raw(), decimals);
        comma(out);
        append_unsigned(out, quote.condition);
        out += ",,";
        append_time(out, quote.header.ts_event);
        comma(out);
        append_unsigned(out, quote.header.source_sequence);
        comma(out);
        append_time(out, quote.header.ts_event);
        comma(out);
        append_unsigned(out, quote.tape);
        out += ",0\n";
        return true;
    }
    void end(std::string&) override {}
};

constexpr std::string_view bars_header =
    "ticker,volume,open,close,high,low,window_start,transactions\n";

void append_bar(std::string& out, std::string_view symbol, const Bar& bar) {
    append_field(out, symbol);
    comma(out);
    append_size(out, bar.volume);
    for (const Price price : {bar.open, bar.close, bar.high, bar.low}) {
        comma(out);
        append_price(out, price);
    }
    comma(out);
    append_time(out, bar.header.ts_event);
    comma(out);
    append_unsigned(out, bar.transactions);
    out.push_back('\n');
}

class MinuteEncoder final : public RecordEncoder {
public:
    void begin(std::string& out) override { out += bars_header; }
    bool encode(const Record& record, std::string_view symbol, std::string& out) override {
        if (record.kind() != RecordKind::Bar || record.bar().timeframe != Timeframe::Minute1) {
            return false;
        }
        append_bar(out, symbol, record.bar());
        return true;
    }
    void end(std::string&) override {}
};

/// Rows wait until the end, in order of (day, symbol), as in the vendor's files.
class DayEncoder final : public RecordEncoder {
public:
    void begin(std::string& out) override { out += bars_header; }

    bool encode(const Record& record, std::string_view symbol, std::string&) override {
        if (record.kind() != RecordKind::Bar) {
            return false;
        }
        const Bar& bar = record.bar();
        if (bar.timeframe == Timeframe::Day1) {
            days_[{bar.header.ts_event, std::string(symbol)}] = bar;
            return true;
        }
        return bar.timeframe == Timeframe::Minute1 && fold(bar, symbol);
    }

    void end(std::string& out) override {
        for (const auto& [key, bar] : days_) {
            if (bar.open != Price{}) {
                append_bar(out, key.second, bar);
            }
        }
        days_.clear();
    }

private:
    bool fold(const Bar& minute, std::string_view symbol) {
        const SessionSpan& span = lookup_.at(minute.header.ts_event);
        if (span.session == TradingSession::Closed || !find_day(span.date)) {
            return false;
        }
        Bar& day = days_[{midnight_, std::string(symbol)}];
        day.header.ts_event = midnight_;
        day.volume += minute.volume;
        day.transactions += minute.transactions;
        if (span.session == TradingSession::Regular) {
            const bool first = day.open == Price{};
            day.open = first ? minute.open : day.open;
            day.high = std::max(day.high, minute.high);
            day.low = first ? minute.low : std::min(day.low, minute.low);
            day.close = minute.close;
        }
        return true;
    }

    bool find_day(std::chrono::local_days date) {
        if (date != date_) {
            const auto day = trading_day(calendar_, date);
            if (!day) {
                return false;
            }
            date_ = date;
            midnight_ = day->midnight;
        }
        return true;
    }

    TradingCalendar calendar_;
    SessionLookup lookup_{calendar_};
    std::chrono::local_days date_{};
    UnixNanos midnight_;
    std::map<std::pair<UnixNanos, std::string>, Bar> days_;
};

}  // namespace

bool quote_sizes_in_lots(UnixNanos t) {
    constexpr UnixNanos shares_from = from_unix_second(1'762'146'000);  // 2025-11-03 in New York
    return t < shares_from;
}

std::unique_ptr<RecordEncoder> make_flat_file_encoder(Format format) {
    switch (format) {
        case Format::PolygonTradesCsv: return std::make_unique<TradesEncoder>();
        case Format::PolygonQuotesCsv: return std::make_unique<QuotesEncoder>();
        case Format::PolygonMinuteCsv: return std::make_unique<MinuteEncoder>();
        default: break;
    }
    TS_ASSERT(format == Format::PolygonDayCsv);
    return std::make_unique<DayEncoder>();
}

}  // namespace tickstock

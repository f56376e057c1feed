#include "mock_vendor/rest_rows.hpp"

#include <algorithm>

#include "base/json_writer.hpp"
#include "sources/writing/record_writer_encoder.hpp"

namespace tickstock {
namespace {

JsonWriter& time(JsonWriter& json, UnixNanos t) {
    return json.number(to_ns(t));
}

/// Sizes as plain numbers; a fraction stands in decimal_size too.
void decimal(JsonWriter& json, std::string_view key, Size size) {
    std::string text;
    append_size(text, size);
    json.key(key).raw(text);
}

void price(JsonWriter& json, std::string_view key, Price value) {
    std::string text;
    append_price(text, value);
    json.key(key).raw(text);
}

void conditions(JsonWriter& json, std::string_view key, const ConditionList& list) {
    json.key(key).begin_array();
    for (const auto code : list.codes()) {
        json.number(unsigned{code});
    }
    json.end_array();
}

/// What a ticker's records come to.
struct Summary {
    const Trade* trade = nullptr;
    const Quote* quote = nullptr;
    const Bar* minute = nullptr;
    std::uint32_t minute_at = 0;
    const FairValue* value = nullptr;
    UnixNanos updated;
    std::int64_t day = -1;
    Price open;
    Price high;
    Price low;
    Price close;
    Size volume;
    Price previous_close;

    void add(const Trade& one) {
        const auto of =
            std::chrono::floor<std::chrono::days>(one.header.ts_event - std::chrono::hours{5})
                .time_since_epoch()
                .count();
        if (of != day) {
            previous_close = close;
            day = of;
            open = high = low = one.price;
            volume = Size{};
        }
        high = std::max(high, one.price);
        low = std::min(low, one.price);
        close = one.price;
        volume += one.size;
        trade = &one;
    }
};

Summary summarise(const Tape& tape, SymbolId symbol, std::size_t passed) {
    Summary sum;
    for (const std::uint32_t index : tape.records_of(symbol)) {
        if (index >= passed) {
            break;
        }
        const Record& record = tape[index];
        switch (record.kind()) {
            case RecordKind::Trade:
                if (record.trade().correction == 0) {
                    sum.add(record.trade());
                }
                break;
            case RecordKind::Quote: sum.quote = &record.quote(); break;
            case RecordKind::Bar:
                if (record.bar().timeframe == Timeframe::Minute1) {
                    sum.minute = &record.bar();
                    sum.minute_at = index;
                }
                break;
            case RecordKind::FairValue: sum.value = &record.fair_value(); break;
            default: break;
        }
        sum.updated = std::max(sum.updated, record.header().ts_event);
    }
    return sum;
}

void append_day(JsonWriter& json, const Summary& sum) {
    json.key("day").begin_object();
    price(json, "c", sum.close);
    price(json, "h", sum.high);
    price(json, "l", sum.low);
    price(json, "o", sum.open);
    decimal(json, "v", sum.volume);
    json.end_object();
    if (sum.previous_close != Price{}) {
        json.key("prevDay").begin_object();
        price(json, "c", sum.previous_close);
        json.end_object();
    }
}

void append_last_quote(JsonWriter& json, const Quote& quote) {
    json.key("lastQuote").begin_object();
    price(json, "P", quote.ask);
    decimal(json, "S", quote.ask_size);
    price(json, "p", quote.bid);
    decimal(json, "s", quote.bid_size);
    time(json.key("t"), quote.header.ts_event).end_object();
}

void append_last_trade(JsonWriter& json, const Trade& trade) {
    json.key("lastTrade").begin_object();
    conditions(json, "c", trade.conditions);
    json.key("i").string(trade.id.view());
    price(json, "p", trade.price);
    decimal(json, "s", trade.size);
    time(json.key("t"), trade.header.ts_event);
    json.key("x").number(unsigned{trade.exchange}).end_object();
}

void append_minute(JsonWriter& json, const Bar& bar, Size day_volume) {
    json.key("min").begin_object();
    decimal(json, "av", day_volume);
    price(json, "c", bar.close);
    price(json, "h", bar.high);
    price(json, "l", bar.low);
    price(json, "o", bar.open);
    decimal(json, "v", bar.volume);
    if (bar.vwap != Price{}) {
        price(json, "vw", bar.vwap);
    }
    json.key("t").number(unix_millis(bar.header.ts_event));
    json.key("n").number(bar.transactions).end_object();
}

}  // namespace

void append_trade_row(std::string& out, const Trade& trade) {
    constexpr std::uint8_t trf = 4;
    const UnixNanos executed =
        trade.ts_execution == time_unknown ? trade.header.ts_event : trade.ts_execution;
    JsonWriter json(out);
    json.begin_object();
    if (!trade.conditions.empty()) {
        conditions(json, "conditions", trade.conditions);
    }
    if (trade.correction != 0) {
        json.key("correction").number(unsigned{trade.correction});
    }
    json.key("exchange").number(unsigned{trade.exchange});
    json.key("id").string(trade.id.view());
    time(json.key("participant_timestamp"), executed);
    price(json, "price", trade.price);
    json.key("sequence_number").number(trade.header.source_sequence);
    time(json.key("sip_timestamp"), trade.header.ts_event);
    json.key("size").number(trade.size.raw() / Size::units_per_share);
    if (trade.size.raw() % Size::units_per_share != 0) {
        std::string text;
        append_size(text, trade.size);
        json.key("decimal_size").string(text);
    }
    json.key("tape").number(unsigned{trade.tape});
    if (trade.exchange == trf) {
        time(json.key("trf_timestamp"), executed);
    }
    json.end_object();
}

void append_quote_row(std::string& out, const Quote& quote) {
    const bool lots = quote_sizes_in_lots(quote.header.ts_event);
    JsonWriter json(out);
    const auto size = [&](std::string_view key, Size value) {
        std::string text;
        append_decimal(text, value.raw(), lots ? Size::decimals + 2 : Size::decimals);
        json.key(key).raw(text);
    };
    json.begin_object().key("ask_exchange").number(unsigned{quote.ask_exchange});
    price(json, "ask_price", quote.ask);
    size("ask_size", quote.ask_size);
    json.key("bid_exchange").number(unsigned{quote.bid_exchange});
    price(json, "bid_price", quote.bid);
    size("bid_size", quote.bid_size);
    if (quote.condition != 0) {
        json.key("conditions").begin_array().number(unsigned{quote.condition}).end_array();
    }
    time(json.key("participant_timestamp"), quote.header.ts_event);
    json.key("sequence_number").number(quote.header.source_sequence);
    time(json.key("sip_timestamp"), quote.header.ts_event);
    json.key("tape").number(unsigned{quote.tape}).end_object();
}

void append_bar_row(std::string& out, const Bar& bar) {
    JsonWriter json(out);
    json.begin_object();
    decimal(json, "v", bar.volume);
    if (bar.vwap != Price{}) {
        price(json, "vw", bar.vwap);
    }
    price(json, "o", bar.open);
    price(json, "c", bar.close);
    price(json, "h", bar.high);
    price(json, "l", bar.low);
    json.key("t").number(unix_millis(bar.header.ts_event));
    if (bar.transactions != 0) {
        json.key("n").number(bar.transactions);
    }
    json.end_object();
}

bool append_snapshot_row(std::string& out, const Tape& tape, SymbolId symbol, std::size_t passed) {
    const Summary sum = summarise(tape, symbol, passed);
    if (sum.updated == UnixNanos{}) {
        return false;
    }
    JsonWriter json(out);
    json.begin_object();
    if (sum.trade != nullptr) {
        append_day(json, sum);
    }
    if (sum.value != nullptr) {
        price(json, "fmv", sum.value->value);
    }
    if (sum.quote != nullptr) {
        append_last_quote(json, *sum.quote);
    }
    if (sum.trade != nullptr) {
        append_last_trade(json, *sum.trade);
    }
    if (sum.minute != nullptr) {
        append_minute(json, *sum.minute, tape.day_volume(sum.minute_at));
    }
    json.key("ticker").string(tape.symbol(symbol));
    time(json.key("updated"), sum.updated).end_object();
    return true;
}

}  // namespace tickstock

#include "inspection/candle_json.hpp"

#include <algorithm>

#include "base/json_writer.hpp"

namespace tickstock {
namespace {

void put_vwap(JsonWriter& json, const Candle& candle) {
    json.key("vwap");
    if (!candle.has_vwap || candle.volume <= 0) {
        json.null();
    } else {
        json.number(static_cast<double>(candle.notional) / static_cast<double>(candle.volume) /
                    static_cast<double>(Price::units_per_dollar));
    }
}

void put(JsonWriter& json, const Candle& candle) {
    json.begin_object().key("t").number(candle.start);
    json.key("o").price(candle.open).key("h").price(candle.high);
    json.key("l").price(candle.low).key("c").price(candle.close);
    json.key("v").size(Size::from_raw(candle.volume)).key("n").number(candle.trades);
    put_vwap(json, candle);
    json.end_object();
}

void put_price(JsonWriter& json, std::string_view key, bool known, Price price) {
    json.key(key);
    known ? json.price(price) : json.null();
}

void put(JsonWriter& json, const SessionCandle& session, UnixNanos whole_from) {
    const Candle& figures = session.figures;
    json.begin_object().key("session").string(to_string(session.session));
    put_price(json, "open", figures.has_price, figures.open);
    put_price(json, "high", figures.has_range, figures.high);
    put_price(json, "low", figures.has_range, figures.low);
    put_price(json, "last", figures.has_price, figures.close);
    json.key("volume").size(Size::from_raw(figures.volume));
    put_vwap(json, figures);
    json.key("since").number(to_ns(std::max(session.begin, whole_from))).end_object();
}

}  // namespace

std::string candles_json(const CandleRequest& request, const SymbolCandles& candles,
                         UnixNanos whole_from, UnixNanos through) {
    const std::int64_t interval = request.interval_seconds;
    const auto found = candles.candles(interval, request.limit, request.since);
    UnixNanos complete = whole_from;
    if (candles.is_cut(interval) && !found.empty()) {
        complete = std::max(complete, from_unix_second(found.front().start));
    }
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("symbol").string(request.symbol);
    json.key("interval_seconds").number(interval).key("complete_from");
    complete == time_unknown ? json.null() : json.number(to_ns(complete));
    json.key("through").number(to_ns(through)).key("candles").begin_array();
    for (const Candle& candle : found) {
        put(json, candle);
    }
    json.end_array().key("session");
    if (const auto session = candles.session()) {
        put(json, *session, whole_from);
    } else {
        json.null();
    }
    json.end_object();
    return text;
}

}  // namespace tickstock

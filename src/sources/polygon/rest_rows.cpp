#include "sources/polygon/rest_rows.hpp"

#include <chrono>

#include "sources/formats/json_text.hpp"
#include "sources/formats/record_builder.hpp"

namespace tickstock {
namespace {

namespace ondemand = simdjson::ondemand;

/// The REST service knows nanoseconds, the wire milliseconds.
UnixNanos as_on_wire(UnixNanos time) {
    return time == time_unknown ? time : std::chrono::floor<std::chrono::milliseconds>(time);
}

bool given(std::string_view number) {
    return !number.empty() && number != "0";
}

/// Calls with each member's key and text; false where the JSON breaks.
template <class Call>
bool each_member(ondemand::object& object, Call call) {
    for (auto entry : object) {
        std::string_view key;
        ondemand::value value;
        if (entry.error() || entry.unescaped_key().get(key) || entry.value().get(value)) {
            return false;
        }
        std::string_view text;
        if (value_text(value, text)) {
            return false;
        }
        call(key, text);
    }
    return true;
}

bool read_trade(ondemand::object& row, std::string_view symbol, DecodeContext& context,
                FieldStatus& status, Record& out) {
    TradeFields fields;
    fields.symbol = symbol;
    std::string_view whole_size;
    std::string_view participant;
    std::string_view reporting;
    const bool readable = each_member(row, [&](std::string_view key, std::string_view text) {
        if (key == "price") {
            fields.price = text;
        } else if (key == "size") {
            whole_size = text;
        } else if (key == "decimal_size") {
            fields.size = text;
        } else if (key == "sip_timestamp") {
            fields.timestamp = text;
        } else if (key == "participant_timestamp") {
            participant = text;
        } else if (key == "trf_timestamp") {
            reporting = text;
        } else if (key == "conditions") {
            fields.conditions = text;
        } else if (key == "exchange") {
            fields.exchange = text;
        } else if (key == "tape") {
            fields.tape = text;
        } else if (key == "correction") {
            fields.correction = text;
        } else if (key == "id") {
            fields.id = text;
        } else if (key == "sequence_number") {
            fields.sequence = text;
        }
    });
    fields.size = fields.size.empty() ? whole_size : fields.size;
    fields.execution_time = given(participant) ? participant : reporting;
    status = build_trade(fields, context, out);
    if (status == field_ok) {
        Trade trade = out.trade();
        trade.header.ts_event = trade.header.ts_recv = as_on_wire(trade.header.ts_event);
        trade.ts_execution = as_on_wire(trade.ts_execution);
        out = trade;
    }
    return readable;
}

bool read_quote(ondemand::object& row, std::string_view symbol, DecodeContext& context,
                FieldStatus& status, Record& out) {
    QuoteFields fields;
    fields.symbol = symbol;
    const bool readable = each_member(row, [&](std::string_view key, std::string_view text) {
        if (key == "bid_price") {
            fields.bid = text;
        } else if (key == "ask_price") {
            fields.ask = text;
        } else if (key == "bid_size") {
            fields.bid_size = text;
        } else if (key == "ask_size") {
            fields.ask_size = text;
        } else if (key == "bid_exchange") {
            fields.bid_exchange = text;
        } else if (key == "ask_exchange") {
            fields.ask_exchange = text;
        } else if (key == "conditions") {
            fields.conditions = text;
        } else if (key == "tape") {
            fields.tape = text;
        } else if (key == "sip_timestamp") {
            fields.timestamp = text;
        } else if (key == "sequence_number") {
            fields.sequence = text;
        }
    });
    status = build_quote(fields, context.quote_sizes, context, out);
    if (status == field_ok) {
        out.header().ts_event = out.header().ts_recv = as_on_wire(out.header().ts_event);
    }
    return readable;
}

bool read_bar(ondemand::object& row, std::string_view symbol, DecodeContext& context,
              FieldStatus& status, Record& out) {
    BarFields fields;
    fields.symbol = symbol;
    fields.timeframe = Timeframe::Minute1;
    std::string_view whole_volume;
    const bool readable = each_member(row, [&](std::string_view key, std::string_view text) {
        if (key == "o") {
            fields.open = text;
        } else if (key == "h") {
            fields.high = text;
        } else if (key == "l") {
            fields.low = text;
        } else if (key == "c") {
            fields.close = text;
        } else if (key == "v") {
            whole_volume = text;
        } else if (key == "dv") {
            fields.volume = text;
        } else if (key == "vw") {
            fields.vwap = text;
        } else if (key == "n") {
            fields.transactions = text;
        } else if (key == "t") {
            fields.timestamp = text;
        }
    });
    fields.volume = fields.volume.empty() ? whole_volume : fields.volume;
    status = build_bar(fields, context, out);
    return readable;
}

}  // namespace

struct PolygonRestReader::Parser {
    /// The body as a document. Its bytes stay readable behind their end.
    bool open(std::string& body, ondemand::document& document) {
        body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
        return !parser.iterate(body.data(), body.size(), body.capacity()).get(document);
    }
    ondemand::parser parser;
};

PolygonRestReader::PolygonRestReader(DecodeContext& context)
    : context_(context), parser_(std::make_unique<Parser>()) {}
PolygonRestReader::~PolygonRestReader() = default;

bool PolygonRestReader::read_page(std::string& body, Kind kind, std::string_view symbol,
                                  std::vector<Record>& out, std::string& next) {
    next.clear();
    ondemand::document document;
    ondemand::object page;
    if (!parser_->open(body, document) || document.get_object().get(page)) {
        return false;
    }
    for (auto entry : page) {
        std::string_view key;
        if (entry.error() || entry.unescaped_key().get(key)) {
            return false;
        }
        if (key == "next_url") {
            std::string_view text;
            if (entry.value().get_string().get(text) == simdjson::SUCCESS) {
                next = text;
            }
            continue;
        }
        ondemand::array rows;
        if (key != "results" || entry.value().get_array().get(rows)) {
            continue;  // null where there are none
        }
        for (auto element : rows) {
            ondemand::object row;
            if (element.get_object().get(row)) {
                return false;
            }
            Record record;
            FieldStatus status = field_ok;
            const bool readable =
                kind == Kind::Trades   ? read_trade(row, symbol, context_, status, record)
                : kind == Kind::Quotes ? read_quote(row, symbol, context_, status, record)
                                       : read_bar(row, symbol, context_, status, record);
            if (!readable) {
                return false;
            }
            if (status == field_ok) {
                context_.ledger.accept();
                out.push_back(record);
            } else {
                context_.ledger.reject(status, symbol);
            }
        }
    }
    return true;
}

bool PolygonRestReader::read_snapshot(std::string& body,
                                      std::unordered_map<std::string, UnixNanos>& updated) {
    ondemand::document document;
    ondemand::object page;
    if (!parser_->open(body, document) || document.get_object().get(page)) {
        return false;
    }
    for (auto entry : page) {
        std::string_view key;
        if (entry.error() || entry.unescaped_key().get(key)) {
            return false;
        }
        ondemand::array tickers;
        if (key != "tickers" || entry.value().get_array().get(tickers)) {
            continue;
        }
        for (auto element : tickers) {
            ondemand::object row;
            if (element.get_object().get(row)) {
                return false;
            }
            std::string_view ticker;
            UnixNanos time = time_unknown;
            const bool readable =
                each_member(row, [&](std::string_view name, std::string_view text) {
                    if (name == "ticker") {
                        ticker = text;
                    } else if (name == "updated" && given(text)) {
                        read_time(text, std::nullopt, time);
                    }
                });
            if (!readable) {
                return false;
            }
            if (SymbolText::is_valid(ticker)) {
                updated[std::string(ticker)] = time;
            }
        }
    }
    return true;
}

}  // namespace tickstock

#include "cli/journal_text.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/json_writer.hpp"

namespace tickstock {
namespace {

void put_time(JsonWriter& json, std::string_view key, UnixNanos time) {
    json.key(key).string(iso_time(time));
}

void put_known(JsonWriter& json, std::string_view key, Price price) {
    if (price != Price()) {
        json.key(key).price(price);
    }
}

void put_header(JsonWriter& json, const RecordHeader& header) {
    put_time(json, "ts_event", header.ts_event);
    put_time(json, "ts_recv", header.ts_recv);
    json.key("source").number(static_cast<unsigned>(header.source.value()));
    json.key("source_kind").string(to_string(header.source_kind));
    if (header.source_sequence != 0) {
        json.key("source_sequence").number(header.source_sequence);
    }
}

void put_body(JsonWriter& json, const Trade& trade) {
    json.key("price").price(trade.price).key("size").size(trade.size);
    json.key("exchange").number(static_cast<unsigned>(trade.exchange));
    json.key("tape").number(static_cast<unsigned>(trade.tape));
    json.key("conditions").begin_array();
    for (const std::uint8_t code : trade.conditions.codes()) {
        json.number(static_cast<unsigned>(code));
    }
    json.end_array();
    if (trade.ts_execution != time_unknown) {
        put_time(json, "ts_execution", trade.ts_execution);
    }
    if (trade.correction != 0) {
        json.key("correction").number(static_cast<unsigned>(trade.correction));
    }
    json.key("id").string(trade.id.view());
}

void put_body(JsonWriter& json, const Quote& quote) {
    json.key("bid").price(quote.bid).key("bid_size").size(quote.bid_size);
    json.key("ask").price(quote.ask).key("ask_size").size(quote.ask_size);
    json.key("bid_exchange").number(static_cast<unsigned>(quote.bid_exchange));
    json.key("ask_exchange").number(static_cast<unsigned>(quote.ask_exchange));
    json.key("condition").number(static_cast<unsigned>(quote.condition));
    json.key("tape").number(static_cast<unsigned>(quote.tape));
}

void put_body(JsonWriter& json, const Bar& bar) {
    json.key("timeframe").string(to_string(bar.timeframe));
    json.key("open").price(bar.open).key("high").price(bar.high);
    json.key("low").price(bar.low).key("close").price(bar.close);
    json.key("volume").size(bar.volume);
    put_known(json, "vwap", bar.vwap);
    put_known(json, "session_vwap", bar.session_vwap);
    if (bar.has_average_volume) {
        json.key("average_volume").size(bar.average_volume);
    }
    if (bar.has_percent_change) {  // percent × 10⁶, as a size has it
        json.key("percent_change").size(Size::from_raw(bar.percent_change_micro));
    }
    json.key("transactions").number(bar.transactions);
}

void put_body(JsonWriter& json, const FairValue& value) {
    json.key("value").price(value.value);
    put_known(json, "market_price", value.market_price);
    if (value.confidence >= 0) {
        json.key("confidence").number(value.confidence);
    }
}

void put_body(JsonWriter& json, const TradingStatus& status) {
    static constexpr std::array<std::string_view, 4> actions{"none", "halt", "pause", "resume"};
    json.key("action").string(actions[static_cast<std::size_t>(status.action)]);
    put_known(json, "band_upper", status.band_upper);
    put_known(json, "band_lower", status.band_lower);
    const std::string_view reason(status.reason.data(), status.reason.size());
    json.key("reason").string(reason.substr(0, reason.find('\0')));
}

void put_record(JsonWriter& json, const Record& record) {
    put_header(json, record.header());
    switch (record.kind()) {
        case RecordKind::Trade: put_body(json, record.trade()); break;
        case RecordKind::Quote: put_body(json, record.quote()); break;
        case RecordKind::Bar: put_body(json, record.bar()); break;
        case RecordKind::FairValue: put_body(json, record.fair_value()); break;
        case RecordKind::TradingStatus: put_body(json, record.status()); break;
        case RecordKind::ClockTick: break;
    }
}

}  // namespace

std::string iso_time(UnixNanos time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

void append_entry_json(std::string& out, const JournalEntry& entry,
                       const std::vector<SymbolText>& texts) {
    JsonWriter json(out);
    json.begin_object().key("sequence").number(entry.sequence.value());
    if (entry.is_decision()) {
        const Decision& decision = *entry.decision;
        json.key("kind").string("decision").key("action").string(to_string(decision.action));
        put_time(json, "clock", decision.clock);
        put_time(json, "wall", decision.wall);
        json.key("by").string(decision.by);
        if (const auto* halt = std::get_if<ManualHalt>(&decision.action)) {
            json.key("symbol").string(texts.at(halt->symbol.value()).view());
        }
        json.key("text").string(describe(decision));
    } else {
        const RecordHeader& header = entry.record.header();
        json.key("kind").string(to_string(header.kind));
        if (header.kind != RecordKind::ClockTick) {
            json.key("symbol").string(texts.at(header.symbol.value()).view());
        }
        put_time(json, "clock", header.clock);
        put_record(json, entry.record);
    }
    json.end_object();
}

}  // namespace tickstock

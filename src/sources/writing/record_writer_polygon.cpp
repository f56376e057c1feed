#include <chrono>

#include "base/json_writer.hpp"
#include "sources/writing/record_writer_encoder.hpp"

namespace tickstock {
namespace {

/// A frame a line, as the vendor sends them: records that came together share one.
class PolygonWsEncoder final : public RecordEncoder {
public:
    void begin(std::string&) override {}

    bool encode(const Record& record, std::string_view symbol, std::string& out) override {
        message_.clear();
        if (!append_message(record, symbol)) {
            return false;
        }
        constexpr unsigned messages_max = 50;
        constexpr auto together = std::chrono::milliseconds{5};
        const UnixNanos now = record.header().ts_recv;
        if (messages_ > 0 && (messages_ == messages_max || now - first_ > together)) {
            end(out);
        }
        if (messages_ == 0) {
            first_ = now;
        }
        out.push_back(messages_ == 0 ? '[' : ',');
        out += message_;
        ++messages_;
        return true;
    }

    void end(std::string& out) override {
        if (messages_ > 0) {
            out += "]\n";
            messages_ = 0;
        }
    }

private:
    bool append_message(const Record& record, std::string_view symbol) {
        switch (record.kind()) {
            case RecordKind::Trade: append_trade(record.trade(), symbol); return true;
            case RecordKind::Quote: append_quote(record.quote(), symbol); return true;
            case RecordKind::Bar: return append_bar(record.bar(), symbol);
            case RecordKind::FairValue: append_fair_value(record.fair_value(), symbol); return true;
            case RecordKind::TradingStatus: return append_bands(record.status(), symbol);
            case RecordKind::ClockTick: break;
        }
        return false;
    }

    void open(std::string_view event, std::string_view key, std::string_view symbol) {
        message_ += R"({"ev":")";
        message_ += event;
        message_ += "\",\"";
        message_ += key;
        message_ += "\":";
        JsonWriter(message_).string(symbol);
    }
    void number(std::string_view key, std::uint64_t value) {
        message_ += key;
        append_unsigned(message_, value);
    }
    void price(std::string_view key, Price value) {
        message_ += key;
        append_price(message_, value);
    }
    void millis(std::string_view key, UnixNanos t) {
        message_ += key;
        append_millis(message_, t);
    }
    /// Whole shares under `key`; the exact text under `exact` when there is more.
    void shares(std::string_view key, std::string_view exact, Size size) {
        number(key, static_cast<std::uint64_t>(size.raw() / Size::units_per_share));
        if (size.raw() % Size::units_per_share != 0) {
            message_ += exact;
            message_.push_back('"');
            append_size(message_, size);
            message_.push_back('"');
        }
    }

    void append_trade(const Trade& trade, std::string_view symbol) {
        open("T", "sym", symbol);
        number(",\"x\":", trade.exchange);
        if (!trade.id.empty()) {
            message_ += ",\"i\":";
            JsonWriter(message_).string(trade.id.view());
        }
        number(",\"z\":", trade.tape);
        price(",\"p\":", trade.price);
        shares(",\"s\":", ",\"ds\":", trade.size);
        if (!trade.conditions.empty()) {
            message_ += ",\"c\":[";
            append_codes(message_, trade.conditions);
            message_.push_back(']');
        }
        millis(",\"t\":", trade.header.ts_event);
        number(",\"q\":", trade.header.source_sequence);
        if (trade.ts_execution != time_unknown) {
            constexpr std::uint8_t trf = 4;
            millis(trade.exchange == trf ? ",\"trft\":" : ",\"pt\":", trade.ts_execution);
        }
        if (trade.correction != 0) {
            number(",\"e\":", trade.correction);
        }
        message_.push_back('}');
    }

    void append_quote(const Quote& quote, std::string_view symbol) {
        const bool lots = quote_sizes_in_lots(quote.header.ts_event);
        const auto size = [&](std::string_view key, Size value) {
            message_ += key;
            append_decimal(message_, value.raw(), lots ? Size::decimals + 2 : Size::decimals);
        };
        open("Q", "sym", symbol);
        number(",\"bx\":", quote.bid_exchange);
        price(",\"bp\":", quote.bid);
        size(",\"bs\":", quote.bid_size);
        number(",\"ax\":", quote.ask_exchange);
        price(",\"ap\":", quote.ask);
        size(",\"as\":", quote.ask_size);
        number(",\"c\":", quote.condition);
        millis(",\"t\":", quote.header.ts_event);
        number(",\"q\":", quote.header.source_sequence);
        number(",\"z\":", quote.tape);
        message_.push_back('}');
    }

    bool append_bar(const Bar& bar, std::string_view symbol) {
        const bool second = bar.timeframe == Timeframe::Second1;
        if (!second && bar.timeframe != Timeframe::Minute1) {
            return false;
        }
        open(second ? "A" : "AM", "sym", symbol);
        shares(",\"v\":", ",\"dv\":", bar.volume);
        if (bar.vwap != Price{}) {
            price(",\"vw\":", bar.vwap);
        }
        price(",\"o\":", bar.open);
        price(",\"c\":", bar.close);
        price(",\"h\":", bar.high);
        price(",\"l\":", bar.low);
        if (bar.session_vwap != Price{}) {
            price(",\"a\":", bar.session_vwap);
        }
        if (bar.transactions != 0) {
            // z: mean size of a trade
            const auto trades = static_cast<std::int64_t>(bar.transactions);
            number(",\"z\":",
                   static_cast<std::uint64_t>(bar.volume.raw() / trades / Size::units_per_share));
            number(",\"n\":", bar.transactions);
        }
        const UnixNanos start = bar.header.ts_event;
        millis(",\"s\":", start);
        millis(",\"e\":", start + (second ? std::chrono::seconds{1} : std::chrono::minutes{1}));
        message_.push_back('}');
        return true;
    }

    void append_fair_value(const FairValue& value, std::string_view symbol) {
        open("FMV", "sym", symbol);
        price(",\"fmv\":", value.value);
        message_ += ",\"t\":";
        append_time(message_, value.header.ts_event);
        message_.push_back('}');
    }

    /// The vendor tells bands; it has no word for halts and pauses.
    bool append_bands(const TradingStatus& status, std::string_view symbol) {
        if (status.action != TradingStatus::Action::None) {
            return false;
        }
        open("LULD", "T", symbol);
        price(",\"h\":", status.band_upper);
        price(",\"l\":", status.band_lower);
        message_ += ",\"t\":";
        append_time(message_, status.header.ts_event);
        number(",\"q\":", status.header.source_sequence);
        message_.push_back('}');
        return true;
    }

    std::string message_;
    unsigned messages_ = 0;
    UnixNanos first_;
};

}  // namespace

std::unique_ptr<RecordEncoder> make_polygon_ws_encoder() {
    return std::make_unique<PolygonWsEncoder>();
}

}  // namespace tickstock

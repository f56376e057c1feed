#include <array>

#include "base/json_writer.hpp"
#include "sources/writing/record_writer_encoder.hpp"

namespace tickstock {
namespace {

/// The columns of a csv row and the keys of an ndjson object, in this order.
enum class Column : std::uint8_t {
    Type,
    Symbol,
    Timestamp,
    Price,
    Size,
    Conditions,
    Exchange,
    Tape,
    Id,
    Correction,
    ExecutionTime,
    SequenceNumber,
    Bid,
    Ask,
    BidSize,
    AskSize,
    Open,
    High,
    Low,
    Close,
    Vwap,
    AverageVolume,
    PercentChange,
    Timeframe,
    Transactions,
    FairValue,
    MarketPrice,
    Confidence,
    Action,
    Reason,
    BandUpper,
    BandLower,
    Count_,
};
constexpr std::size_t column_count = static_cast<std::size_t>(Column::Count_);

enum class Form : std::uint8_t { Number, Text, List };
struct ColumnInfo {
    std::string_view name;
    Form form = Form::Number;
};
constexpr std::array<ColumnInfo, column_count> columns{{{"type", Form::Text},
                                                        {"symbol", Form::Text},
                                                        {"timestamp"},
                                                        {"price"},
                                                        {"size"},
                                                        {"conditions", Form::List},
                                                        {"exchange"},
                                                        {"tape"},
                                                        {"id", Form::Text},
                                                        {"correction"},
                                                        {"participant_timestamp"},
                                                        {"sequence_number"},
                                                        {"bid"},
                                                        {"ask"},
                                                        {"bid_size"},
                                                        {"ask_size"},
                                                        {"open"},
                                                        {"high"},
                                                        {"low"},
                                                        {"close"},
                                                        {"vwap"},
                                                        {"avg_volume"},
                                                        {"percent_change"},
                                                        {"timeframe", Form::Text},
                                                        {"transactions"},
                                                        {"fmv"},
                                                        {"market_price"},
                                                        {"confidence"},
                                                        {"action", Form::Text},
                                                        {"reason", Form::Text},
                                                        {"band_upper"},
                                                        {"band_lower"}}};

std::string_view timeframe_name(Timeframe timeframe) {
    switch (timeframe) {
        case Timeframe::Second1: return "1s";
        case Timeframe::Minute1: return "1m";
        case Timeframe::Minute5: return "5m";
        case Timeframe::Minute15: return "15m";
        case Timeframe::Hour1: return "1h";
        case Timeframe::Day1: return "1d";
        case Timeframe::None: break;
    }
    return {};
}

std::string_view action_name(TradingStatus::Action action) {
    switch (action) {
        case TradingStatus::Action::Halt: return "halt";
        case TradingStatus::Action::Pause: return "pause";
        case TradingStatus::Action::Resume: return "resume";
        case TradingStatus::Action::None: break;
    }
    return {};
}

/// A record as the texts of its columns; an empty text = nothing to tell.
class Row {
public:
    /// False when the dynamic formats cannot hold the record.
    bool fill(const Record& record, std::string_view symbol) {
        for (auto& text : texts_) {
            text.clear();
        }
        at(Column::Symbol) = symbol;
        append_time(at(Column::Timestamp), record.header().ts_event);
        count(Column::SequenceNumber, record.header().source_sequence);
        switch (record.kind()) {
            case RecordKind::Trade: fill_trade(record.trade()); return true;
            case RecordKind::Quote: fill_quote(record.quote()); return true;
            case RecordKind::Bar: return fill_bar(record.bar());
            case RecordKind::FairValue: fill_fair_value(record.fair_value()); return true;
            case RecordKind::TradingStatus: return fill_status(record.status());
            case RecordKind::ClockTick: break;
        }
        return false;
    }

    const std::array<std::string, column_count>& texts() const { return texts_; }

private:
    std::string& at(Column column) { return texts_[static_cast<std::size_t>(column)]; }

    /// Zero means "not given" and is left out.
    void count(Column column, std::uint64_t value) {
        if (value != 0) {
            append_unsigned(at(column), value);
        }
    }
    void optional_price(Column column, Price price) {
        if (price != Price{}) {
            append_price(at(column), price);
        }
    }

    void fill_trade(const Trade& trade) {
        at(Column::Type) = "trade";
        append_price(at(Column::Price), trade.price);
        append_size(at(Column::Size), trade.size);
        append_codes(at(Column::Conditions), trade.conditions);
        count(Column::Exchange, trade.exchange);
        count(Column::Tape, trade.tape);
        at(Column::Id) = trade.id.view();
        count(Column::Correction, trade.correction);
        if (trade.ts_execution != time_unknown) {
            append_time(at(Column::ExecutionTime), trade.ts_execution);
        }
    }

    void fill_quote(const Quote& quote) {
        at(Column::Type) = "quote";
        append_price(at(Column::Bid), quote.bid);
        append_price(at(Column::Ask), quote.ask);
        append_size(at(Column::BidSize), quote.bid_size);
        append_size(at(Column::AskSize), quote.ask_size);
        if (quote.condition != 0) {
            append_unsigned(at(Column::Conditions), quote.condition);
        }
    }

    bool fill_bar(const Bar& bar) {
        at(Column::Type) = "bar";
        at(Column::Timeframe) = timeframe_name(bar.timeframe);
        append_price(at(Column::Open), bar.open);
        append_price(at(Column::High), bar.high);
        append_price(at(Column::Low), bar.low);
        append_price(at(Column::Close), bar.close);
        append_size(at(Column::Size), bar.volume);
        optional_price(Column::Vwap, bar.vwap);
        count(Column::Transactions, bar.transactions);
        if (bar.has_average_volume) {
            append_size(at(Column::AverageVolume), bar.average_volume);
        }
        if (bar.has_percent_change) {
            append_decimal(at(Column::PercentChange), bar.percent_change_micro, 6);
        }
        return bar.timeframe != Timeframe::None;
    }

    void fill_fair_value(const FairValue& value) {
        at(Column::Type) = "fmv";
        append_price(at(Column::FairValue), value.value);
        optional_price(Column::MarketPrice, value.market_price);
        if (value.confidence >= 0) {
            append_double(at(Column::Confidence), value.confidence);
        }
    }

    bool fill_status(const TradingStatus& status) {
        at(Column::Type) = "status";
        at(Column::Action) = action_name(status.action);
        const std::string_view reason(status.reason.data(), status.reason.size());
        at(Column::Reason) = reason.substr(0, reason.find('\0'));
        optional_price(Column::BandUpper, status.band_upper);
        optional_price(Column::BandLower, status.band_lower);
        return !at(Column::Action).empty();
    }

    std::array<std::string, column_count> texts_;
};

class CsvEncoder final : public RecordEncoder {
public:
    void begin(std::string& out) override {
        for (const auto& column : columns) {
            out += column.name;
            out.push_back(&column == &columns.back() ? '\n' : ',');
        }
    }
    bool encode(const Record& record, std::string_view symbol, std::string& out) override {
        if (!row_.fill(record, symbol)) {
            return false;
        }
        for (const auto& text : row_.texts()) {
            append_field(out, text);
            out.push_back(&text == &row_.texts().back() ? '\n' : ',');
        }
        return true;
    }
    void end(std::string&) override {}

private:
    Row row_;
};

class NdjsonEncoder final : public RecordEncoder {
public:
    void begin(std::string&) override {}
    bool encode(const Record& record, std::string_view symbol, std::string& out) override {
        if (!row_.fill(record, symbol)) {
            return false;
        }
        char before = '{';
        for (std::size_t i = 0; i < column_count; ++i) {
            const std::string& text = row_.texts()[i];
            if (text.empty()) {
                continue;
            }
            out.push_back(before);
            before = ',';
            out.push_back('"');
            out += columns[i].name;
            out += "\":";
            append_value(columns[i].form, text, out);
        }
        out += "}\n";
        return true;
    }
    void end(std::string&) override {}

private:
    static void append_value(Form form, std::string_view text, std::string& out) {
        switch (form) {
            case Form::Number: out += text; break;
            case Form::Text: JsonWriter(out).string(text); break;
            case Form::List:
                out.push_back('[');
                out += text;
                out.push_back(']');
                break;
        }
    }

    Row row_;
};

}  // namespace

std::unique_ptr<RecordEncoder> make_csv_encoder() {
    return std::make_unique<CsvEncoder>();
}

std::unique_ptr<RecordEncoder> make_ndjson_encoder() {
    return std::make_unique<NdjsonEncoder>();
}

}  // namespace tickstock

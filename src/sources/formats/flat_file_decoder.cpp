#include "sources/formats/flat_file_decoder.hpp"

#include <fmt/format.h>

#include "sources/formats/record_builder.hpp"

namespace tickstock {
namespace {

/// What the four decoders share: split, build, count.
class FlatFileDecoder : public LineDecoder {
public:
    FlatFileDecoder(std::size_t column_count, DecodeContext& context)
        : column_count_(column_count), context_(context) {}

    void decode(std::string_view line, std::vector<Record>& out) final {
        if (line.empty()) {
            return;
        }
        Record record;
        FieldStatus status = Reason::Malformed;
        if (split_csv(line, row_) && row_.count == column_count_) {
            status = build(row_, context_, record);
        }
        if (status == field_ok) {
            context_.ledger.accept();
            out.push_back(record);
        } else {
            context_.ledger.reject(status, line);
        }
    }

private:
    virtual FieldStatus build(const CsvRow& row, DecodeContext& context, Record& out) const = 0;

    std::size_t column_count_;
    DecodeContext& context_;
    CsvRow row_;
};

class TradesDecoder final : public FlatFileDecoder {
public:
    TradesDecoder(const CsvHeader& header, DecodeContext& context)
        : FlatFileDecoder(header.size(), context),
          symbol_(header.find("ticker")),
          conditions_(header.find("conditions")),
          correction_(header.find("correction")),
          exchange_(header.find("exchange")),
          id_(header.find("id")),
          execution_time_(header.find("participant_timestamp")),
          price_(header.find("price")),
          sequence_(header.find("sequence_number")),
          timestamp_(header.find("sip_timestamp")),
          size_(header.find("size")),
          tape_(header.find("tape")) {}

private:
    FieldStatus build(const CsvRow& row, DecodeContext& context, Record& out) const override {
        TradeFields fields;
        fields.symbol = row[symbol_];
        fields.price = row[price_];
        fields.size = row[size_];
        fields.timestamp = row[timestamp_];
        fields.execution_time = row[execution_time_];
        fields.conditions = row[conditions_];
        fields.exchange = row[exchange_];
        fields.tape = row[tape_];
        fields.correction = row[correction_];
        fields.id = row[id_];
        fields.sequence = row[sequence_];
        return build_trade(fields, context, out);
    }

    std::size_t symbol_, conditions_, correction_, exchange_, id_, execution_time_, price_,
        sequence_, timestamp_, size_, tape_;
};

class QuotesDecoder final : public FlatFileDecoder {
public:
    QuotesDecoder(const CsvHeader& header, DecodeContext& context)
        : FlatFileDecoder(header.size(), context),
          symbol_(header.find("ticker")),
          ask_exchange_(header.find("ask_exchange")),
          ask_(header.find("ask_price")),
          ask_size_(header.find("ask_size")),
          bid_exchange_(header.find("bid_exchange")),
          bid_(header.find("bid_price")),
          bid_size_(header.find("bid_size")),
          conditions_(header.find("conditions")),
          sequence_(header.find("sequence_number")),
          timestamp_(header.find("sip_timestamp")),
          tape_(header.find("tape")) {}

private:
    FieldStatus build(const CsvRow& row, DecodeContext& context, Record& out) const override {
        QuoteFields fields;
        fields.symbol = row[symbol_];
        fields.bid = row[bid_];
        fields.ask = row[ask_];
        fields.bid_size = row[bid_size_];
        fields.ask_size = row[ask_size_];
        fields.bid_exchange = row[bid_exchange_];
        fields.ask_exchange = row[ask_exchange_];
        fields.conditions = row[conditions_];
        fields.tape = row[tape_];
        fields.timestamp = row[timestamp_];
        fields.sequence = row[sequence_];
        return build_quote(fields, context.quote_sizes, context, out);
    }

    std::size_t symbol_, ask_exchange_, ask_, ask_size_, bid_exchange_, bid_, bid_size_,
        conditions_, sequence_, timestamp_, tape_;
};

class BarsDecoder final : public FlatFileDecoder {
public:
    BarsDecoder(const CsvHeader& header, Timeframe timeframe, DecodeContext& context)
        : FlatFileDecoder(header.size(), context),
          timeframe_(timeframe),
          symbol_(header.find("ticker")),
          volume_(header.find("volume")),
          open_(header.find("open")),
          close_(header.find("close")),
          high_(header.find("high")),
          low_(header.find("low")),
          timestamp_(header.find("window_start")),
          transactions_(header.find("transactions")) {}

private:
    FieldStatus build(const CsvRow& row, DecodeContext& context, Record& out) const override {
        BarFields fields;
        fields.symbol = row[symbol_];
        fields.open = row[open_];
        fields.high = row[high_];
        fields.low = row[low_];
        fields.close = row[close_];
        fields.volume = row[volume_];
        fields.transactions = row[transactions_];
        fields.timestamp = row[timestamp_];
        fields.timeframe = timeframe_;
        return build_bar(fields, context, out);
    }

    Timeframe timeframe_;
    std::size_t symbol_, volume_, open_, close_, high_, low_, timestamp_, transactions_;
};

std::string_view missing_column(Format format, const CsvHeader& header) {
    switch (format) {
        case Format::PolygonTradesCsv:
            return header.first_missing({"ticker", "price", "size", "sip_timestamp"});
        case Format::PolygonQuotesCsv:
            return header.first_missing(
                {"ticker", "bid_price", "ask_price", "bid_size", "ask_size", "sip_timestamp"});
        default:
            return header.first_missing(
                {"ticker", "volume", "open", "close", "high", "low", "window_start"});
    }
}

}  // namespace

Result<std::unique_ptr<LineDecoder>> make_flat_file_decoder(Format format, const CsvHeader& header,
                                                            DecodeContext& context) {
    if (const std::string_view missing = missing_column(format, header); !missing.empty()) {
        return Error{fmt::format("no column '{}', which {} needs", missing, to_string(format))};
    }
    std::unique_ptr<LineDecoder> decoder;
    switch (format) {
        case Format::PolygonTradesCsv:
            decoder = std::make_unique<TradesDecoder>(header, context);
            break;
        case Format::PolygonQuotesCsv:
            decoder = std::make_unique<QuotesDecoder>(header, context);
            break;
        case Format::PolygonMinuteCsv:
            decoder = std::make_unique<BarsDecoder>(header, Timeframe::Minute1, context);
            break;
        default:
            TS_ASSERT(format == Format::PolygonDayCsv);
            decoder = std::make_unique<BarsDecoder>(header, Timeframe::Day1, context);
            break;
    }
    return decoder;
}

}  // namespace tickstock

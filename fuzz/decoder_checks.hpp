#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "model/record.hpp"
#include "sources/files/byte_source.hpp"
#include "sources/files/line_reader.hpp"
#include "sources/formats/field_values.hpp"
#include "sources/formats/line_decoder.hpp"

namespace tickstock {

// What must hold for the records and counts of any decoder, whatever the bytes were.

inline bool is_price(Price price) {
    return price.raw() > 0 && price.raw() < Price::limit_raw;
}

inline bool is_price_or_none(Price price) {
    return price.raw() >= 0 && price.raw() < Price::limit_raw;
}

inline void check_values(const Trade& trade) {
    TS_ASSERT(is_price(trade.price) && trade.size.raw() >= 0);
    TS_ASSERT(trade.ts_execution == time_unknown || trade.ts_execution >= time_first);
    TS_ASSERT(trade.conditions.codes().size() <= ConditionList::capacity);
    TS_ASSERT(trade.id.view().size() <= TradeId::max_length);
}

inline void check_values(const Quote& quote) {
    TS_ASSERT(is_price_or_none(quote.bid) && is_price_or_none(quote.ask));
    TS_ASSERT(quote.bid_size.raw() >= 0 && quote.ask_size.raw() >= 0);
}

inline void check_values(const Bar& bar) {
    TS_ASSERT(is_price(bar.open) && is_price(bar.high) && is_price(bar.low) && is_price(bar.close));
    TS_ASSERT(bar.high >= std::max(bar.open, bar.close) &&
              bar.low <= std::min(bar.open, bar.close));
    TS_ASSERT(is_price_or_none(bar.vwap) && is_price_or_none(bar.session_vwap));
    TS_ASSERT(bar.volume.raw() >= 0 && bar.average_volume.raw() >= 0);
    TS_ASSERT(bar.timeframe != Timeframe::None && bar.timeframe <= Timeframe::Day1);
}

inline void check_values(const FairValue& value) {
    TS_ASSERT(is_price(value.value) && is_price_or_none(value.market_price));
    TS_ASSERT(value.confidence <= 1);
}

inline void check_values(const TradingStatus& status) {
    TS_ASSERT(is_price_or_none(status.band_upper) && is_price_or_none(status.band_lower));
    TS_ASSERT(status.action <= TradingStatus::Action::Resume);
}

inline void check_record(const Record& record, std::size_t symbol_count) {
    TS_ASSERT(record.header().symbol.value() < symbol_count);
    TS_ASSERT(record.header().ts_event >= time_first && record.header().ts_event < time_last);
    TS_ASSERT(record.header().ts_recv == record.header().ts_event);
    switch (record.kind()) {
        case RecordKind::Trade: check_values(record.trade()); break;
        case RecordKind::Quote: check_values(record.quote()); break;
        case RecordKind::Bar: check_values(record.bar()); break;
        case RecordKind::FairValue: check_values(record.fair_value()); break;
        case RecordKind::TradingStatus: check_values(record.status()); break;
        case RecordKind::ClockTick: TS_ASSERT(false); break;
    }
}

/// Decodes `text` line by line, under `header` for formats that have one, and checks everything.
inline void decode_and_check(Format format, std::string_view header, std::string_view text) {
    SymbolCache symbols;
    RowLedger ledger("fuzz", [](const Reject& reject) {
        TS_ASSERT(reject.excerpt.size() <= RowLedger::excerpt_bytes);
    });
    DecodeContext context(SourceId{0}, symbols, ledger);
    Result<std::unique_ptr<LineDecoder>> decoder = make_line_decoder(format, header, context);
    if (!decoder.ok()) {
        TS_ASSERT(!decoder.error().message.empty());
        return;
    }
    // A buffer of the smallest size: a read behind a line's padding leaves the allocation.
    LineReader lines(memory_source(text), 64);
    std::vector<Record> records;
    std::uint64_t decoded = 0;
    while (const auto line = lines.next()) {
        records.clear();
        decoder.value()->decode(line->text, records);
        decoded += records.size();
        for (const Record& record : records) {
            check_record(record, symbols.size());
        }
    }
    TS_ASSERT(ledger.counts().closes());
    TS_ASSERT(ledger.counts().out == decoded);
}

}  // namespace tickstock

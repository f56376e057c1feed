#include "inspection/print_tape.hpp"

#include "inspection/candle_series.hpp"

namespace tickstock {

void PrintTape::add(const Record& record) {
    if (record.kind() == RecordKind::Bar) {
        bars_.push_back(record);
        return;
    }
    if (record.kind() != RecordKind::Trade) {
        return;
    }
    const Trade& trade = record.trade();
    prints_.push_back({trade.header.ts_event, trade.ts_execution, trade.price, trade.size,
                       trade.conditions, trade.header.source_kind, trade.correction});
}

Record PrintTape::record_of(const Print& print) {
    Trade trade;
    trade.header.ts_event = trade.header.ts_recv = print.ts_event;
    trade.header.source_kind = print.source_kind;
    trade.ts_execution = print.ts_execution;
    trade.price = print.price;
    trade.size = print.size;
    trade.conditions = print.conditions;
    trade.correction = print.correction;
    return Record(trade);
}

std::size_t PrintTape::candles(std::int64_t interval) const {
    std::size_t count = 0;
    std::int64_t last = INT64_MIN;
    const auto look = [&](UnixNanos ts) {
        const std::int64_t start = candle_start(unix_second(ts), interval);
        if (start > last) {
            last = start;
            ++count;
        }
    };
    for (const Print& print : prints_) {
        look(print.ts_event);
    }
    if (!prints_.empty()) {
        return count;
    }
    for (const Record& bar : bars_) {
        look(bar.header().ts_event);
    }
    return count;
}

}  // namespace tickstock

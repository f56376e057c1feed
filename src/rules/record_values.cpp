#include "rules/record_values.hpp"

#include <chrono>
#include <string_view>

#include "base/assert.hpp"
#include "rules/timeframe_seconds.hpp"

namespace tickstock {
namespace {

consteval std::size_t at(std::string_view name) {
    return field_index(record_rule_fields, name);
}

double seconds(Nanos duration) {
    return std::chrono::duration<double>(duration).count();
}

void fill_trade(const Trade& trade, RecordValues& values) {
    const bool told = trade.ts_execution != time_unknown;
    values[at("price")] = trade.price.to_double();
    values[at("size")] = trade.size.to_double();
    values[at("exchange")] = trade.exchange;
    values[at("report_delay_seconds")] =
        told ? seconds(trade.header.ts_event - trade.ts_execution) : 0;
}

double percent_change(const Bar& bar) {
    if (bar.has_percent_change) {
        return static_cast<double>(bar.percent_change_micro) / 1e6;
    }
    // The difference is exact, so that 1.00 to 1.01 is one percent and no more.
    const auto change = static_cast<double>((bar.close - bar.open).raw());
    return bar.open.raw() > 0 ? 100 * change / static_cast<double>(bar.open.raw()) : 0;
}

void fill_bar(const Bar& bar, RecordValues& values) {
    values[at("open")] = bar.open.to_double();
    values[at("high")] = bar.high.to_double();
    values[at("low")] = bar.low.to_double();
    values[at("close")] = bar.close.to_double();
    values[at("volume")] = bar.volume.to_double();
    values[at("percent_change")] = percent_change(bar);
    values[at("bar_vwap")] = bar.vwap.to_double();
    values[at("transactions")] = bar.transactions;
    values[at("timeframe_seconds")] = seconds_of(bar.timeframe);
}

void fill_fair_value(const FairValue& value, RecordValues& values) {
    values[at("value")] = value.value.to_double();
    values[at("market_price")] = value.market_price.to_double();
    values[at("confidence")] = value.confidence < 0 ? -1 : value.confidence;
}

}  // namespace

void fill_record_values(const Record& record, RecordValues& values) {
    const RecordHeader& header = record.header();
    values[at("delay_seconds")] = seconds(header.ts_recv - header.ts_event);
    switch (record.kind()) {
        case RecordKind::Trade: fill_trade(record.trade(), values); break;
        case RecordKind::Bar: fill_bar(record.bar(), values); break;
        case RecordKind::FairValue: fill_fair_value(record.fair_value(), values); break;
        default: TS_ASSERT(false);
    }
}

}  // namespace tickstock

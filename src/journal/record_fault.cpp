#include "journal/record_fault.hpp"

#include <algorithm>
#include <cmath>

namespace tickstock {
namespace {

constexpr UnixNanos earliest = std::chrono::sys_days(std::chrono::year{1990} / 1 / 1);

bool is_price(Price price) {
    return price.raw() > 0 && price.raw() < Price::limit_raw;
}
bool is_price_or_none(Price price) {
    return price.raw() >= 0 && price.raw() < Price::limit_raw;
}
bool is_size(Size size) {
    return size.raw() >= 0;
}

std::string_view header_fault(const RecordHeader& header) {
    const bool is_tick = header.kind == RecordKind::ClockTick;
    if ((header.symbol == symbol_none) != is_tick) {
        return is_tick ? "a symbol on a clock tick" : "no symbol";
    }
    if (header.source_kind > SourceKind::Channel) {
        return "unknown source kind";
    }
    if (std::min({header.clock, header.ts_event, header.ts_recv}) < earliest) {
        return "a time before 1990";
    }
    return {};
}

std::string_view fault(const Trade& trade) {
    // A correction names an earlier print; its own price is not used and may be missing.
    if (trade.correction == 0 ? !is_price(trade.price) : !is_price_or_none(trade.price)) {
        return "price out of range";
    }
    if (!is_size(trade.size)) {
        return "negative size";
    }
    return trade.ts_execution < time_unknown ? "execution time before 1970" : std::string_view{};
}

std::string_view fault(const Quote& quote) {
    if (!is_price_or_none(quote.bid) || !is_price_or_none(quote.ask)) {
        return "bid or ask out of range";
    }
    return is_size(quote.bid_size) && is_size(quote.ask_size) ? std::string_view{}
                                                              : "negative bid or ask size";
}

std::string_view fault(const Bar& bar) {
    const bool prices = is_price(bar.open) && is_price(bar.high) && is_price(bar.low) &&
                        is_price(bar.close) && is_price_or_none(bar.vwap) &&
                        is_price_or_none(bar.session_vwap);
    if (!prices) {
        return "price of a bar out of range";
    }
    if (bar.high < std::max(bar.open, bar.close) || bar.low > std::min(bar.open, bar.close)) {
        return "high or low inside open and close";
    }
    if (!is_size(bar.volume) || !is_size(bar.average_volume)) {
        return "negative volume";
    }
    return bar.timeframe == Timeframe::None || bar.timeframe > Timeframe::Day1 ? "unknown timeframe"
                                                                               : std::string_view{};
}

std::string_view fault(const FairValue& value) {
    if (!is_price(value.value) || !is_price_or_none(value.market_price)) {
        return "fair value or market price out of range";
    }
    return std::isfinite(value.confidence) ? std::string_view{} : "confidence that is no number";
}

std::string_view fault(const TradingStatus& status) {
    if (!is_price_or_none(status.band_upper) || !is_price_or_none(status.band_lower)) {
        return "price band out of range";
    }
    return status.action > TradingStatus::Action::Resume ? "unknown action" : std::string_view{};
}

}  // namespace

std::string_view record_fault(const Record& record) {
    const std::string_view header = header_fault(record.header());
    if (!header.empty()) {
        return header;
    }
    switch (record.kind()) {
        case RecordKind::Trade: return fault(record.trade());
        case RecordKind::Quote: return fault(record.quote());
        case RecordKind::Bar: return fault(record.bar());
        case RecordKind::FairValue: return fault(record.fair_value());
        case RecordKind::TradingStatus: return fault(record.status());
        case RecordKind::ClockTick: return {};
    }
    return "unknown record kind";
}

}  // namespace tickstock

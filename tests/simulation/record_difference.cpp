#include <fmt/format.h>

#include <bit>

#include "base/hash.hpp"
#include "simulation/tape.hpp"

namespace tickstock::sim {
namespace {

/// Calls take(value) for each value of a record, its place in the one order and its symbol aside.
template <class Take>
void each_value(const Record& record, Take&& take) {
    const RecordHeader& header = record.header();
    const auto add = [&](auto... values) { (take(values), ...); };
    add(static_cast<int>(record.kind()), static_cast<int>(header.source_kind),
        to_ns(header.ts_event), to_ns(header.ts_recv), header.source_sequence);
    switch (record.kind()) {
        case RecordKind::Trade: {
            const Trade& trade = record.trade();
            add(trade.price.raw(), trade.size.raw(), to_ns(trade.ts_execution), trade.exchange,
                trade.tape, trade.correction, xxh64(trade.id.view()));
            for (const std::uint8_t code : trade.conditions.codes()) {
                take(code);
            }
            break;
        }
        case RecordKind::Quote: {
            const Quote& quote = record.quote();
            add(quote.bid.raw(), quote.ask.raw(), quote.bid_size.raw(), quote.ask_size.raw(),
                quote.bid_exchange, quote.ask_exchange, quote.condition, quote.tape);
            break;
        }
        case RecordKind::Bar: {
            const Bar& bar = record.bar();
            add(bar.open.raw(), bar.high.raw(), bar.low.raw(), bar.close.raw(), bar.volume.raw(),
                bar.vwap.raw(), bar.session_vwap.raw(), bar.average_volume.raw(),
                bar.percent_change_micro, bar.transactions, static_cast<int>(bar.timeframe),
                bar.has_percent_change, bar.has_average_volume);
            break;
        }
        case RecordKind::FairValue: {
            const FairValue& value = record.fair_value();
            add(value.value.raw(), value.market_price.raw(),
                std::bit_cast<std::uint64_t>(value.confidence));
            break;
        }
        case RecordKind::TradingStatus: {
            const TradingStatus& status = record.status();
            add(status.band_upper.raw(), status.band_lower.raw(), static_cast<int>(status.action),
                xxh64({status.reason.data(), status.reason.size()}));
            break;
        }
        case RecordKind::ClockTick: break;
    }
}

std::uint64_t digest(const Record& record) {
    constexpr std::uint64_t factor = 0x9E3779B97F4A7C15U;
    std::uint64_t hash = 0;
    each_value(record, [&](auto value) {
        hash ^= static_cast<std::uint64_t>(value);
        hash *= factor;
        hash ^= hash >> 29;
    });
    return hash;
}

std::string text_of(const Record& record) {
    std::string text(to_string(record.kind()));
    each_value(record, [&](auto value) { text += fmt::format(" {}", value); });
    return text;
}

}  // namespace

std::string difference(const Record& sent, const Record& journalled) {
    if (digest(sent) == digest(journalled)) {
        return "";
    }
    return "sent " + text_of(sent) + ", journalled " + text_of(journalled);
}

}  // namespace tickstock::sim

// Any admissible records through the whole pipeline and its encoder: nothing crashes, every count
// closes, and one shard record by record gives what three shards give at once. 16 bytes a record.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/assert.hpp"
#include "base/decimal.hpp"
#include "engine/multi_channel_system.hpp"
#include "publishing/event_stream.hpp"

namespace tickstock {
namespace {

constexpr std::int64_t start = 1'709'649'000;  // 2024-03-05 09:30 in New York, s since 1970
constexpr std::size_t record_bytes = 16;
constexpr std::size_t most_records = 400;
constexpr std::array symbols{"A", "B"};

/// A few bytes as a value that a source would let pass: small ones and the greatest ones.
struct Bytes {
    std::array<std::uint8_t, record_bytes> at{};

    /// 1e-9 USD up to 2^33 USD.
    Price price(std::size_t i) const {
        const std::int64_t magnitude = std::int64_t{1} << (at[i] % 63);
        const int128 raw = int128{magnitude} + int128{at[i + 1]} * (magnitude / 1000);
        return Price::from_raw(
            static_cast<std::int64_t>(std::min<int128>(raw, Price::limit_raw - 1)));
    }
    /// Near 100 USD, so that detectors have something to find.
    Price usual_price(std::size_t i) const {
        return (at[i] & 0x80) != 0 ? price(i) : Price::from_cents(9'900 + at[i] + at[i + 1] % 50);
    }
    Size size(std::size_t i) const {
        const int shift = at[i] % 64;
        return Size::from_raw(shift == 63 ? INT64_MAX : std::int64_t{1} << shift);
    }
};

Record record_of(const Bytes& bytes, std::int64_t& clock_ns) {
    constexpr std::array<std::int64_t, 8> steps_ms{0,     1,     400,    1'000,
                                                   1'000, 5'000, 61'000, 7'200'000};
    clock_ns += steps_ms[bytes.at[0] & 7] * 1'000'000;
    RecordHeader header;
    header.symbol = SymbolId{(bytes.at[0] >> 3) & 1U};
    header.ts_event = unix_nanos(clock_ns);
    header.ts_recv = header.ts_event;
    switch (bytes.at[1] % 8) {
        case 0: {
            Quote quote;
            quote.header = header;
            quote.bid = bytes.usual_price(2);
            quote.ask = bytes.usual_price(4);
            return quote;
        }
        case 1: {
            Bar bar;
            bar.header = header;
            bar.header.source_kind = SourceKind::Ohlcv;
            bar.timeframe = static_cast<Timeframe>(2 + bytes.at[2] % 5);
            bar.open = bytes.usual_price(3);
            bar.close = bytes.usual_price(5);
            bar.high = std::max({bar.open, bar.close, bytes.usual_price(7)});
            bar.low = std::min({bar.open, bar.close, bytes.usual_price(9)});
            bar.volume = bytes.size(11);
            bar.has_average_volume = (bytes.at[12] & 1) != 0;
            bar.average_volume = bytes.size(13);
            bar.header.ts_event -= std::chrono::minutes(bytes.at[14] % 4);
            return bar;
        }
        case 2: {
            FairValue value;
            value.header = header;
            value.header.source_kind = SourceKind::Fmv;
            value.value = bytes.usual_price(2);
            value.market_price = (bytes.at[4] & 1) != 0 ? bytes.usual_price(5) : Price();
            value.confidence = (bytes.at[4] & 2) != 0 ? bytes.at[7] / 255.0 : -1;
            return value;
        }
        case 3: {
            TradingStatus status;
            status.header = header;
            status.action = static_cast<TradingStatus::Action>(bytes.at[2] % 4);
            status.band_lower = bytes.usual_price(3);
            status.band_upper = bytes.usual_price(5);
            return status;
        }
        default: {
            Trade trade;
            trade.header = header;
            trade.price = bytes.usual_price(2);
            trade.size = bytes.size(4);
            trade.exchange = bytes.at[5] % 2;
            trade.id = TradeId(bytes.at[6] % 4 == 0 ? "x" : "y");
            trade.correction = bytes.at[7] % 16 == 0 ? bytes.at[8] % 4 : std::uint8_t{0};
            if (bytes.at[9] % 8 == 0) {
                trade.conditions.add(bytes.at[10]);
            }
            return trade;
        }
    }
}

std::uint64_t run(std::vector<Record> records, unsigned shards, std::size_t batch_size) {
    PipelineSettings settings;
    // Lively, so that short inputs reach the emissions.
    for (TrendPeriodSettings& period : settings.trend.periods) {
        period = {1, 2, 1'000'000, std::chrono::seconds(1), 500'000, 1, std::chrono::seconds(0)};
    }
    for (SurgePeriodSettings& period : settings.surge.periods) {
        period = {1, 1'000, 1, SurgeMode::Either};
    }
    settings.bars.min_average_bars = 1;
    auto system = MultiChannelSystem::create(settings, shards);
    (*system)->add_source(SourceId{0});
    EventStream stream("fuzz", {});
    std::vector<Event> events;
    RecordBatch batch;
    for (const char* symbol : symbols) {
        batch.new_symbols.emplace_back(symbol);
    }
    for (std::size_t at = 0; at < records.size(); at += batch_size) {
        const auto begin = records.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t count = std::min(batch_size, records.size() - at);
        batch.records.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
        (*system)->process(batch, events);
        stream.append(events, (*system)->symbols(), UnixNanos{});
        events.clear();
        batch.clear();
    }
    (*system)->finish(events);
    stream.append(events, (*system)->symbols(), UnixNanos{});
    Accounting accounting = (*system)->accounting();
    accounting.sources.in = accounting.sources.out = accounting.sequencer.in;
    accounting.publishing = stream.counts();
    TS_ASSERT(accounting.closes());
    return stream.hash();
}

}  // namespace
}  // namespace tickstock

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tickstock;
    std::vector<Record> records;
    std::int64_t clock_ns = start * 1'000'000'000;
    for (std::size_t at = 0; at + record_bytes <= size && records.size() < most_records;
         at += record_bytes) {
        Bytes bytes;
        std::memcpy(bytes.at.data(), data + at, record_bytes);
        records.push_back(record_of(bytes, clock_ns));
    }
    if (!records.empty()) {
        TS_ASSERT(run(records, 1, 1) == run(records, 3, records.size()));
    }
    return 0;
}

#include "sources/files/order_evidence.hpp"

namespace tickstock {

std::size_t OrderEvidence::lane_of(const Record& record) {
    const auto kind = static_cast<std::size_t>(record.kind());
    const auto timeframe = record.kind() == RecordKind::Bar
                               ? static_cast<std::size_t>(record.bar().timeframe)
                               : std::size_t{0};
    return kind * timeframes + timeframe;
}

void OrderEvidence::observe(const Record& record) {
    constexpr Nanos step_back = std::chrono::seconds(60);
    const std::size_t number = lane_of(record);
    Lane& lane = lanes_[number];
    const SymbolId symbol = record.header().symbol;
    const UnixNanos time = record.header().ts_event;
    if (symbol != lane.symbol) {
        if (lane.symbol != symbol_none) {
            ++changes_;
            backward_ += time + step_back < lane.time ? 1U : 0U;
            left_[lane.symbol.value()] |= std::uint64_t{1} << number;
        }
        if (symbol.value() >= left_.size()) {
            left_.resize(symbol.value() + std::size_t{1});
        }
        returns_ += (left_[symbol.value()] >> number) & std::uint64_t{1};
    }
    lane = {symbol, time};
}

}  // namespace tickstock

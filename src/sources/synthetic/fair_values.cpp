#include "sources/synthetic/fair_values.hpp"

#include <algorithm>

namespace tickstock {

FairValueProcess::FairValueProcess(const SyntheticModel& model, std::uint64_t seed,
                                   std::size_t symbols, UnixNanos begin)
    : model_(model) {
    symbols_.reserve(symbols);
    for (std::size_t i = 0; i < symbols; ++i) {
        State state{.random = Random(seed, 0x3'0000'0000 + i), .next_ns = to_ns(begin)};
        state.deviation = 0.001 * state.random.normal();
        symbols_.push_back(state);
    }
}

std::optional<FairValue> FairValueProcess::at(std::uint32_t symbol, UnixNanos now,
                                              const SyntheticBook& book) {
    State& state = symbols_[symbol];
    if (to_ns(now) < state.next_ns) {
        return std::nullopt;
    }
    Random& random = state.random;
    const double gap_s = model_.fair_value_gap_s * (1 + random.unit());
    state.next_ns = to_ns(now) + static_cast<std::int64_t>(gap_s * 1e9);

    if (state.episode_left > 0) {
        --state.episode_left;
    } else if (random.chance(model_.fair_value_episodes)) {
        state.episode_left = 8 + static_cast<int>(random.below(30));
        state.target = 0.01 + 0.02 * random.unit();
        state.target *= random.chance(0.5) ? 1 : -1;
    } else {
        state.target = 0;
    }
    const double pull = state.episode_left > 0 ? 0.35 : 0.1;
    state.deviation += pull * (state.target - state.deviation) + 0.0004 * random.normal();

    constexpr std::int64_t grid = Price::units_per_dollar / 10'000;
    const double value = static_cast<double>(book.middle().raw()) * (1 + state.deviation);
    FairValue record;
    record.header.symbol = SymbolId{symbol};
    record.header.source_kind = SourceKind::Fmv;
    record.header.ts_event = now;
    record.header.ts_recv = now;
    record.value = Price::from_raw(
        std::max<std::int64_t>(1, static_cast<std::int64_t>(value / grid + 0.5)) * grid);
    return record;
}

}  // namespace tickstock

// Bars arrive in bursts: every symbol's minute ends at the same time.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <vector>

#include "engine/multi_channel_system.hpp"
#include "publishing/event_stream.hpp"

namespace tickstock {
namespace {

constexpr std::int64_t nine_thirty = 1'709'649'000;  // 2024-03-05 in New York, s since 1970
constexpr int minutes_a_session = 390;
constexpr int days = 5;

/// Minute `number` of a made-up week for all symbols: prices step a little, volumes now and then
/// jump, so that some bars tell something.
RecordBatch minute_of_bars(std::uint32_t symbols, int number) {
    RecordBatch batch;
    batch.records.reserve(symbols);
    const int day = number / minutes_a_session % days;
    const std::int64_t start = nine_thirty + day * 86'400 + number % minutes_a_session * 60;
    for (std::uint32_t symbol = 0; symbol < symbols; ++symbol) {
        const std::uint32_t dice =
            (symbol * 2'654'435'761U) ^ (static_cast<unsigned>(number) * 97U);
        Bar bar;
        bar.header.symbol = SymbolId{symbol};
        bar.header.source_kind = SourceKind::Ohlcv;
        bar.header.ts_event = from_unix_second(start);
        bar.header.ts_recv = from_unix_second(start + 60);
        bar.open = Price::from_cents(5'000 + dice % 20);
        bar.close = Price::from_cents(5'000 + (dice >> 8) % 20);
        bar.high = std::max(bar.open, bar.close);
        bar.low = std::min(bar.open, bar.close);
        bar.volume = Size::from_shares(1'000 + (dice % 50 == 0 ? 5'000 : 0));
        batch.records.emplace_back(bar);
    }
    return batch;
}

/// One burst: a bar of each symbol at one instant, from records to encoded events, after 30 minutes
/// of history.
void bar_burst(benchmark::State& state) {
    const auto symbols = static_cast<std::uint32_t>(state.range(0));
    auto system = MultiChannelSystem::create(PipelineSettings{}, 1);
    (*system)->add_source(SourceId{0});
    EventStream stream("bench", {});
    std::vector<Event> events;
    const auto play = [&](RecordBatch& batch) {
        (*system)->process(batch, events);
        stream.append(events, (*system)->symbols(), UnixNanos{});
        events.clear();
    };
    int minute = 0;
    for (; minute < 30; ++minute) {
        RecordBatch batch = minute_of_bars(symbols, minute);
        if (minute == 0) {
            for (std::uint32_t symbol = 0; symbol < symbols; ++symbol) {
                batch.new_symbols.emplace_back(fmt::format("B{}", symbol));
            }
        }
        play(batch);
    }
    for (auto _ : state) {
        RecordBatch batch = minute_of_bars(symbols, minute++);
        const auto begin = std::chrono::steady_clock::now();
        play(batch);
        state.SetIterationTime(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    state.counters["bars/s"] =
        benchmark::Counter(symbols, benchmark::Counter::kIsIterationInvariantRate);
    state.counters["events"] = static_cast<double>(stream.counts().out);
}
BENCHMARK(bar_burst)->Arg(8'000)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickstock

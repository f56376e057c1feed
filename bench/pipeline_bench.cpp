// Questions: how many trades a second does the whole pipeline take on one core, from admission to
// the encoded event stream, and what does a symbol cost in memory? A regression here eats the
// head-room of a busy open.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>

#include "engine/multi_channel_system.hpp"
#include "publishing/event_stream.hpp"
#include "zipf_tape.hpp"

namespace tickstock {
namespace {

constexpr std::size_t batch_records = 1024;

/// Runs the tape once through a fresh engine; returns the number of events.
std::uint64_t run_tape(const RecordBatch& tape, unsigned shards, EventStream& stream) {
    auto system = MultiChannelSystem::create(PipelineSettings{}, shards);
    (*system)->add_source(SourceId{0});
    std::vector<Event> events;
    RecordBatch batch;
    batch.new_symbols = tape.new_symbols;
    for (std::size_t at = 0; at < tape.records.size(); at += batch_records) {
        const std::size_t end = std::min(at + batch_records, tape.records.size());
        batch.records.assign(tape.records.begin() + static_cast<std::ptrdiff_t>(at),
                             tape.records.begin() + static_cast<std::ptrdiff_t>(end));
        (*system)->process(batch, events);
        stream.append(events, (*system)->symbols(), UnixNanos{});
        events.clear();
        batch.new_symbols.clear();
    }
    return stream.counts().out;
}

/// Arguments: symbols, trades a market second.
void pipeline_trades(benchmark::State& state) {
    const RecordBatch tape =
        bench::zipf_tape(2'000'000, static_cast<std::uint32_t>(state.range(0)), state.range(1));
    std::uint64_t events = 0;
    for (auto _ : state) {
        EventStream stream("bench", {});
        events = run_tape(tape, 1, stream);
    }
    state.counters["trades/s"] = benchmark::Counter(static_cast<double>(tape.records.size()),
                                                    benchmark::Counter::kIsIterationInvariantRate);
    state.counters["events"] = static_cast<double>(events);
}
BENCHMARK(pipeline_trades)
    ->Args({10'000, 100'000})
    ->Args({8'000, 10'000})
    ->Unit(benchmark::kMillisecond);

/// Memory of the engine's state for that many symbols, all of them traded.
void pipeline_memory(benchmark::State& state) {
    const auto symbols = static_cast<std::uint32_t>(state.range(0));
    const RecordBatch tape = bench::zipf_tape(400'000, symbols, 10'000);
    for (auto _ : state) {
        const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
        auto system = MultiChannelSystem::create(PipelineSettings{}, 1);
        (*system)->add_source(SourceId{0});
        std::vector<Event> events;
        RecordBatch batch;
        batch.new_symbols = tape.new_symbols;
        for (const Record& record : tape.records) {
            batch.records.push_back(record);
            if (batch.records.size() == batch_records) {
                (*system)->process(batch, events);
                events.clear();
                batch.clear();
            }
        }
        const std::size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
        state.counters["MiB"] = static_cast<double>(after - before) / (1 << 20);
    }
}
BENCHMARK(pipeline_memory)->Arg(8'000)->Iterations(1);

/// Encoding and appending alone.
void stream_append(benchmark::State& state) {
    SymbolTable symbols;
    Event event;
    event.detection.symbol = *symbols.intern("ABC");
    event.detection.price = Price::from_cents(12'345);
    event.detection.data = HighLowData{};
    const std::vector<Event> events(64, event);
    EventStream stream("bench", {});
    for (auto _ : state) {
        stream.append(events, symbols, UnixNanos{});
    }
    state.counters["events/s"] = benchmark::Counter(static_cast<double>(events.size()),
                                                    benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(stream_append);

}  // namespace
}  // namespace tickstock

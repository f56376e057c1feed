// Question: how long does a recorded day take from the bytes of its file to the encoded events, on
// one core? A regression here makes every replay, warm-up and recovery slower.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/inputs.hpp"
#include "engine/multi_channel_system.hpp"
#include "publishing/event_stream.hpp"
#include "zipf_tape.hpp"

namespace tickstock {
namespace {

/// A file of its own in the temporary folder, removed at the end.
class TemporaryFile {
public:
    explicit TemporaryFile(const char* ending)
        : path_(std::filesystem::temp_directory_path() /
                fmt::format("tickstock_bench_{}{}", static_cast<const void*>(this), ending)) {}
    ~TemporaryFile() { std::filesystem::remove(path_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

std::string conditions_of(const Trade& trade, const char* format) {
    return trade.conditions.empty() ? "" : fmt::format(fmt::runtime(format), 37);
}

void write_wire(const RecordBatch& tape, const std::string& path) {
    std::ofstream file(path);
    std::string frame;
    for (std::size_t i = 0; i < tape.records.size(); ++i) {
        const Trade& trade = tape.records[i].trade();
        frame += frame.empty() ? "[" : ",";
        frame += fmt::format(
            R"({{"ev":"T","sym":"{}","x":{},"i":"{}","z":3,"p":{:.2f},"s":{},{}"t":{},"q":{}}})",
            tape.new_symbols[trade.header.symbol.value()].view(), trade.exchange, i,
            trade.price.to_double(), trade.size.raw() / Size::units_per_share,
            conditions_of(trade, R"("c":[{}],)"), to_ns(trade.header.ts_event) / 1'000'000, i);
        if (i % 20 == 19 || i + 1 == tape.records.size()) {
            file << frame << "]\n";
            frame.clear();
        }
    }
}

void write_flat(const RecordBatch& tape, const std::string& path) {
    std::ofstream file(path);
    file << "ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,"
            "sip_timestamp,size,tape,trf_id,trf_timestamp\n";
    for (std::size_t i = 0; i < tape.records.size(); ++i) {
        const Trade& trade = tape.records[i].trade();
        const std::int64_t ns = to_ns(trade.header.ts_event);
        file << fmt::format("{},{},0,{},{},{},{:.2f},{},{},{},3,0,0\n",
                            tape.new_symbols[trade.header.symbol.value()].view(),
                            conditions_of(trade, "{}"), trade.exchange, i, ns,
                            trade.price.to_double(), i, ns,
                            trade.size.raw() / Size::units_per_share);
    }
}

std::uint64_t replay(const std::string& path) {
    auto reader = open_recorded({path}, "", {});
    auto system = MultiChannelSystem::create(PipelineSettings{}, 1);
    (*system)->add_source(SourceId{0});
    EventStream stream("bench", {});
    RecordBatch batch;
    std::vector<Event> events;
    while ((*reader)->read(batch)) {
        (*system)->process(batch, events);
        stream.append(events, (*system)->symbols(), UnixNanos{});
        events.clear();
    }
    return (*reader)->counts().out;
}

constexpr std::size_t rows = 1'000'000;
constexpr std::uint32_t symbols = 8'000;
constexpr std::int64_t rows_per_second = 20'000;

void measure(benchmark::State& state, const char* ending,
             void (*write)(const RecordBatch&, const std::string&)) {
    const TemporaryFile file(ending);
    write(bench::zipf_tape(rows, symbols, rows_per_second), file.path());
    for (auto _ : state) {
        if (replay(file.path()) != rows) {
            state.SkipWithError("not every row was read");
        }
    }
    state.counters["trades/s"] = benchmark::Counter(static_cast<double>(rows),
                                                    benchmark::Counter::kIsIterationInvariantRate);
}

void wire_json_to_events(benchmark::State& state) {
    measure(state, ".jsonl", write_wire);
}
void flat_csv_to_events(benchmark::State& state) {
    measure(state, ".csv", write_flat);
}

/// The recorded day beside the sources, where it is present: 388,417 trades of four symbols.
void recorded_day_to_events(benchmark::State& state) {
    const char* set = std::getenv("TICKSTOCK_TEST_DATA");
    const std::filesystem::path folder =
        set != nullptr ? set : TICKSTOCK_SOURCE_DIR "/../shared/data";
    const auto file = folder / "lean_flat" / "2013-10-07.trades.csv.gz";
    if (!std::filesystem::exists(file)) {
        state.SkipWithError("the recorded day is not here");
        return;
    }
    std::uint64_t trades = 0;
    for (auto _ : state) {
        trades = replay(file.string());
    }
    state.counters["trades/s"] = benchmark::Counter(static_cast<double>(trades),
                                                    benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK(wire_json_to_events)->Unit(benchmark::kMillisecond);
BENCHMARK(flat_csv_to_events)->Unit(benchmark::kMillisecond);
BENCHMARK(recorded_day_to_events)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickstock

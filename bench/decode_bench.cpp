// How fast do bytes become records, on one core? A regression here makes `replay` of a day slower
// and takes head room from a live feed's reader thread. Rows are made up in memory, time-ordered,
// with the shape of recorded ones; items/s are rows (messages).

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "sources/file_reader.hpp"
#include "sources/files/byte_source.hpp"
#include "sources/files/line_reader.hpp"
#include "sources/formats/line_decoder.hpp"

namespace tickstock {
namespace {

constexpr int row_count = 200'000;
constexpr std::int64_t first_ns = 1'381'132'800'464'000'000;

/// Symbols as they come on a tape: a few very often, most seldom.
std::string symbol_of(std::minstd_rand& random) {
    const auto draw = random() % 1000;
    const auto number = draw < 500 ? draw % 10 : random() % 5000;
    std::string text;
    for (auto rest = number + 1; rest > 0; rest /= 26) {
        text.push_back(static_cast<char>('A' + rest % 26));
    }
    return text;
}

std::string trades_csv() {
    std::minstd_rand random(7);
    std::string text =
        "ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,"
        "sip_timestamp,size,tape,trf_id,trf_timestamp\n";
    std::int64_t time = first_ns;
    for (int i = 0; i < row_count; ++i) {
        time += static_cast<std::int64_t>(random() % 400'000);
        static constexpr const char* conditions[] = {"", "\"12,37\"", "\"14,41\"", "37"};
        fmt::format_to(std::back_inserter(text), "{},{},0,{},{},{},{}.{:02},{},{},{},3,0,0\n",
                       symbol_of(random), conditions[random() % 4], random() % 20 + 1, 50'000 + i,
                       time - 350'000, random() % 400 + 10, random() % 100, 1000 + i, time,
                       random() % 900 + 1);
    }
    return text;
}

std::string trade_frames(int per_frame) {
    std::minstd_rand random(7);
    std::string text;
    std::int64_t time = first_ns / 1'000'000;
    for (int i = 0; i < row_count; ++i) {
        time += static_cast<std::int64_t>(random() % 2);
        const int at = i % per_frame;
        fmt::format_to(std::back_inserter(text),
                       R"({}{{"ev":"T","sym":"{}","i":"{}","x":{},"p":{}.{:02},"s":{},"c":[14,37],)"
                       R"("t":{},"pt":{},"q":{},"z":3}}{})",
                       at == 0 ? "[" : ",", symbol_of(random), 50'000 + i, random() % 20 + 1,
                       random() % 400 + 10, random() % 100, random() % 900 + 1, time, time - 1,
                       1000 + i, at == per_frame - 1 || i == row_count - 1 ? "]\n" : "");
    }
    return text;
}

/// Lines and decoder only: the text lies in memory.
void decode_text(benchmark::State& state, Format format, const std::string& text) {
    std::uint64_t decoded = 0;
    for (auto _ : state) {
        SymbolCache symbols;
        RowLedger ledger;
        DecodeContext context(SourceId{0}, symbols, ledger);
        LineReader lines(memory_source(text));
        std::string header;
        if (has_header(format)) {
            header = lines.next()->text;
        }
        auto decoder = make_line_decoder(format, header, context);
        std::vector<Record> records;
        while (const auto line = lines.next()) {
            decoder.value()->decode(line->text, records);
            if (records.size() >= 1024) {
                benchmark::DoNotOptimize(records.data());
                records.clear();
            }
        }
        decoded += ledger.counts().out;
    }
    if (decoded != static_cast<std::uint64_t>(state.iterations()) * row_count) {
        state.SkipWithError("not every row became a record");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(decoded));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void DecodeFlatTrades(benchmark::State& state) {
    decode_text(state, Format::PolygonTradesCsv, trades_csv());
}
BENCHMARK(DecodeFlatTrades)->Unit(benchmark::kMillisecond);

void DecodeTradeFrames(benchmark::State& state) {
    decode_text(state, Format::PolygonWs, trade_frames(static_cast<int>(state.range(0))));
}
BENCHMARK(DecodeTradeFrames)->Arg(1)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond);

/// The whole way of `replay`: open, detect, look at the order, read in batches.
void ReadFlatTradesFile(benchmark::State& state) {
    const auto path = std::filesystem::temp_directory_path() /
                      fmt::format("decode-bench-{}.csv", std::random_device{}());
    std::ofstream(path) << trades_csv();
    std::uint64_t read = 0;
    for (auto _ : state) {
        auto reader = open_files({{path.string(), std::nullopt}}, {});
        RecordBatch batch;
        while (reader.value()->read(batch)) {
            read += batch.records.size();
        }
    }
    std::filesystem::remove(path);
    if (read != static_cast<std::uint64_t>(state.iterations()) * row_count) {
        state.SkipWithError("not every row became a record");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(read));
}
BENCHMARK(ReadFlatTradesFile)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickstock

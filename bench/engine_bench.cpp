// The running engine: hand-over from admission to a shard, admission to publication, and the start.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/file_disk.hpp"
#include "engine/live_engine.hpp"
#include "engine/runtime.hpp"

namespace tickstock {
namespace {

constexpr UnixNanos nine_thirty = unix_nanos(1'709'649'000'000'000'000);

/// Trades, symbols in turn, 20 µs of the market apart. As many a second as the rate says; 0 = all
/// that is asked for.
class TradeSource final : public LiveSource {
public:
    TradeSource(std::uint64_t from, std::uint64_t total, double rate, std::uint32_t symbols = 1'000)
        : taken_(from), from_(from), total_(total), rate_(rate), symbols_(symbols) {}

    Poll poll(Nanos now, RecordBatch& batch) override {
        batch.clear();
        Poll result;
        if (taken_ == total_) {
            return result;
        }
        begin_ = begin_ == Nanos{0} ? now : begin_;
        std::uint64_t due = total_;
        if (rate_ > 0) {
            const double seconds = std::chrono::duration<double>(now - begin_).count();
            due = std::min(total_, from_ + static_cast<std::uint64_t>(seconds * rate_));
        }
        if (due == taken_) {
            result.status = Status::Wait;
            const double wait = static_cast<double>(taken_ - from_ + 1) / rate_ * 1e9;
            result.wait_until = begin_ + Nanos{static_cast<std::int64_t>(wait)};
            return result;
        }
        if (taken_ == from_) {
            for (std::uint32_t symbol = 0; symbol < symbols_; ++symbol) {
                batch.new_symbols.emplace_back("S" + std::to_string(symbol));
            }
        }
        for (const std::uint64_t end = std::min(due, taken_ + 1'024); taken_ < end; ++taken_) {
            Trade trade;
            trade.header.symbol = SymbolId{static_cast<std::uint32_t>(taken_ % symbols_)};
            trade.header.ts_event = nine_thirty + taken_ * std::chrono::microseconds(20);
            trade.header.ts_recv = trade.header.ts_event;
            const auto step = static_cast<std::int64_t>(taken_ / symbols_);
            trade.price = Price::from_cents(10'000 + step % 13 * 3 + step / 40 * 15);
            trade.size = Size::from_shares(100);
            batch.records.emplace_back(trade);
        }
        counts_.in = counts_.out = taken_ - from_;
        result.status = Status::Records;
        return result;
    }
    std::string name() const override { return "bench"; }
    std::string detail() const override { return ""; }
    std::string identity() const override { return ""; }
    void resume(std::uint64_t, std::uint64_t) override {}
    StageCounts counts() const override { return counts_; }
    std::uint64_t passes() const override { return 1; }
    std::string failure() const override { return ""; }

private:
    std::uint64_t taken_;
    const std::uint64_t from_;
    const std::uint64_t total_;
    const double rate_;
    const std::uint32_t symbols_;
    Nanos begin_{0};
    StageCounts counts_;
};

/// One life of an engine on files beside the build.
class Engine {
public:
    explicit Engine(unsigned threads, Nanos snapshots_every = Nanos{0}) {
        std::string pattern = (std::filesystem::current_path() / "engine-bench-XXXXXX").string();
        config_.data.directory = ::mkdtemp(pattern.data());
        config_.engine.shards = std::max(1U, threads - 1);
        config_.engine.threads = threads;
        config_.snapshot.interval = snapshots_every;
        config_.router.strategy = RouterStrategy::HashBased;
    }
    ~Engine() {
        runtime_.reset();
        std::filesystem::remove_all(config_.data.directory);
    }

    void open(std::unique_ptr<TradeSource> source, PipelineExtensions extensions = {}) {
        stream_ = std::make_unique<EventStream>("", EventStream::Options{});
        std::vector<std::unique_ptr<LiveSource>> sources;
        sources.push_back(std::move(source));
        auto opened = Runtime::open(
            {config_, disk_, clock_, *stream_, random_epoch, {}, 0, std::move(extensions)},
            std::move(sources));
        if (!opened) {
            std::abort();
        }
        runtime_ = std::move(*opened);
    }
    /// With threads, until all is published. `clean`: with snapshot and close, else as if killed.
    void run_to_end(std::uint64_t records, bool clean) {
        LiveEngine engine(*runtime_, config_, clock_, [](const std::string&) { std::abort(); });
        engine.start();
        const auto is_done = [&] {
            const auto status = runtime_->status();
            return status && status->sources[0].counts.out == records &&
                   status->control.shards[0].lag_records == 0;
        };
        while (!is_done()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        engine.stop();
        if (!clean) {  // what a kill leaves: no newer snapshot
            for (const std::string& path : snapshots()) {
                if (std::find(kept_.begin(), kept_.end(), path) == kept_.end()) {
                    std::filesystem::remove(path);
                }
            }
        }
    }
    void keep_snapshots() { kept_ = snapshots(); }
    void close() { runtime_.reset(); }
    Runtime& runtime() { return *runtime_; }
    Nanos now() const { return clock_.monotonic(); }

private:
    std::vector<std::string> snapshots() const {
        std::vector<std::string> paths;
        for (const auto& file :
             std::filesystem::directory_iterator(config_.data.directory + "/snapshots")) {
            paths.push_back(file.path().string());
        }
        return paths;
    }

    Config config_;
    FileDisk disk_;
    SystemClock clock_;
    std::unique_ptr<EventStream> stream_;
    std::unique_ptr<Runtime> runtime_;
    std::vector<std::string> kept_;
};

double microseconds(Nanos duration) {
    return static_cast<double>(duration.count()) / 1e3;
}

/// Arguments: threads, records a second. A second's worth; the histograms are the result.
void BM_EngineHandOver(benchmark::State& state) {
    const auto threads = static_cast<unsigned>(state.range(0));
    const auto rate = static_cast<std::uint64_t>(state.range(1));
    Histogram hand_over;
    Histogram publication;
    for (auto _ : state) {
        const auto engine = std::make_unique<Engine>(threads);
        PipelineExtensions extensions;
        extensions.before_run = [&](unsigned shard, const Run& run) {
            if (shard == 0 && !run.decision) {
                hand_over.record(engine->now() - run.admitted);
            }
        };
        engine->open(std::make_unique<TradeSource>(0, rate, static_cast<double>(rate)), extensions);
        engine->run_to_end(rate, true);
        publication += engine->runtime().status()->batch_latency;
    }
    state.counters["to_shard_p50_us"] = microseconds(hand_over.quantile(0.5));
    state.counters["to_shard_p99_us"] = microseconds(hand_over.quantile(0.99));
    state.counters["to_stream_p50_us"] = microseconds(publication.quantile(0.5));
    state.counters["to_stream_p99_us"] = microseconds(publication.quantile(0.99));
}
BENCHMARK(BM_EngineHandOver)
    ->Args({1, 1'000})
    ->Args({1, 50'000})
    ->Args({3, 1'000})
    ->Args({3, 50'000})
    ->ArgNames({"threads", "rate"})
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

Nanos thread_time() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + Nanos{time.tv_nsec};
}

/// Argument: symbols that a shard copies between two runs. The steps of one thread by hand, 50,000
/// records a second of 8,000 symbols for 12 s, a snapshot every 2 s: how long a step of the shard
/// takes the processor, and whoever waits for it.
void BM_EngineStepWithSnapshots(benchmark::State& state) {
    constexpr std::uint32_t symbols = 8'000;
    constexpr std::uint64_t rate = 50'000;
    constexpr std::uint64_t records = 12 * rate;
    Histogram steps;
    std::uint64_t snapshots = 0;
    for (auto _ : state) {
        const auto engine = std::make_unique<Engine>(1, std::chrono::seconds(2));
        PipelineExtensions extensions;
        extensions.symbols_a_slice = static_cast<std::size_t>(state.range(0));
        engine->open(std::make_unique<TradeSource>(0, records, static_cast<double>(rate), symbols),
                     extensions);
        Runtime& runtime = engine->runtime();
        runtime.set_snapshot_thread();
        std::atomic<bool> ended{false};
        std::thread snapshot_thread([&] {
            while (!ended) {
                runtime.step_snapshot();
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
        });
        const auto status = [&] { return runtime.status(); };
        while (!status() || status()->sources[0].counts.out < records ||
               status()->control.shards[0].lag_records > 0) {
            runtime.step_sequencer();
            const Nanos begin = thread_time();
            runtime.step_shard(0);
            steps.record(thread_time() - begin);
            runtime.step_publisher();
        }
        ended = true;
        snapshot_thread.join();
        snapshots = status()->control.snapshot.count;
    }
    state.counters["snapshots"] = static_cast<double>(snapshots);
    state.counters["step_p99_us"] = microseconds(steps.quantile(0.99));
    state.counters["step_max_us"] = microseconds(steps.quantile(1));
}
BENCHMARK(BM_EngineStepWithSnapshots)
    ->Arg(64)
    ->Arg(8'000)
    ->ArgName("symbols_a_slice")
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Records in the journal of the start benchmarks: TICKSTOCK_BENCH_RECORDS, e.g. 10000000.
std::uint64_t journal_records() {
    const char* text = std::getenv("TICKSTOCK_BENCH_RECORDS");
    return text == nullptr ? 100'000 : std::strtoull(text, nullptr, 10);
}

/// `behind_snapshot` = records that a start has to run again; all of them = there is no snapshot.
void start_again(benchmark::State& state, std::uint64_t behind_snapshot) {
    const std::uint64_t records = journal_records();
    const std::uint64_t before = records - std::min(records, behind_snapshot);
    Engine engine(1);
    if (before > 0) {
        engine.open(std::make_unique<TradeSource>(0, before, 0));
        engine.run_to_end(before, true);
        engine.close();
        engine.keep_snapshots();
    }
    if (records > before) {
        engine.open(std::make_unique<TradeSource>(before, records, 0));
        engine.run_to_end(records - before, false);
        engine.close();
    }
    std::uint64_t entries = 0;
    std::uint64_t compared = 0;
    for (auto _ : state) {
        engine.open(std::make_unique<TradeSource>(0, 0, 0));
        entries = engine.runtime().recovery().entries_run;
        compared = engine.runtime().recovery().events_compared;
        state.PauseTiming();
        engine.close();
        state.ResumeTiming();
    }
    state.counters["journal_records"] = static_cast<double>(records);
    state.counters["entries_run"] = static_cast<double>(entries);
    state.counters["events_compared"] = static_cast<double>(compared);
}

void BM_EngineStartFromJournal(benchmark::State& state) {
    start_again(state, journal_records());
}
BENCHMARK(BM_EngineStartFromJournal)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

/// A snapshot, and a minute of 10,000 records a second behind it.
void BM_EngineStartFromSnapshot(benchmark::State& state) {
    start_again(state, std::min<std::uint64_t>(600'000, journal_records() / 10));
}
BENCHMARK(BM_EngineStartFromSnapshot)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

/// After a stop in good order.
void BM_EngineStartAfterCleanStop(benchmark::State& state) {
    start_again(state, 0);
}
BENCHMARK(BM_EngineStartAfterCleanStop)
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickstock

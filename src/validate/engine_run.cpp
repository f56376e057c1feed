#include "validate/engine_run.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <deque>
#include <random>

#include "base/clock.hpp"
#include "engine/multi_channel_system.hpp"
#include "engine/path_stopwatch.hpp"
#include "publishing/event_stream.hpp"

namespace tickstock::validate {
namespace {

/// An engine and its stream for one run.
class Run {
public:
    static Result<Run> create(const PipelineSettings& settings, unsigned shards) {
        auto system = MultiChannelSystem::create(settings, shards);
        if (!system) {
            return system.error();
        }
        return Run(std::move(*system));
    }

    /// Before the first record; does nothing without an integrator. `clock` outlives this.
    void begin_rollout(const FeatureFlags& flags, const Clock& clock) {
        RolloutChange change;
        change.flags = flags;
        change.selection.buckets.fill(flags.rollout_buckets);
        Decision decision;
        decision.action = change;
        for (unsigned shard = 0; shard < system_->shards(); ++shard) {
            system_->pipeline(shard).apply_control(decision);
            stopwatches_.emplace_back(clock);
            system_->pipeline(shard).set_watch(&stopwatches_.back());
        }
    }

    void process(RecordBatch& batch, bool keep_bodies) {
        result_.records += batch.records.size();
        system_->process(batch, events_);
        publish(keep_bodies);
    }
    EngineResult finish(StageCounts sources, bool keep_bodies) {
        system_->finish(events_);
        publish(keep_bodies);
        result_.events = stream_->counts().out;
        result_.by_type = stream_->events_by_type();
        result_.hash = stream_->hash();
        result_.accounting = system_->accounting();
        result_.accounting.sources = sources;
        result_.accounting.publishing = stream_->counts();
        return std::move(result_);
    }

private:
    explicit Run(std::unique_ptr<MultiChannelSystem> system)
        : system_(std::move(system)),
          stream_(std::make_unique<EventStream>("validate", EventStream::Options{})) {
        system_->add_source(SourceId{0});
    }

    void publish(bool keep_bodies) {
        for (const Event& event : events_) {
            const SourceKind source = event.detection.source;
            const std::size_t channel = source == SourceKind::Ohlcv ? 1
                                        : source == SourceKind::Fmv ? 2
                                                                    : 0;
            ++result_.events_by_channel[channel];
        }
        const auto block = stream_->encode(events_, system_->symbols(), UnixNanos{});
        if (block) {
            for (const StreamEntry& entry : block->entries) {
                if (keep_bodies) {
                    result_.bodies.emplace_back(block->body(entry));
                }
            }
            stream_->publish(block);
        }
        events_.clear();
    }

    std::deque<PathStopwatch> stopwatches_;  // outlive the pipelines, stay where they are
    std::unique_ptr<MultiChannelSystem> system_;
    std::unique_ptr<EventStream> stream_;
    std::vector<Event> events_;
    EngineResult result_;
};

double seconds_since(Nanos begin) {
    return std::chrono::duration<double>(SystemClock{}.monotonic() - begin).count();
}

double thread_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::uint64_t heap_bytes() {
    const auto heap = ::mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

}  // namespace

Result<EngineResult> run_engine(const PipelineSettings& settings, unsigned shards,
                                RecordReader& reader, bool keep_bodies) {
    auto run = Run::create(settings, shards);
    if (!run) {
        return run.error();
    }
    const Nanos begin = SystemClock{}.monotonic();
    RecordBatch batch;
    while (reader.read(batch)) {
        run->process(batch, keep_bodies);
    }
    EngineResult result = run->finish(reader.counts(), keep_bodies);
    result.seconds = seconds_since(begin);
    return result;
}

Result<EngineResult> run_engine(const PipelineSettings& settings, unsigned shards,
                                const RecordBatch& tape, const FeatureFlags& flags) {
    const SystemClock clock;
    const std::uint64_t heap_before = heap_bytes();
    auto run = Run::create(settings, shards);
    if (!run) {
        return run.error();
    }
    if (settings.integration.installed) {
        run->begin_rollout(flags, clock);
    }
    const Nanos begin = clock.monotonic();
    const double processor_begin = thread_seconds();
    RecordBatch batch;
    batch.new_symbols = tape.new_symbols;
    for (std::size_t at = 0; at < tape.records.size(); at += engine_batch_records) {
        const std::size_t end = std::min(at + engine_batch_records, tape.records.size());
        batch.records.assign(tape.records.begin() + static_cast<std::ptrdiff_t>(at),
                             tape.records.begin() + static_cast<std::ptrdiff_t>(end));
        run->process(batch, false);
        batch.new_symbols.clear();
    }
    const double processor_seconds = thread_seconds() - processor_begin;
    const double seconds = seconds_since(begin);
    const std::uint64_t heap_after = heap_bytes();
    StageCounts sources;
    sources.in = sources.out = tape.records.size();
    EngineResult result = run->finish(sources, false);
    result.seconds = seconds;
    result.processor_seconds = processor_seconds;
    result.memory_bytes = heap_after - std::min(heap_before, heap_after);
    return result;
}

RecordBatch zipf_trades(std::size_t count, std::uint32_t symbols, std::int64_t trades_per_second) {
    constexpr std::int64_t ten_o_clock_ns = 1'709'650'800'000'000'000;  // 2024-03-05, New York
    constexpr double exponent = 0.9;
    std::mt19937_64 random(7);
    std::vector<double> cumulative;
    std::vector<std::int64_t> cents;
    RecordBatch tape;
    double sum = 0;
    for (std::uint32_t rank = 1; rank <= symbols; ++rank) {
        sum += std::pow(rank, -exponent);
        cumulative.push_back(sum);
        cents.push_back(static_cast<std::int64_t>(500 + random() % 40'000));
        tape.new_symbols.emplace_back(fmt::format("Z{}", rank));
    }
    tape.records.reserve(count);
    std::uniform_real_distribution<double> uniform(0, sum);
    for (std::size_t i = 0; i < count; ++i) {
        const auto found = std::lower_bound(cumulative.begin(), cumulative.end(), uniform(random));
        const auto symbol = std::min<std::size_t>(
            static_cast<std::size_t>(found - cumulative.begin()), symbols - 1);
        const std::uint64_t dice = random();
        cents[symbol] = std::max<std::int64_t>(100, cents[symbol] + static_cast<int>(dice % 3) - 1);
        Trade trade;
        trade.header.symbol = SymbolId{static_cast<std::uint32_t>(symbol)};
        trade.header.ts_event = unix_nanos(
            ten_o_clock_ns + static_cast<std::int64_t>(i) * (1'000'000'000 / trades_per_second));
        trade.header.ts_recv = trade.header.ts_event;
        trade.price = Price::from_cents(cents[symbol]);
        trade.size = Size::from_shares(static_cast<std::int64_t>(1 + (dice >> 8) % 300));
        trade.exchange = static_cast<std::uint8_t>((dice >> 20) % 20);
        if ((dice >> 32) % 100 < 45) {
            trade.conditions.add(37);
        }
        tape.records.emplace_back(trade);
    }
    return tape;
}

RecordBatch minute_of_bars(std::uint32_t symbols, int minute) {
    constexpr std::int64_t nine_thirty = 1'709'649'000;  // 2024-03-05 in New York, s since 1970
    RecordBatch batch;
    batch.records.reserve(symbols);
    const std::int64_t start = nine_thirty + minute * 60;
    for (std::uint32_t symbol = 0; symbol < symbols; ++symbol) {
        if (minute == 0) {
            batch.new_symbols.emplace_back(fmt::format("B{}", symbol));
        }
        const std::uint32_t dice =
            (symbol * 2'654'435'761U) ^ (static_cast<std::uint32_t>(minute) * 40'503U);
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

}  // namespace tickstock::validate

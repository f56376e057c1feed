// Questions: what does the integrator add to a record, in each state of a rollout, and how do the
// two paths compare on the same records? A rollout's cost is paid by the path in charge.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "engine/multi_channel_system.hpp"
#include "engine/path_stopwatch.hpp"
#include "publishing/event_stream.hpp"
#include "rollout/path_evidence.hpp"
#include "zipf_tape.hpp"

namespace tickstock {
namespace {

constexpr std::uint32_t symbols = 10'000;
constexpr std::size_t trades = 1'000'000;
constexpr std::int64_t trades_per_second = 100'000;

struct Mode {
    const char* name;
    bool installed = true;
    FeatureFlags flags = {};
};

FeatureFlags flags_of(bool compared, bool in_charge) {
    FeatureFlags flags;
    flags.integration_layer_enabled = true;
    flags.router_enabled = flags.tick_channel_enabled = compared || in_charge;
    flags.parallel_processing_enabled = compared;
    flags.multichannel_system_enabled = in_charge;
    flags.rollout_buckets = in_charge ? FeatureFlags::all_buckets : 0;
    return flags;
}

const std::array<Mode, 6>& modes() {
    static const std::array<Mode, 6> all{{{"not_installed", false},
                                          {"flags_off"},
                                          {"both_paths", true, flags_of(false, false)},
                                          {"compared", true, flags_of(true, false)},
                                          {"in_charge", true, flags_of(false, true)},
                                          {"in_charge_compared", true, flags_of(true, true)}}};
    return all;
}

std::unique_ptr<MultiChannelSystem> system_in(const Mode& mode) {
    PipelineSettings settings;
    settings.integration.installed = mode.installed;
    auto system = MultiChannelSystem::create(settings, 1);
    (*system)->add_source(SourceId{0});
    if (mode.installed) {
        RolloutChange change;
        change.flags = mode.flags;
        change.selection.buckets.fill(mode.flags.rollout_buckets);
        Decision decision;
        decision.action = change;
        (*system)->pipeline(0).apply_control(decision);
    }
    return std::move(*system);
}

/// The tape once, in batches. `after` is called after each with its size.
template <class After>
void run_tape(MultiChannelSystem& system, const RecordBatch& tape, std::size_t batch_records,
              EventStream& stream, After after) {
    std::vector<Event> events;
    RecordBatch batch;
    batch.new_symbols = tape.new_symbols;
    for (std::size_t at = 0; at < tape.records.size(); at += batch_records) {
        const std::size_t end = std::min(at + batch_records, tape.records.size());
        batch.records.assign(tape.records.begin() + static_cast<std::ptrdiff_t>(at),
                             tape.records.begin() + static_cast<std::ptrdiff_t>(end));
        system.process(batch, events);
        stream.append(events, system.symbols(), UnixNanos{});
        events.clear();
        batch.new_symbols.clear();
        after(static_cast<std::int64_t>(end - at));
    }
}

/// The thread's processor time: what else the machine does is not in it. A look costs some 0.2 µs.
class ThreadClock final : public Clock {
public:
    UnixNanos wall() const override { return {}; }
    Nanos monotonic() const override {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return std::chrono::seconds(time.tv_sec) + Nanos{time.tv_nsec};
    }
};

double thread_ns() {
    return static_cast<double>(ThreadClock().monotonic().count());
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

const RecordBatch& tape() {
    static const RecordBatch made = bench::zipf_tape(trades, symbols, trades_per_second);
    return made;
}

/// The same tape in every mode, in turns; medians over the iterations of the thread's processor
/// time for a record. The added time is the median of the differences within an iteration.
void integration_modes(benchmark::State& state) {
    constexpr std::size_t batch_records = 1024;
    const SystemClock clock;
    std::array<std::vector<double>, 6> took;
    std::array<std::vector<double>, 6> added;
    std::array<std::uint64_t, 6> hash{};
    for (auto _ : state) {
        for (std::size_t i = 0; i < modes().size(); ++i) {
            const auto system = system_in(modes()[i]);
            PathStopwatch stopwatch(clock);  // as a shard has one
            system->pipeline(0).set_watch(&stopwatch);
            PathTimes times;
            EventStream stream("bench", {});
            const double begin = thread_ns();
            run_tape(*system, tape(), batch_records, stream, [&](std::int64_t records) {
                if (modes()[i].flags.runs_multi_channel()) {
                    times.add_pair(stopwatch.took(ProcessingPath::Linear) / records,
                                   stopwatch.took(ProcessingPath::MultiChannel) / records);
                }
                stopwatch.reset();
            });
            took[i].push_back((thread_ns() - begin) / static_cast<double>(trades));
            added[i].push_back(took[i].back() - took[0].back());
            system->pipeline(0).set_watch(nullptr);
            hash[i] = stream.hash();
        }
    }
    for (std::size_t i = 0; i < modes().size(); ++i) {
        TS_ASSERT(hash[i] == hash[0]);  // the published stream is the same, whoever is in charge
        const std::string name = modes()[i].name;
        state.counters[name + "_ns"] = median(took[i]);
        if (i > 0) {
            state.counters[name + "_added_ns"] = median(added[i]);
        }
    }
}
BENCHMARK(integration_modes)->Unit(benchmark::kMillisecond);

/// Both paths on the same records, timed by batch as a shard does it, in processor time. Argument:
/// records a batch.
void integration_paths(benchmark::State& state) {
    const auto batch_records = static_cast<std::size_t>(state.range(0));
    const ThreadClock clock;
    PathTimes times;
    std::array<Nanos, 2> sum{};
    for (auto _ : state) {
        const auto system = system_in(modes()[3]);
        PathStopwatch stopwatch(clock);
        system->pipeline(0).set_watch(&stopwatch);
        EventStream stream("bench", {});
        run_tape(*system, tape(), batch_records, stream, [&](std::int64_t records) {
            const Nanos linear = stopwatch.took(ProcessingPath::Linear);
            const Nanos multi_channel = stopwatch.took(ProcessingPath::MultiChannel);
            times.add_pair(linear / records, multi_channel / records);
            sum[0] += linear;
            sum[1] += multi_channel;
            stopwatch.reset();
        });
        system->pipeline(0).set_watch(nullptr);
    }
    const auto records = static_cast<double>(trades) * static_cast<double>(state.iterations());
    const auto tell = [&](const std::string& path, const Histogram& by_batch, Nanos total) {
        const auto ns = static_cast<double>(total.count());
        state.counters[path + "_mean_ns"] = ns / records;
        state.counters[path + "_p50_ns"] = static_cast<double>(by_batch.quantile(0.5).count());
        state.counters[path + "_p99_ns"] = static_cast<double>(by_batch.quantile(0.99).count());
        state.counters[path + "_trades/s"] = records * 1e9 / ns;
    };
    tell("linear", times.linear, sum[0]);
    tell("multi", times.multi_channel, sum[1]);
    state.counters["win_%"] =
        100.0 * static_cast<double>(times.wins) / static_cast<double>(times.pairs);
}
BENCHMARK(integration_paths)->Arg(64)->Arg(1024)->ArgName("batch")->Unit(benchmark::kMillisecond);

/// Memory of the engine's state with 10,000 symbols that have traded.
void integration_memory(benchmark::State& state) {
    for (auto _ : state) {
        for (const std::size_t mode : {0U, 1U, 2U}) {
            const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
            const auto system = system_in(modes()[mode]);
            EventStream stream("bench", {});
            run_tape(*system, tape(), 1024, stream, [](std::int64_t) {});
            const std::size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
            state.counters[std::string(modes()[mode].name) + "_MiB"] =
                static_cast<double>(after - before) / (1 << 20);
        }
    }
}
BENCHMARK(integration_memory)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickstock

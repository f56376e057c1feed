// Load: how much this machine takes. In this process for one core's figures, over sockets for those
// of a live server.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <vector>

#include "engine/multi_channel_system.hpp"
#include "publishing/event_stream.hpp"
#include "router/data_channel_router.hpp"
#include "validate/engine_run.hpp"
#include "validate/groups.hpp"
#include "validate/integration_run.hpp"
#include "validate/live_run.hpp"
#include "validate/tcp_socket.hpp"

namespace tickstock::validate {
namespace {

constexpr std::uint32_t many_symbols = 10'000;
constexpr std::uint32_t bar_symbols = 8'000;

/// The best of some rounds: what else the machine does makes a round slower, nothing makes one
/// faster.
std::optional<Error> measure_pipeline(Workbench& bench, GateLog& log) {
    const std::size_t trades = bench.full() ? 4'000'000 : 1'000'000;
    const int rounds = bench.full() ? 5 : 3;
    const RecordBatch tape = zipf_trades(trades, many_symbols, 100'000);
    double best = 0;
    std::uint64_t events = 0;
    for (int round = 0; round < rounds && !is_interrupted(); ++round) {
        const auto result = run_engine(bench.config().pipeline, 1, tape);
        if (!result) {
            return result.error();
        }
        best = std::max(best, static_cast<double>(trades) / result->seconds);
        events = result->events;
    }
    log.figure("pipeline", best,
               fmt::format("admission to encoded events on one thread, {} trades of {} symbols, "
                           "100,000 a market second, {} events; best of {}",
                           trades, many_symbols, events, rounds));
    return std::nullopt;
}

void measure_router(Workbench& bench, GateLog& log) {
    const RecordBatch tape = zipf_trades(200'000, many_symbols, 100'000);
    SymbolTable symbols;
    for (const SymbolText& symbol : tape.new_symbols) {
        symbols.intern(symbol.view());
    }
    DataChannelRouter router(4, bench.config().router);
    std::uint64_t routed = 0;
    const Nanos begin = bench.clock().monotonic();
    for (const Record& record : tape.records) {
        routed += router.route(record).has_value() ? 1U : 0U;
        routed += router.shard_of(record.header().symbol, symbols) < 4 ? 0U : 1U;
    }
    const double seconds = std::chrono::duration<double>(bench.clock().monotonic() - begin).count();
    log.figure("router", static_cast<double>(routed) / seconds,
               fmt::format("{} records to channel and one of 4 shards on one thread",
                           tape.records.size()));
}

std::optional<Error> measure_bars(Workbench& bench, GateLog& log) {
    PipelineSettings settings = bench.config().pipeline;
    auto system = MultiChannelSystem::create(settings, 1);
    if (!system) {
        return system.error();
    }
    (*system)->add_source(SourceId{0});
    EventStream stream("validate", {});
    std::vector<Event> events;
    std::vector<double> bursts;
    const int history = 30;
    const int measured = bench.full() ? 60 : 15;
    for (int minute = 0; minute < history + measured; ++minute) {
        RecordBatch batch = minute_of_bars(bar_symbols, minute);
        const Nanos begin = bench.clock().monotonic();
        (*system)->process(batch, events);
        stream.append(events, (*system)->symbols(), UnixNanos{});
        if (minute >= history) {
            bursts.push_back(
                std::chrono::duration<double, std::milli>(bench.clock().monotonic() - begin)
                    .count());
        }
        events.clear();
    }
    std::sort(bursts.begin(), bursts.end());
    const StageCounts ohlcv = (*system)->accounting().channels[1];
    const auto minutes = static_cast<std::uint64_t>(history + measured);
    const std::uint64_t bars = minutes * bar_symbols;
    const std::uint64_t whole = ohlcv.dropped_total() == 0 ? ohlcv.out / minutes : 0;
    log.figure("bar_symbols", static_cast<double>(whole),
               fmt::format("{} of {} bars worked, {} dropped, {} events", ohlcv.out, bars,
                           ohlcv.dropped_total(), stream.counts().out));
    log.figure("bar_burst", bursts[bursts.size() / 2],
               fmt::format("median of {} bursts after {} minutes of history; worst {:.2f} ms",
                           measured, history, bursts.back()));
    return std::nullopt;
}

}  // namespace

std::optional<Error> run_load(Workbench& bench, GateLog& log) {
    if (auto failed = measure_pipeline(bench, log)) {
        return failed;
    }
    measure_router(bench, log);
    if (auto failed = measure_bars(bench, log)) {
        return failed;
    }
    const LiveRun& live = bench.live();
    if (!live.error.empty()) {
        return Error{live.error};
    }
    // The symbols trade in turn, so a second has as many different ones as trades, or all.
    log.figure("symbols", std::min<double>(live.trades_per_second, live.symbols),
               fmt::format("over a socket, {}", conditions_of(live)));
    log.figure("events", live.events_per_second,
               fmt::format("read from /ws while {}", conditions_of(live)));
    log.figure("live_rate", 100 * live.trades_per_second / live.pace,
               fmt::format("{:.0f} of {:.0f} trades/s as JSON over /ingest, journaled and answered",
                           live.trades_per_second, live.pace));
    judge_integration_cpu(bench, log);
    return std::nullopt;
}

}  // namespace tickstock::validate

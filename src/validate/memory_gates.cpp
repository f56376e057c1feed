// Memory of the server's process, as the system counts it.

#include <fmt/format.h>

#include "validate/groups.hpp"
#include "validate/integration_run.hpp"
#include "validate/live_run.hpp"
#include "validate/status_page.hpp"

namespace tickstock::validate {
namespace {

double megabytes(std::uint64_t bytes) {
    return static_cast<double>(bytes) / 1e6;
}

}  // namespace

std::optional<Error> run_memory(Workbench& bench, GateLog& log) {
    const LiveRun& live = bench.live();
    if (!live.error.empty()) {
        return Error{live.error};
    }
    const auto symbols = number_at(live.status, "symbols");
    const auto worked = [&](const char* channel) {
        return number_at(live.status, fmt::format("channels.{}.records", channel)).value_or(0);
    };
    if (!symbols || *symbols < live.symbols || worked("tick") < live.symbols ||
        worked("ohlcv") < live.symbols || worked("fmv") < live.symbols) {
        return Error{
            fmt::format("not all of {} symbols got into all channels: tick {}, ohlcv {}, "
                        "fmv {} records",
                        live.symbols, worked("tick"), worked("ohlcv"), worked("fmv"))};
    }
    log.figure("symbols", megabytes(live.loaded.anonymous),
               fmt::format("RssAnon once each of {} symbols had trades, a bar and a fair value; "
                           "after the load {:.0f} MB, with the newest events and journal in memory",
                           live.symbols, megabytes(live.memory.anonymous)));
    log.figure("peak", megabytes(live.memory.peak_resident),
               fmt::format("VmHWM over start and load: {}", conditions_of(live)));
    judge_integration_memory(bench, log);
    return std::nullopt;
}

}  // namespace tickstock::validate

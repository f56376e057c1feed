// Latency under the live run's load: by the server's own histograms, and from outside.

#include <fmt/format.h>

#include "validate/groups.hpp"
#include "validate/integration_run.hpp"
#include "validate/live_run.hpp"
#include "validate/metrics_text.hpp"
#include "validate/status_page.hpp"

namespace tickstock::validate {
namespace {

double milliseconds(Nanos time) {
    return static_cast<double>(time.count()) / 1e6;
}

}  // namespace

std::optional<Error> run_latency(Workbench& bench, GateLog& log) {
    judge_integration_latency(bench, log);
    const LiveRun& live = bench.live();
    if (!live.error.empty()) {
        return Error{live.error};
    }
    const auto seconds = [&](const char* path) { return number_at(live.status, path); };
    const auto mean = seconds("channels.tick.processing_seconds.mean");
    const auto p99 = seconds("channels.tick.processing_seconds.p99");
    const auto batch_p99 = seconds("channels.tick.batch_seconds.p99");
    const auto batches = seconds("channels.tick.processing_seconds.count");
    if (!mean || !p99 || !batch_p99 || !batches || *batches < 1) {
        return Error{"the status page tells no processing time of the tick channel"};
    }
    log.figure(
        "tick_mean", *mean * 1e3,
        fmt::format("a record's share by {:.0f} batches; {}", *batches, conditions_of(live)));
    log.figure("tick_p99", *p99 * 1e3,
               fmt::format("the same; a whole batch of records: p99 {:.3f} ms", *batch_p99 * 1e3));
    const auto routing =
        bucket_quantile(parse_metrics(live.metrics), "tickstock_router_routing_seconds", 0.99);
    const auto routing_mean = number_at(live.status, "router.avg_routing_time_ms");
    if (routing && routing_mean) {
        log.figure("router", *routing * 1e3,
                   fmt::format("upper bound of its bucket in /metrics; a record's share of what is "
                               "timed together, mean {:.6f} ms",
                               *routing_mean));
    } else {
        log.fail("router", "neither /metrics nor the status page tells a routing time");
    }
    if (live.end_to_end.count() == 0) {
        log.fail("end_to_end", "no event of a trade reached the client");
        return std::nullopt;
    }
    log.figure("end_to_end", milliseconds(live.end_to_end.quantile(0.99)),
               fmt::format("{} events, JSON in over /ingest and out over /ws, both sockets and the "
                           "client's own time in it: median {:.2f} ms, worst {:.2f} ms",
                           live.end_to_end.count(), milliseconds(live.end_to_end.quantile(0.5)),
                           milliseconds(live.end_to_end.max())));
    return std::nullopt;
}

}  // namespace tickstock::validate

// Monitoring: what an operator and his tools see of a running server.

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "validate/child_server.hpp"
#include "validate/groups.hpp"
#include "validate/http_client.hpp"
#include "validate/live_tape.hpp"
#include "validate/metrics_text.hpp"
#include "validate/push_client.hpp"
#include "validate/raw_json.hpp"

namespace tickstock::validate {
namespace {

using namespace std::chrono_literals;

/// SPEC 13's names, and one at least of each area that it lists without names.
const std::vector<std::string>& wanted_metrics() {
    static const std::vector<std::string> names{
        "tickstock_channel_processing_seconds{channel}",
        "tickstock_channel_processed_total{channel}",
        "tickstock_channel_errors_total{channel}",
        "tickstock_channel_filtered_total{reason}",
        "tickstock_channel_events_generated_total{channel}",
        "tickstock_channel_health{channel}",
        "tickstock_router_routing_seconds",
        "tickstock_router_routes_total{type}",
        "tickstock_router_errors_total{reason}",
        "tickstock_router_channel_selection_seconds",
        "tickstock_latency_seconds{stage}",
        "tickstock_stream_offset",
        "tickstock_clients",
        "tickstock_journal_written_sequence",
        "tickstock_storage_up",
        // As Prometheus's own clients name them.
        "process_resident_memory_bytes",
        "process_cpu_seconds_total",
    };
    return names;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

void check_metrics(const ChildServer& server, GateLog& log) {
    const auto text = server.page("/metrics");
    if (!text) {
        log.fail("metrics", text.error().message);
        return;
    }
    const MetricsPage page = parse_metrics(*text);
    const std::vector<std::string> missing = missing_metrics(page, wanted_metrics());
    std::string detail = fmt::format("{} families", page.types.size());
    if (!page.types.contains("tickstock_integration_latency_seconds")) {
        detail += ", without tickstock_integration_…: integration.installed is false";
    }
    if (!missing.empty()) {
        detail += "; missing: " + joined(missing);
    }
    if (!page.faults.empty()) {
        detail += fmt::format("; {} lines are not good, the first: {}", page.faults.size(),
                              page.faults.front());
    }
    log.check("metrics", missing.empty() && page.faults.empty(), std::move(detail));
}

void check_health(const ChildServer& server, GateLog& log) {
    const auto alive = server.page("/healthz");
    const auto ready = server.page("/readyz");
    const bool good = alive && ready && raw_value(*ready, "ready") == "true";
    log.check("health", good,
              !alive   ? alive.error().message
              : !ready ? ready.error().message
                       : "/healthz: 200, /readyz: 200, ready");
}

void check_dashboard(const ChildServer& server, GateLog& log) {
    const auto page = server.page("/api/v1/dashboard");
    if (!page) {
        log.fail("dashboard", page.error().message);
        return;
    }
    std::vector<std::string> missing;
    for (const char* part : {"system_overview", "channel_details", "active_alerts", "recent_alerts",
                             "performance_thresholds"}) {
        if (raw_value(*page, part).empty()) {
            missing.emplace_back(part);
        }
    }
    if (raw_elements(raw_value(*page, "channel_details")).size() != 3) {
        missing.emplace_back("three channels in channel_details");
    }
    log.check("dashboard", missing.empty(),
              missing.empty()
                  ? fmt::format("status {}",
                                raw_text(raw_value(raw_value(*page, "system_overview"), "status")))
                  : "missing: " + joined(missing));
}

/// Whether the list has an alert of this type and channel.
bool lists(std::string_view page, const char* list, std::string_view type,
           std::string_view channel) {
    for (const std::string_view alert : raw_elements(raw_value(page, list))) {
        if (raw_text(raw_value(alert, "type")) == type &&
            raw_text(raw_value(alert, "channel")) == channel) {
            return true;
        }
    }
    return false;
}

/// Seconds until the list has it; an error when it never does.
Result<double> wait_for_alert(const ChildServer& server, const char* list) {
    const SystemClock clock;
    const Nanos begin = clock.monotonic();
    while (clock.monotonic() < begin + 30s) {
        const auto page = server.page("/api/v1/alerts");
        if (!page) {
            return page.error();
        }
        if (lists(*page, list, "QUEUE_OVERFLOW", "tick")) {
            return std::chrono::duration<double>(clock.monotonic() - begin).count();
        }
        if (is_interrupted()) {
            return Error{"interrupted"};
        }
        pause_for(100ms);
    }
    return Error{fmt::format("QUEUE_OVERFLOW of tick is not among the {} alerts after 30 s", list)};
}

std::optional<Error> command(const ChildServer& server, const char* what) {
    const auto answer =
        http_request(server.port(), "POST", fmt::format("/api/v1/channels/tick/{}", what));
    if (!answer) {
        return answer.error();
    }
    return answer->status / 100 == 2
               ? std::nullopt
               : std::optional(Error{fmt::format("{} of the tick channel: {} {}", what,
                                                 answer->status, answer->body)});
}

/// A paused channel's queue runs full, and empty again once it goes on.
std::optional<Error> check_alert(const ChildServer& server, GateLog& log) {
    auto push = PushClient::open(server.port(), "validate-alert");
    if (!push) {
        return push.error();
    }
    if (auto failed = command(server, "pause")) {
        return failed;
    }
    const LiveTape tape(100, 1'000, 100);
    std::string rows;
    tape.append_trades(0, 990, rows);  // of the 1,000 that may wait
    push->enqueue(1, rows);
    if (auto failed = push->settle(20s)) {
        return failed;
    }
    const auto raised = wait_for_alert(server, "active");
    if (!raised) {
        return raised.error();
    }
    if (auto failed = command(server, "resume")) {
        return failed;
    }
    const auto resolved = wait_for_alert(server, "recent");
    if (!resolved) {
        return resolved.error();
    }
    log.check("alert", true,
              fmt::format("tick paused with 990 of 1,000 in its queue: QUEUE_OVERFLOW after {:.1f} "
                          "s; resumed: resolved after {:.1f} s",
                          *raised, *resolved));
    return std::nullopt;
}

}  // namespace

std::optional<Error> run_monitoring(Workbench& bench, GateLog& log) {
    auto server = ChildServer::start(
        bench.push_server_arguments(bench.path("monitoring"), {"channels.tick.queue_size=1000"}),
        bench.path("monitoring.log"));
    if (!server) {
        return server.error();
    }
    if (auto failed = (*server)->wait_until_ready(60s)) {
        return failed;
    }
    check_metrics(**server, log);
    check_health(**server, log);
    check_dashboard(**server, log);
    if (auto failed = check_alert(**server, log)) {
        log.fail("alert", failed->message);
    }
    return (*server)->stop();
}

}  // namespace tickstock::validate

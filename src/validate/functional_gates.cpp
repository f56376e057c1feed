// Functional: known records in, known events out; and every type of event with the configuration
// that is validated.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "engine/inputs.hpp"
#include "validate/child_server.hpp"
#include "validate/engine_run.hpp"
#include "validate/groups.hpp"
#include "validate/known_tape.hpp"
#include "validate/status_page.hpp"
#include "validate/stream_client.hpp"

namespace tickstock::validate {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, channel_type_count> channel_names{"tick", "ohlcv", "fmv"};

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : between) + word;
    }
    return text;
}

Result<EngineResult> run_file(const PipelineSettings& settings, const std::string& path) {
    auto reader = open_recorded({path}, "", {});
    if (!reader) {
        return reader.error();
    }
    return run_engine(settings, 1, **reader, true);
}

/// With default settings: whether this build on this machine detects as it was written to.
std::optional<Error> check_known_tape(Workbench& bench, GateLog& log) {
    const std::string path = bench.path("known.ndjson");
    if (auto failed = write_known_tape(path)) {
        return failed;
    }
    PipelineSettings settings;
    settings.rules.user = {known_rule()};
    const auto result = run_file(settings, path);
    if (!result) {
        return result.error();
    }
    std::vector<std::string> found;
    for (const std::string& body : result->bodies) {
        found.push_back(words_of(body));
    }
    std::vector<std::string> expected = known_events();
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    std::vector<std::string> missing;
    std::vector<std::string> surplus;
    std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                        std::back_inserter(missing));
    std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                        std::back_inserter(surplus));
    std::string detail =
        fmt::format("{} records, {} events, default settings", result->records, result->events);
    if (!missing.empty()) {
        detail += "; missing: " + joined(missing, ", ");
    }
    if (!surplus.empty()) {
        detail += "; not expected: " + joined(surplus, ", ");
    }
    log.check("known_tape", missing.empty() && surplus.empty(), std::move(detail));
    return std::nullopt;
}

/// Which setting keeps events of this type from coming; empty when none is known.
std::string switch_of(const PipelineSettings& settings, EventType type) {
    switch (type) {
        case EventType::High:
        case EventType::Low: return settings.high_low.enabled ? "" : "high_low.enabled is false";
        case EventType::Trend: return settings.trend.enabled ? "" : "trend.enabled is false";
        case EventType::Surge: return settings.surge.enabled ? "" : "surge.enabled is false";
        case EventType::Valuation:
            return settings.valuation.enabled ? "" : "valuation.enabled is false";
        default: return "";
    }
}

void check_types(const PipelineSettings& settings, const EngineResult& market,
                 const EngineResult& tape, GateLog& log) {
    std::vector<std::string> counts;
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < event_type_count; ++i) {
        const auto type = static_cast<EventType>(i);
        const std::uint64_t trades = market.by_type[i] + tape.by_type[i];
        counts.push_back(fmt::format("{} {}", to_string(type), trades));
        const std::string off = switch_of(settings, type);
        // Bars make highs, lows, trends and surges of their own, so a switch counts by itself.
        if (trades == 0 || !off.empty()) {
            missing.push_back(fmt::format("no {} events of trades{}", to_string(type),
                                          off.empty() ? "" : ": " + off));
        }
    }
    log.check("event_types", missing.empty(),
              missing.empty() ? joined(counts, ", ")
                              : joined(missing, "; ") + " (" + joined(counts, ", ") + ")");
}

void check_channels(const PipelineSettings& settings, const EngineResult& market, GateLog& log) {
    std::vector<std::string> found;
    bool good = true;
    for (std::size_t i = 0; i < channel_type_count; ++i) {
        const std::uint64_t worked = market.accounting.channels[i].out;
        const std::uint64_t events = market.events_by_channel[i];
        found.push_back(
            fmt::format("{}: {} records, {} events{}", channel_names[i], worked, events,
                        settings.channels[i].enabled
                            ? ""
                            : fmt::format(" (channels.{}.enabled is false)", channel_names[i])));
        good = good && worked > 0 && events > 0;
    }
    log.check("channels", good, joined(found, "; "));
}

/// The same file through a server and its sockets.
std::optional<Error> check_the_wire(Workbench& bench, GateLog& log) {
    const std::string path = bench.path("known.ndjson");
    const auto expected = run_file(bench.config().pipeline, path);
    if (!expected) {
        return expected.error();
    }
    auto server = ChildServer::start(
        bench.server_arguments(bench.path("wire"), {"source.names=replay", "source.files=" + path,
                                                    "source.speed=0", "source.loop=false"}),
        bench.path("wire.log"));
    if (!server) {
        return server.error();
    }
    if (auto failed = (*server)->wait_until_ready(60s)) {
        return failed;
    }
    const SystemClock clock;
    for (const Nanos end = clock.monotonic() + 60s; clock.monotonic() < end; pause_for(20ms)) {
        const auto status = (*server)->page("/api/v1/status");
        if (!status) {
            return status.error();
        }
        if (value_at(*status, "sources.replay.state") == "\"ended\"") {
            break;
        }
    }
    const auto end = stream_end((*server)->port());
    if (!end) {
        return end.error();
    }
    ToldStream told;
    told.epoch = end->epoch;
    auto client = StreamClient::open((*server)->port(), told);
    if (!client) {
        return client.error();
    }
    if (auto failed = client->follow_to(end->offset, 20s)) {
        return failed;
    }
    log.check("over_the_wire",
              told.events == expected->events && told.hash.digest() == expected->hash,
              fmt::format("file → server → /ws: {} events, {:016x}; the engine alone: {}, {:016x}",
                          told.events, told.hash.digest(), expected->events, expected->hash));
    return (*server)->stop();
}

}  // namespace

std::optional<Error> run_functional(Workbench& bench, GateLog& log) {
    if (auto failed = check_known_tape(bench, log)) {
        return failed;
    }
    PipelineSettings settings = bench.config().pipeline;
    settings.rules.user.push_back(known_rule());
    const auto tape = run_file(settings, bench.path("known.ndjson"));
    if (!tape) {
        return tape.error();
    }
    auto morning = lively_morning(bench.full() ? 1'000 : 300, bench.full() ? 90 : 45);
    if (!morning) {
        return morning.error();
    }
    const auto market = run_engine(settings, 1, **morning);
    if (!market) {
        return market.error();
    }
    check_types(settings, *market, *tape, log);
    check_channels(settings, *market, log);
    return check_the_wire(bench, log);
}

}  // namespace tickstock::validate

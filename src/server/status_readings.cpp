#include "server/status_readings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "engine/intake_text.hpp"
#include "engine/rule_status.hpp"

namespace tickstock {
namespace {

double number(std::uint64_t value) {
    return static_cast<double>(value);
}

double flag(bool value) {
    return value ? 1 : 0;
}

std::string failure_text(const ChannelSummary& channel) {
    if (channel.failed) {
        return fmt::format(
            "channel {} has failed: {} returns within the hour did not help; resume it when the "
            "cause is gone",
            channel.label(), channel.returns_last_hour);
    }
    return fmt::format("channel {} is in error{}{}", channel.label(),
                       channel.status_reason.empty() ? "" : ": ", channel.status_reason);
}

void add_channel(const ChannelSummary& channel, Readings& readings) {
    const std::string name(to_string(channel.type));
    const bool failed = channel.failed || channel.status == ChannelStatus::Error;
    readings.push_back({"channel.failed", name, flag(failed), failure_text(channel), {}});
    readings.push_back(
        {"channel.unhealthy",
         name,
         flag(!failed && !channel.healthy),
         fmt::format("channel {}: {}", channel.label(),
                     channel.why_unhealthy.empty() ? "unhealthy" : channel.why_unhealthy.front()),
         {}});
    readings.push_back({"channel.queue_size", name, number(channel.queue_size), {}, {}});
    if (channel.queue_limit > 0) {
        readings.push_back({"channel.queue_percent",
                            name,
                            100 * number(channel.queue_size) / number(channel.queue_limit),
                            fmt::format("the queue of channel {} holds {} of {} records",
                                        channel.label(), channel.queue_size, channel.queue_limit),
                            {}});
    }
    readings.push_back({"channel.records_per_second", name, channel.records_per_second, {}, {}});
}

void add_control(const ControlStatus& control, Readings& readings) {
    const JournalSummary& journal = control.journal;
    readings.push_back(
        {"journal.stopped", "", flag(!journal.writable()),
         fmt::format("the journal does not write ({}): {}", journal.state,
                     journal.reason.empty() ? "nothing is admitted" : journal.reason),
         journal.since});
    readings.push_back({"journal.unwritten_bytes", "", number(journal.unwritten_bytes), {}, {}});
    readings.push_back(
        {"channel_routing.circuit_open",
         "",
         flag(control.router.circuit != CircuitState::Closed),
         fmt::format("the router's circuit is {}", to_string(control.router.circuit)),
         {}});
    readings.push_back(
        {"shedding.level",
         "",
         number(control.shed.level),
         fmt::format("events are shed at level {} of 4: {} of {} wait", control.shed.level,
                     control.shed.pending, control.shed.capacity),
         {}});
    const SnapshotSummary& snapshot = control.snapshot;
    readings.push_back({"snapshot.failing",
                        "",
                        flag(snapshot.failures > 0 && !snapshot.last_error.empty()),
                        fmt::format("the last snapshot failed: {}", snapshot.last_error),
                        {}});
    if (snapshot.last.value() > 0) {
        readings.push_back({"snapshot.age_seconds",
                            "",
                            std::chrono::duration<double>(snapshot.age).count(),
                            {},
                            {}});
    }
}

/// Why the linear path is in charge of all symbols.
const RolloutIncident* held_incident(const RolloutStatus& rollout) {
    const auto found = std::ranges::find(rollout.incidents, rollout.incident, &RolloutIncident::id);
    return found == rollout.incidents.end() ? nullptr : &*found;
}

void add_fallback(const RolloutStatus& rollout, Readings& readings) {
    const bool holds = !rollout.incident.empty();
    const RolloutIncident* const incident = holds ? held_incident(rollout) : nullptr;
    Reading reading{"fallback.active", "", flag(holds), {}, {}};
    if (holds) {
        reading.detail =
            incident == nullptr
                ? fmt::format("incident {} holds: the linear path is in charge of all symbols",
                              rollout.incident)
                : fmt::format("incident {} ({}, by {}): {}", incident->id, incident->cause,
                              incident->by, incident->text);
        reading.since = incident == nullptr ? UnixNanos{} : incident->wall;
    }
    readings.push_back(std::move(reading));
}

/// "S0001 (error), S0007 (timeout) and 3 more".
std::string fallen_text(const std::vector<FallenSymbol>& fallen) {
    constexpr std::size_t shown = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(shown, fallen.size()); ++i) {
        text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", fallen[i].symbol,
                            to_string(fallen[i].cause));
    }
    return fallen.size() <= shown ? text
                                  : fmt::format("{} and {} more", text, fallen.size() - shown);
}

void add_rollout(const RolloutStatus& rollout, Readings& readings) {
    add_fallback(rollout, readings);
    readings.push_back(
        {"rollout.fallen_symbols",
         "",
         number(rollout.fallen.size()),
         fmt::format("the linear path is in charge again of {}", fallen_text(rollout.fallen)),
         {}});
    const PathCounts& paths = rollout.total.paths;
    readings.push_back(
        {"rollout.fallbacks",
         "",
         number(paths.legacy_fallbacks + paths.set_aside),
         fmt::format("the multi-channel path failed on {} records of symbols that it was in charge "
                     "of since the start; fallen back: {}",
                     paths.legacy_fallbacks + paths.set_aside,
                     rollout.fallen.empty() ? "none now" : fallen_text(rollout.fallen)),
         {}});
    const ComparisonCounts& comparison = rollout.total.comparison;
    const std::string found =
        fmt::format("the paths differ: {} events are missing, {} extra, {} lost since the start",
                    comparison.missing, comparison.extra, comparison.lost);
    readings.push_back(
        {"rollout.differences", "", number(comparison.missing + comparison.extra), found, {}});
    readings.push_back({"rollout.lost_events", "", number(comparison.lost), found, {}});
}

}  // namespace

Readings state_readings(const EngineStatus& status) {
    Readings readings;
    for (const ChannelSummary& channel : status.channels) {
        add_channel(channel, readings);
    }
    add_control(status.control, readings);
    for (const UnknownConditionEntry& entry : status.unknown_by_code) {
        readings.push_back({"intake.unknown_conditions", fmt::format("code {}", entry.code),
                            number(entry.count), describe(entry), entry.first_ts});
    }
    for (const RuleSummary& rule : status.rules) {
        // One that is off does nothing for any symbol, as somebody wants it.
        const std::uint64_t disabled = rule.on ? rule.activity.disabled_symbols : 0;
        readings.push_back(
            {"rules.disabled_symbols", rule.name, number(disabled), describe_disabled(rule), {}});
    }
    if (status.rollout != nullptr && status.rollout->installed) {
        add_rollout(*status.rollout, readings);
    }
    readings.push_back({"system.records_per_second", "", status.records_per_second, {}, {}});
    readings.push_back({"system.events_per_second", "", status.events_per_second, {}, {}});
    readings.push_back({"system.symbols", "", number(status.symbols), {}, {}});
    return readings;
}

}  // namespace tickstock

#include "model/decision.hpp"

#include "base/assert.hpp"

namespace tickstock {
namespace {

struct Describe {
    std::string operator()(const BeginEpoch& begin) const {
        static constexpr std::array<std::string_view, 4> states{"empty", "kept", "warmed up",
                                                                "empty again"};
        return "state " + std::string(states[static_cast<std::size_t>(begin.state)]) +
               with(begin.reason);
    }
    std::string operator()(const ChannelChange& change) const {
        return std::string(to_string(change.channel)) + " " + std::string(to_string(change.to)) +
               with(change.reason);
    }
    std::string operator()(const CircuitChange& change) const {
        return change.circuit + " " + std::string(to_string(change.to)) + with(change.reason);
    }
    std::string operator()(const SkipRecords& skip) const {
        return std::to_string(skip.sequences.size()) + " records of " +
               std::string(to_string(skip.channel));
    }
    std::string operator()(const PlaceSymbols& placement) const {
        return std::to_string(placement.places.size()) + " symbols";
    }
    std::string operator()(const ShedChange& change) const {
        return "level " + std::to_string(change.level);
    }
    std::string operator()(const UniverseChange& change) const {
        return change.name + (change.removed
                                  ? " removed"
                                  : ": " + std::to_string(change.symbols.size()) + " symbols");
    }
    std::string operator()(const ManualHalt& halt) const {
        return "symbol id " + std::to_string(halt.symbol.value()) +
               (halt.halted ? " halted" : " goes on") + with(halt.reason);
    }
    std::string operator()(const RuleSwitch& change) const {
        return change.rule + (change.on ? " on" : " off") + with(change.reason);
    }
    std::string operator()(const ConfigurationChange& change) const {
        return std::to_string(change.text.size()) + " bytes of settings";
    }
    std::string operator()(const SourceGap& gap) const {
        return "source " + std::to_string(gap.source.value()) +
               (gap.recovered ? " recovered" : " gap") + with(gap.reason) + " from " +
               std::to_string(to_ns(gap.from)) + " to " + std::to_string(to_ns(gap.to));
    }
    std::string operator()(const WallStep& step) const {
        return std::to_string(step.step.count()) + " ns";
    }
    std::string operator()(const EngineStart& start) const {
        return std::to_string(start.shards) + (start.shards == 1 ? " shard" : " shards") +
               (start.events_wait_for_disk ? ", events wait for the disk" : "");
    }
    std::string operator()(const PushedBy& pushed) const {
        return "source " + std::to_string(pushed.source.value()) + with(pushed.client);
    }
    std::string operator()(const RestoreSessions& restore) const {
        return std::to_string(restore.sessions.size()) + " sessions" + with(restore.from);
    }
    std::string operator()(const RolloutChange& change) const {
        std::string text(to_string(change.cause));
        text += ": " + std::string(rollout_phase_name(change.phase)) + ", " +
                (change.flags.is_fully_enabled() ? "multi-channel" : "linear");
        const unsigned buckets = change.flags.rollout_buckets;
        text += " at " + std::to_string(buckets / 100);
        if (buckets % 100 != 0) {
            text += (buckets % 100 < 10 ? ".0" : ".") + std::to_string(buckets % 100);
        }
        return text + " %" + with(change.reason);
    }
    std::string operator()(const PathFallback& fallback) const {
        return std::to_string(fallback.symbols.size()) +
               (fallback.symbols.size() == 1 ? " symbol" : " symbols") +
               (fallback.symbols.empty()
                    ? ""
                    : with(std::string(to_string(fallback.symbols.front().cause))));
    }
    static std::string with(const std::string& reason) {
        return reason.empty() ? "" : " (" + reason + ")";
    }
};

}  // namespace

std::string_view to_string(RolloutChange::Cause cause) {
    static constexpr std::array<std::string_view, 6> names{"install",  "flags",   "advance",
                                                           "fallback", "disable", "re_enable"};
    return names[static_cast<std::size_t>(cause)];
}

std::string_view to_string(const DecisionAction& action) {
    static constexpr std::array<std::string_view, std::variant_size_v<DecisionAction>> names{
        "begin_epoch",          "channel_change", "circuit_change",
        "skip_records",         "place_symbols",  "shed_change",
        "universe_change",      "manual_halt",    "rule_switch",
        "configuration_change", "source_gap",     "wall_step",
        "engine_start",         "pushed_by",      "restore_sessions",
        "rollout_change",       "path_fallback"};
    return names[action.index()];
}

std::string describe(const Decision& decision) {
    std::string text(to_string(decision.action));
    text += " ";
    text += std::visit(Describe{}, decision.action);
    if (!decision.by.empty()) {
        text += ", by " + decision.by;
    }
    return text;
}

}  // namespace tickstock

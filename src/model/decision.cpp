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
               (gap.recovered ? " recovered" : " gap") + with(gap.reason);
    }
    std::string operator()(const WallStep& step) const {
        return std::to_string(step.step.count()) + " ns";
    }
    std::string operator()(const EngineStart& start) const {
        return std::to_string(start.shards) + (start.shards == 1 ? " shard" : " shards") +
               (start.events_wait_for_disk ? ", events wait for the disk" : "");
    }
    static std::string with(const std::string& reason) {
        return reason.empty() ? "" : " (" + reason + ")";
    }
};

}  // namespace

std::string_view to_string(const DecisionAction& action) {
    static constexpr std::array<std::string_view, std::variant_size_v<DecisionAction>> names{
        "begin_epoch", "channel_change",  "circuit_change", "skip_records", "place_symbols",
        "shed_change", "universe_change", "manual_halt",    "rule_switch",  "configuration_change",
        "source_gap",  "wall_step",       "engine_start"};
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

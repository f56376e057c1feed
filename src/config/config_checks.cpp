#include "config/config_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/routing_rule_text.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

using PlaceOf = std::function<std::string(const std::string& name)>;

/// "PLACE = VALUE: accepted is ACCEPTED".
void refuse(const PlaceOf& place_of, const std::string& name, const std::string& value,
            std::string_view verb, const std::string& accepted, ConfigProblems& into) {
    ConfigProblem problem;
    problem.place = place_of(name);
    problem.name = name;
    problem.value = value;
    problem.accepted = accepted;
    problem.message = fmt::format("{} = {}: accepted {} {}", problem.place, value, verb, accepted);
    into.add(std::move(problem));
}

void check_channels(const Config& config, const PlaceOf& place_of, ConfigProblems& into) {
    constexpr std::array<std::string_view, channel_type_count> channels{"tick", "ohlcv", "fmv"};
    for (std::size_t i = 0; i < channels.size(); ++i) {
        const auto& channel = config.pipeline.channels[i];
        if (channel.priority == 1 && channel.strategy != BatchingStrategy::Immediate) {
            const auto prefix = fmt::format("channels.{}.", channels[i]);
            const Setting& strategy = *find_setting(prefix + "batching.strategy");
            refuse(place_of, strategy.name, value_text(strategy, strategy.read(config)), "is",
                   fmt::format("immediate, since {} = 1", place_of(prefix + "priority")), into);
        }
    }
}

void check_routes(const Config& config, const PlaceOf& place_of, ConfigProblems& into) {
    for (const std::string& rule : config.router.rules) {
        const auto parsed = parse_routing_rule(rule);
        for (const unsigned shard : parsed ? parsed->shards : std::vector<unsigned>{}) {
            if (shard >= config.engine.shards) {
                refuse(place_of, "router.rules", rule, "are",
                       fmt::format("shards below {} = {}", place_of("engine.shards"),
                                   config.engine.shards),
                       into);
            }
        }
    }
}

/// What a first start with the integrator begins with, without an integrator.
void check_integration(const Config& config, const PlaceOf& place_of, ConfigProblems& into) {
    if (config.pipeline.integration.installed) {
        return;
    }
    for (const auto* name :
         {"integration.enable_multi_channel", "integration.enable_parallel_processing"}) {
        const Setting& setting = *find_setting(name);
        if (const auto value = value_text(setting, setting.read(config)); value == "true") {
            refuse(place_of, name, value, "is",
                   fmt::format("false, since {} = false", place_of("integration.installed")), into);
        }
    }
}

}  // namespace

void check_together(const Config& config, const PlaceOf& place_of, ConfigProblems& into) {
    check_channels(config, place_of, into);
    if (config.journal.retention_bytes < config.journal.segment_bytes) {
        refuse(place_of, "journal.retention_bytes", std::to_string(config.journal.retention_bytes),
               "is",
               fmt::format("at least {} = {}", place_of("journal.segment_bytes"),
                           config.journal.segment_bytes),
               into);
    }
    check_routes(config, place_of, into);
    check_integration(config, place_of, into);
    const auto& names = config.source.names;
    const bool replay = std::find(names.begin(), names.end(), "replay") != names.end();
    if (replay && config.source.files.empty()) {
        refuse(place_of, "source.files", "(empty)", "is",
               fmt::format("at least one file, since {} has replay", place_of("source.names")),
               into);
    }
}

}  // namespace tickstock

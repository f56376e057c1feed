#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "config/config.hpp"
#include "detectors/sample.hpp"
#include "engine/run.hpp"
#include "router/routing_rules.hpp"

namespace tickstock {

/// What a program built on this library adds to every shard's pipeline.
struct PipelineExtensions {
    /// Detectors on second bars, after the built-in ones. Called once a shard.
    std::vector<std::function<std::unique_ptr<SampleDetector>(const PipelineSettings&)>> detectors;
    /// Where some symbols are to live, asked before the router's strategy. A rule that cannot be
    /// ends the start.
    std::vector<RoutingRule> routing_rules;
    /// On a shard's thread, before it takes a run in. For tests: slow shards.
    std::function<void(unsigned shard, const Run& run)> before_run;
    /// Symbols that a shard copies for a snapshot between two runs; 64 take some 0.3 ms.
    std::size_t symbols_a_slice = 64;
};

}  // namespace tickstock

#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "config/config.hpp"
#include "detectors/sample.hpp"
#include "engine/run.hpp"
#include "model/event.hpp"
#include "router/routing_rules.hpp"

namespace tickstock {

/// Stands in the multi-channel path alone, beside the linear one. For tests: a path with faults.
/// One a shard may call at a time, on the shard's thread.
class MultiChannelTap {
public:
    virtual ~MultiChannelTap() = default;
    /// Before a batch of trades. May take time.
    virtual void begins(unsigned shard) { (void)shard; }
    /// True: as if a detector had failed on the record; its lane does not see it.
    virtual bool fails(const Record& record) {
        (void)record;
        return false;
    }
    /// What the lane has found in the batch; may change it.
    virtual void found(std::vector<Detection>& detections) { (void)detections; }
};

/// What a program built on this library adds to every shard's pipeline.
struct PipelineExtensions {
    /// Detectors on second bars, after the built-in ones. Called once a shard.
    std::vector<std::function<std::unique_ptr<SampleDetector>(const PipelineSettings&)>> detectors;
    /// Where some symbols are to live, asked before the router's strategy. A rule that cannot be
    /// ends the start.
    std::vector<RoutingRule> routing_rules;
    /// On a shard's thread, before it takes a run in. For tests: slow shards.
    std::function<void(unsigned shard, const Run& run)> before_run;
    std::shared_ptr<MultiChannelTap> tap;  ///< null = none
    /// For tests: whatever the rollout's decisions say, the linear path is in charge of every
    /// symbol.
    bool linear_only = false;
    /// Symbols that a shard copies for a snapshot between two runs; 64 take some 0.3 ms.
    std::size_t symbols_a_slice = 64;
};

}  // namespace tickstock

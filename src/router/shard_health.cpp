#include "router/shard_health.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr double points_each = 25;

/// Points lost by a value that stands at `share` of its limit.
double lost(double share) {
    return points_each * std::clamp(share, 0.0, 1.0);
}

double seconds_of(Nanos time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

ShardHealthBoard::ShardHealthBoard(unsigned shards)
    : of_(shards),
      healthy_(shards, 1),
      score_(shards, 4 * points_each),
      queued_(shards, 0),
      healthy_count_(shards) {}

double ShardHealthBoard::score_of(const ShardHealth& health) {
    const double circuit = health.circuit == CircuitState::Closed ? 0
                           : health.circuit == CircuitState::Open ? 1
                                                                  : 0.5;
    return 4 * points_each - lost(circuit) - lost(health.error_rate / 0.1) -
           lost(seconds_of(health.lag) / 1) - lost(seconds_of(health.mean_time) / 5);
}

void ShardHealthBoard::update(unsigned shard, ChannelType channel, const ShardHealth& health) {
    TS_ASSERT(shard < of_.size());
    auto& channels = of_[shard];
    channels[static_cast<std::size_t>(channel)] = health;
    bool all_healthy = true;
    double worst = 4 * points_each;
    std::uint64_t queued = 0;
    for (const ShardHealth& one : channels) {
        all_healthy = all_healthy && healthy(one);
        worst = std::min(worst, score_of(one));
        queued += one.queued;
    }
    healthy_[shard] = all_healthy ? 1 : 0;
    score_[shard] = worst;
    queued_[shard] = queued;
    healthy_count_ = static_cast<unsigned>(std::count(healthy_.begin(), healthy_.end(), 1));
    const auto place = static_cast<std::size_t>(channel);
    const bool any =
        std::any_of(of_.begin(), of_.end(), [&](const auto& one) { return healthy(one[place]); });
    none_healthy_[place] = any ? 0 : 1;
}

}  // namespace tickstock

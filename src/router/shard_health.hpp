#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// What the router knows of one channel of one shard; told by the engine about once a second.
struct ShardHealth {
    bool usable = true;  ///< in the sense of ChannelHealth
    CircuitState circuit = CircuitState::Closed;
    double error_rate = 0;  ///< share 0…1 over the last minute
    Nanos lag{0};           ///< age of the oldest record that waits
    Nanos mean_time{0};     ///< of a batch
    std::uint64_t queued = 0;
};

/// The newest ShardHealth of every (shard, channel), and what follows from it for a whole shard,
/// because a symbol lives in all channels of its shard. Everything is worked out in update(), so
/// that asking costs nothing. Sequencer's thread.
class ShardHealthBoard {
public:
    /// All shards begin healthy.
    explicit ShardHealthBoard(unsigned shards);

    /// REQUIRES: shard < shards.
    void update(unsigned shard, ChannelType channel, const ShardHealth& health);

    unsigned shards() const { return static_cast<unsigned>(of_.size()); }
    /// Usable with a circuit that is not open, in all channels.
    bool healthy(unsigned shard) const { return healthy_[shard] != 0; }
    unsigned healthy_shards() const { return healthy_count_; }
    /// No shard has this channel usable.
    bool none_healthy(ChannelType channel) const {
        return none_healthy_[static_cast<std::size_t>(channel)] != 0;
    }
    /// 0…100, more is better: the worst of its channels. A channel loses up to 25 points each for
    /// its circuit (half-open 12.5, open 25), its error rate (25 at 10 %), its lag (25 at 1 s) and
    /// its mean time (25 at 5 s), in proportion below these limits.
    double score(unsigned shard) const { return score_[shard]; }
    /// Records that wait in all its channels.
    std::uint64_t queued(unsigned shard) const { return queued_[shard]; }
    const ShardHealth& at(unsigned shard, ChannelType channel) const {
        return of_[shard][static_cast<std::size_t>(channel)];
    }

    static double score_of(const ShardHealth& health);
    static bool healthy(const ShardHealth& health) {
        return health.usable && health.circuit != CircuitState::Open;
    }

private:
    std::vector<std::array<ShardHealth, channel_type_count>> of_;
    std::vector<std::uint8_t> healthy_;
    std::vector<double> score_;
    std::vector<std::uint64_t> queued_;
    std::array<std::uint8_t, channel_type_count> none_healthy_{};
    unsigned healthy_count_ = 0;
};

}  // namespace tickstock

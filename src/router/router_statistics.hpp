#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/circuit_breaker.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// What the router calls an error. Only the first two keep a record from going on.
enum class RoutingError : std::uint8_t {
    Unidentified,  ///< of no known kind; told by the sources, never becomes a record
    NoChannel,     ///< a record that no channel takes
    NoneHealthy,   ///< no shard has the record's channel healthy: it goes on and waits there
    TimedOut,      ///< its batch took longer than its channel allows: it goes on all the same
};
inline constexpr std::size_t routing_error_count = 4;

/// snake_case, as in metrics.
std::string_view to_string(RoutingError error);
/// "hash_based" …, as in the configuration.
std::string_view to_string(RouterStrategy strategy);
/// "Routing error: no channel takes a record of this kind".
std::string routing_error_text(RoutingError error);

struct ShardStatistics {
    std::uint64_t symbols = 0;
    std::uint64_t queued = 0;  ///< records that wait in its channels
    double score = 100;        ///< ShardHealthBoard::score
    bool healthy = true;
};

/// Plain values; the names are the keys of the status page.
struct RouterStatistics {
    std::uint64_t total_routed = 0;    ///< records that were given a channel
    std::uint64_t routing_errors = 0;  ///< of all reasons
    double error_rate = 0;           ///< percent: routing errors against all that came, at most 100
    double success_rate = 100;       ///< percent: 100 − error_rate
    double avg_routing_time_ms = 0;  ///< of a record: its share of what was timed
    double avg_selection_time_ms = 0;               ///< of a decision where symbols live
    UnixNanos last_activity;                        ///< clock of the last record
    std::array<std::uint64_t, 6> routes_by_type{};  ///< by RecordKind
    std::array<std::uint64_t, channel_type_count> routes_by_channel{};
    std::array<std::uint64_t, channel_type_count> symbols_by_channel{};  ///< since the start
    std::array<std::uint64_t, routing_error_count> errors_by_reason{};
    CircuitState circuit = CircuitState::Closed;
    std::uint64_t circuit_trips = 0;
    RouterStrategy strategy = RouterStrategy::HashBased;
    std::uint64_t symbols = 0;  ///< that live on a shard
    std::uint64_t moves = 0;    ///< of a symbol to another shard, ever
    std::vector<ShardStatistics> shards;

    /// Every sum is the sum of its parts, and the rates are percentages.
    bool consistent() const;
};

}  // namespace tickstock

#include "router/router_statistics.hpp"

#include <cmath>
#include <numeric>

#include "base/assert.hpp"

namespace tickstock {

std::string_view to_string(RoutingError error) {
    static constexpr std::array<std::string_view, routing_error_count> names{
        "unidentified", "no_channel", "none_healthy", "timed_out"};
    const auto index = static_cast<std::size_t>(error);
    TS_ASSERT(index < names.size());
    return names[index];
}

std::string_view to_string(RouterStrategy strategy) {
    static constexpr std::array<std::string_view, 4> names{"hash_based", "round_robin",
                                                           "load_based", "health_based"};
    const auto index = static_cast<std::size_t>(strategy);
    TS_ASSERT(index < names.size());
    return names[index];
}

std::string routing_error_text(RoutingError error) {
    static constexpr std::array<std::string_view, routing_error_count> texts{
        "the data is of no known kind", "no channel takes a record of this kind",
        "no shard has this channel healthy", "the channel took longer than it may"};
    const auto index = static_cast<std::size_t>(error);
    TS_ASSERT(index < texts.size());
    return "Routing error: " + std::string(texts[index]);
}

bool RouterStatistics::consistent() const {
    const auto sum = [](const auto& parts) {
        return std::accumulate(parts.begin(), parts.end(), std::uint64_t{0});
    };
    std::uint64_t on_shards = 0;
    for (const ShardStatistics& shard : shards) {
        on_shards += shard.symbols;
    }
    const auto is_percentage = [](double rate) { return rate >= 0 && rate <= 100; };
    return sum(routes_by_type) == total_routed && sum(routes_by_channel) == total_routed &&
           sum(errors_by_reason) == routing_errors && on_shards == symbols &&
           is_percentage(error_rate) && is_percentage(success_rate) &&
           std::abs(error_rate + success_rate - 100) < 1e-9;
}

}  // namespace tickstock

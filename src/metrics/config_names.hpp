#pragma once

#include <array>

#include "metrics/metric_family.hpp"

namespace tickstock::metric {

using enum MetricType;

// Changes of the configuration while the server runs. Label result: applied, unchanged, invalid,
// needs_restart, failed (the engine did not take it, or a file could not be written).
inline constexpr MetricFamily config_reloads{"tickstock_config_reloads_total", Counter,
                                             "Changes and reloads of the configuration, by result"};
inline constexpr MetricFamily config_changed{
    "tickstock_config_changed_timestamp_seconds", Gauge,
    "When the configuration in effect came to act, seconds since 1970"};
inline constexpr MetricFamily config_info{"tickstock_config_info", Gauge,
                                          "1, with the hash of the configuration in effect"};

inline constexpr std::array config_families{config_reloads, config_changed, config_info};

}  // namespace tickstock::metric

#pragma once

#include <cstdint>
#include <string_view>

namespace tickstock {

enum class MetricType : std::uint8_t { Counter, Gauge, Histogram };

/// A metric as monitoring sees it. Base units (seconds, bytes); counters end in _total. Labels are
/// closed sets of the program: stages, channels, sources as configured, reasons, types. Never a
/// symbol, never a user.
struct MetricFamily {
    std::string_view name;
    MetricType type = MetricType::Gauge;
    std::string_view help;
};

}  // namespace tickstock

#include "priority/event_class.hpp"

#include <algorithm>
#include <variant>

#include "base/assert.hpp"

namespace tickstock {
namespace {

/// Where the scores of SPEC 7 reach their most: significance and a surge's score at 100, a bar's
/// volume at twice the multiple of a surge, a bar's move where significance's part reaches 100.
constexpr double most_points = 100;
constexpr double most_bar_volume_multiple = 6;
constexpr double most_bar_percent = 5;

double share(double value, double most) {
    return value > 0 ? std::min(value / most, 1.0) : 0;  // 0 for what is no number, too
}

}  // namespace

std::uint8_t class_of(EventType type) {
    switch (type) {
        case EventType::Control: return 1;
        case EventType::High:
        case EventType::Low: return 2;
        case EventType::Surge:
        case EventType::Trend:
        case EventType::Valuation: return 3;
        case EventType::Rule: return 4;
    }
    TS_ASSERT(false);
}

std::uint8_t class_of(EventType type, bool in_priority_universe) {
    const std::uint8_t own = class_of(type);
    return in_priority_universe && own > 1 ? static_cast<std::uint8_t>(own - 1) : own;
}

bool is_shed(std::uint8_t level, std::uint8_t event_class, EventType type) {
    if (event_class == 1) {
        return false;
    }
    if (type == EventType::Surge) {
        return level >= 4;
    }
    return level + event_class > class_count;  // 1 and class 4, 2 and class 3, 3 and class 2
}

double score_of(const Detection& detection) {
    const double score = detection.score;
    if (std::holds_alternative<BarData>(detection.data)) {
        const bool by_percent = detection.type == EventType::Trend;
        return share(score, by_percent ? most_bar_percent : most_bar_volume_multiple);
    }
    switch (detection.type) {
        case EventType::Control: return 1;
        case EventType::High:
        case EventType::Low:
        case EventType::Surge: return share(score, most_points);
        case EventType::Trend:
        case EventType::Valuation:
        case EventType::Rule: return share(score, 1);
    }
    TS_ASSERT(false);
}

}  // namespace tickstock

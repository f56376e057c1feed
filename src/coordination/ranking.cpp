#include "coordination/ranking.hpp"

#include <cmath>

namespace tickstock {
namespace {

std::weak_ordering compare_doubles(double a, double b) {
    if (a == b) {
        return std::weak_ordering::equivalent;
    }
    return a < b ? std::weak_ordering::less : std::weak_ordering::greater;
}

std::weak_ordering compare_own_rule(const Detection& a, const Detection& b) {
    switch (a.type) {
        case EventType::High: return a.price <=> b.price;
        case EventType::Low: return b.price <=> a.price;
        case EventType::Trend: return compare_doubles(std::abs(a.score), std::abs(b.score));
        default: return compare_doubles(a.score, b.score);
    }
}

}  // namespace

std::weak_ordering compare_rank(const Detection& a, const Detection& b) {
    if (a.source != b.source) {  // the smaller value has the higher priority
        return b.source <=> a.source;
    }
    if (a.ts != b.ts) {
        return a.ts < b.ts ? std::weak_ordering::less : std::weak_ordering::greater;
    }
    if (const auto order = compare_doubles(a.confidence, b.confidence); order != 0) {
        return order;
    }
    return compare_own_rule(a, b);
}

}  // namespace tickstock

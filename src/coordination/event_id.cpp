#include "coordination/event_id.hpp"

#include <string>

#include "base/hash.hpp"

namespace tickstock {
namespace {

/// The third part: what distinguishes events of one symbol and type beside source and direction.
std::string_view subject_of(const Detection& detection) {
    if (const auto* control = std::get_if<ControlData>(&detection.data)) {
        return to_string(control->kind);
    }
    if (const auto* rule = std::get_if<RuleData>(&detection.data)) {
        return rule->rule.view();
    }
    return to_string(detection.timeframe);
}

}  // namespace

std::uint64_t event_id(const Detection& detection, std::string_view symbol, std::uint32_t n) {
    std::string parts;
    parts.reserve(128);
    parts += symbol;
    parts += '|';
    parts += to_string(detection.type);
    parts += '|';
    parts += subject_of(detection);
    parts += '|';
    parts += to_string(detection.source);
    parts += '|';
    parts += to_string(detection.direction);
    parts += '|';
    parts += std::to_string(to_ns(detection.ts));
    parts += '|';
    parts += std::to_string(n);
    return xxh64(parts);
}

}  // namespace tickstock

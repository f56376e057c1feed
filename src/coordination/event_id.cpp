#include "coordination/event_id.hpp"

#include <string>

#include "base/hash.hpp"

namespace tickstock {

std::uint64_t event_id(const Detection& detection, std::string_view symbol, std::uint32_t n) {
    const auto* control = std::get_if<ControlData>(&detection.data);
    std::string parts;
    parts.reserve(96);
    parts += symbol;
    parts += '|';
    parts += to_string(detection.type);
    parts += '|';
    parts += control != nullptr ? to_string(control->kind) : to_string(detection.timeframe);
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

#pragma once

#include "detectors/sample.hpp"
#include "detectors/session_stats.hpp"
#include "model/event.hpp"

namespace tickstock {

/// A detection about a sample, without score, data and thresholds.
inline Detection detection_of(const Sample& sample, const SessionStats& stats, EventType type,
                              Direction direction) {
    Detection detection;
    detection.symbol = sample.symbol;
    detection.type = type;
    detection.direction = direction;
    detection.source = sample.source;
    detection.session = sample.session;
    detection.session_key = stats.session_key;
    detection.price = sample.price;
    detection.ts = sample.t;
    detection.volume = sample.volume;
    detection.evidence.period = sample.period;
    return detection;
}

}  // namespace tickstock

#pragma once

#include <span>
#include <vector>

#include "detectors/bar_events.hpp"
#include "detectors/detection_sink.hpp"
#include "detectors/valuation.hpp"
#include "model/accounting.hpp"
#include "model/intake_note.hpp"

namespace tickstock {

/// The lane of bars: the ohlcv channel's records in sequence order to their detector. It has no
/// deadlines. One thread.
class BarLane {
public:
    explicit BarLane(const PipelineSettings& settings);

    void work(std::span<const IntakeItem> items);

    std::vector<Detection>& detections() { return sink_.detections(); }
    const StageCounts& counts() const { return counts_; }

private:
    const bool enabled_;
    BarEventDetector detector_;
    DetectionSink sink_;
    StageCounts counts_;
};

/// The lane of fair values; as BarLane.
class ValueLane {
public:
    explicit ValueLane(const PipelineSettings& settings);

    void work(std::span<const IntakeItem> items);

    std::vector<Detection>& detections() { return sink_.detections(); }
    const StageCounts& counts() const { return counts_; }

private:
    const bool enabled_;
    ValuationDetector detector_;
    DetectionSink sink_;
    StageCounts counts_;
};

}  // namespace tickstock

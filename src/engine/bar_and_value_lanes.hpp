#pragma once

#include <span>
#include <vector>

#include "base/state_archive.hpp"
#include "detectors/bar_events.hpp"
#include "detectors/detection_sink.hpp"
#include "detectors/valuation.hpp"
#include "engine/fault_guard.hpp"
#include "model/accounting.hpp"
#include "model/intake_note.hpp"

namespace tickstock {

/// The lane of bars: the ohlcv channel's records in sequence order to their detector. It has no
/// deadlines. What the detector throws is set aside and ends nothing else. One thread.
class BarLane {
public:
    explicit BarLane(const PipelineSettings& settings);
    void reconfigure(const PipelineSettings& settings) {
        enabled_ = settings.bars.enabled;
        detector_.reconfigure(settings.bars, settings.high_low);
    }

    void work(std::span<const IntakeItem> items);

    std::vector<Detection>& detections() { return sink_.detections(); }
    /// A record that the detector failed on is out.
    const StageCounts& counts() const { return counts_; }

    /// What the detector failed on, since the caller last emptied the list.
    std::vector<SetAside>& set_aside() { return guard_.list(); }
    std::uint64_t failures() const { return guard_.failures(); }

    // State to bytes and back, as TickLane's.
    void save_symbol(SymbolId symbol, StateWriter& out) const {
        detector_.save_symbol(symbol, out);
    }
    void load_symbol(SymbolId symbol, StateReader& in) { detector_.load_symbol(symbol, in); }
    void forget_symbol(SymbolId symbol) { detector_.forget_symbol(symbol); }
    void save_totals(StateWriter& out) const;
    void add_totals(StateReader& in);

private:
    bool enabled_;
    BarEventDetector detector_;
    DetectionSink sink_;
    FaultGuard guard_{ChannelType::Ohlcv};
    StageCounts counts_;
};

/// The lane of fair values; as BarLane.
class ValueLane {
public:
    explicit ValueLane(const PipelineSettings& settings);
    void reconfigure(const PipelineSettings& settings) {
        enabled_ = settings.valuation.enabled;
        detector_.reconfigure(settings.valuation);
    }

    void work(std::span<const IntakeItem> items);

    std::vector<Detection>& detections() { return sink_.detections(); }
    const ValuationDetector& detector() const { return detector_; }
    /// A record that the detector failed on is out.
    const StageCounts& counts() const { return counts_; }

    /// What the detector failed on, since the caller last emptied the list.
    std::vector<SetAside>& set_aside() { return guard_.list(); }
    std::uint64_t failures() const { return guard_.failures(); }

    // State to bytes and back, as TickLane's.
    void save_symbol(SymbolId symbol, StateWriter& out) const {
        detector_.save_symbol(symbol, out);
    }
    void load_symbol(SymbolId symbol, StateReader& in) { detector_.load_symbol(symbol, in); }
    void forget_symbol(SymbolId symbol) { detector_.forget_symbol(symbol); }
    void save_totals(StateWriter& out) const;
    void add_totals(StateReader& in);

private:
    bool enabled_;
    ValuationDetector detector_;
    DetectionSink sink_;
    FaultGuard guard_{ChannelType::Fmv};
    StageCounts counts_;
};

}  // namespace tickstock

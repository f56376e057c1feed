#pragma once

#include <vector>

#include "config/config.hpp"
#include "detectors/sample.hpp"

namespace tickstock {

/// Trends on second bars (SPEC 7.3).
class TrendDetector final : public SampleDetector {
public:
    explicit TrendDetector(const TrendSettings& settings);

    void reset(SymbolId symbol) override;
    void on_sample(const Sample& sample, SessionStats& stats, const Moment& moment,
                   DetectionSink& sink) override;

private:
    const TrendSettings settings_;
};

}  // namespace tickstock

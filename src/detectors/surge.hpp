#pragma once

#include <vector>

#include "config/config.hpp"
#include "detectors/sample.hpp"

namespace tickstock {

/// Surges on second bars (SPEC 7.4).
class SurgeDetector final : public SampleDetector {
public:
    explicit SurgeDetector(const SurgeSettings& settings);

    void reset(SymbolId symbol) override;
    void on_sample(const Sample& sample, SessionStats& stats, const Moment& moment,
                   DetectionSink& sink) override;

private:
    const SurgeSettings settings_;
};

}  // namespace tickstock

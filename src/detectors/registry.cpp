#include "detectors/sample.hpp"
#include "detectors/surge.hpp"
#include "detectors/trend.hpp"

namespace tickstock {

std::vector<std::unique_ptr<SampleDetector>> make_sample_detectors(
    const PipelineSettings& settings) {
    std::vector<std::unique_ptr<SampleDetector>> detectors;
    if (settings.trend.enabled) {
        detectors.push_back(std::make_unique<TrendDetector>(settings.trend));
    }
    if (settings.surge.enabled) {
        detectors.push_back(std::make_unique<SurgeDetector>(settings.surge));
    }
    return detectors;
}

}  // namespace tickstock

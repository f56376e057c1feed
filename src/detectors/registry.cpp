#include "detectors/sample.hpp"

namespace tickstock {

std::vector<std::unique_ptr<SampleDetector>> make_sample_detectors(const PipelineSettings&) {
    // Trend and surge enter here.
    return {};
}

}  // namespace tickstock

#include "detectors/sample.hpp"
#include "detectors/surge.hpp"
#include "detectors/trend.hpp"
#include "detectors/user_rule.hpp"

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
    // Last: a rule sees the flags that trend and surge set on the same second.
    if (auto rules = std::make_unique<UserRuleDetector>(settings); !rules->empty()) {
        detectors.push_back(std::move(rules));
    }
    return detectors;
}

}  // namespace tickstock

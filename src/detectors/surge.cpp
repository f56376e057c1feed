#include "detectors/surge.hpp"

namespace tickstock {

SurgeDetector::SurgeDetector(const SurgeSettings& settings) : settings_(settings) {}

void SurgeDetector::reset(SymbolId) {}

void SurgeDetector::on_sample(const Sample&, SessionStats&, const Moment&, DetectionSink&) {}

}  // namespace tickstock

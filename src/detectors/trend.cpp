#include "detectors/trend.hpp"

namespace tickstock {

TrendDetector::TrendDetector(const TrendSettings& settings) : settings_(settings) {}

void TrendDetector::reset(SymbolId) {}

void TrendDetector::on_sample(const Sample&, SessionStats&, const Moment&, DetectionSink&) {}

}  // namespace tickstock

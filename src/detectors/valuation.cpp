#include "detectors/valuation.hpp"

namespace tickstock {

ValuationDetector::ValuationDetector(const ValuationSettings& settings) : settings_(settings) {}

std::optional<Reason> ValuationDetector::on_fair_value(const FairValue&, const FairValueReference&,
                                                       const IntakeNote&, const Moment&,
                                                       DetectionSink&) {
    return std::nullopt;
}

}  // namespace tickstock

#include "detectors/bar_events.hpp"

namespace tickstock {

BarEventDetector::BarEventDetector(const BarEventSettings& settings,
                                   const HighLowSettings& high_low)
    : settings_(settings), high_low_(high_low) {}

std::optional<Reason> BarEventDetector::on_bar(const Bar&, const IntakeNote&, const Moment&,
                                               DetectionSink&) {
    return std::nullopt;
}

}  // namespace tickstock

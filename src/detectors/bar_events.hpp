#pragma once

#include <optional>

#include "config/config.hpp"
#include "detectors/detection_sink.hpp"
#include "model/accounting.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

/// What bars of a minute and longer tell (SPEC 7.5).
class BarEventDetector {
public:
    /// `high_low` gives the least changes of highs and lows.
    BarEventDetector(const BarEventSettings& settings, const HighLowSettings& high_low);

    /// Takes a bar. A reason when it has no effect at all.
    std::optional<Reason> on_bar(const Bar& bar, const IntakeNote& note, const Moment& moment,
                                 DetectionSink& sink);

private:
    const BarEventSettings settings_;
    const HighLowSettings high_low_;
};

}  // namespace tickstock

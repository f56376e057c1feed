#pragma once

#include <optional>

#include "config/config.hpp"
#include "detectors/detection_sink.hpp"
#include "model/accounting.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

/// Gaps between a provider's fair value and the market (SPEC 7.6).
class ValuationDetector {
public:
    explicit ValuationDetector(const ValuationSettings& settings);

    /// Takes a fair value with the market price that intake attached. A reason when it is filtered.
    std::optional<Reason> on_fair_value(const FairValue& value, const FairValueReference& reference,
                                        const IntakeNote& note, const Moment& moment,
                                        DetectionSink& sink);

private:
    const ValuationSettings settings_;
};

}  // namespace tickstock

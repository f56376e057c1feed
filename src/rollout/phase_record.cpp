#include "rollout/phase_record.hpp"

namespace tickstock {

void PhaseRecord::begin(UnixNanos since, const PathEvidence& total) {
    since_ = since;
    before_ = PathEvidence{};
    at_begin_ = total;
    closes_ = true;
    error_alerts_ = active_;  // they are active in this phase, too
}

void PhaseRecord::resume(const KeptEvidence& kept) {
    begin(kept.phase_since, PathEvidence{});
    before_ = kept.evidence;
    error_alerts_ = kept.error_alerts;
}

void PhaseRecord::look(const PathEvidence& total, std::uint64_t active_error_alerts) {
    latest_ = total;
    closes_ = closes_ && total.accounting_closes;
    if (active_error_alerts > active_) {
        error_alerts_ += active_error_alerts - active_;
    }
    active_ = active_error_alerts;
}

PathEvidence PhaseRecord::evidence(const PathEvidence& total) const {
    PathEvidence evidence = total;
    evidence -= at_begin_;
    evidence += before_;
    evidence.accounting_closes = closes_ && before_.accounting_closes && total.accounting_closes;
    return evidence;
}

}  // namespace tickstock

#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "rollout/evidence_file.hpp"
#include "rollout/path_evidence.hpp"

namespace tickstock {

/// What the present phase has shown since it began, the processes before this one included: their
/// evidence as it was kept, and this one's totals less what they were when the phase began.
class PhaseRecord {
public:
    /// A phase begins with the next record.
    void begin(UnixNanos since) { begin(since, latest_); }
    /// It goes on from an earlier process. Before any look().
    void resume(const KeptEvidence& kept);
    /// Every 250 ms: totals of this process, alerts that are active now.
    void look(const PathEvidence& total, std::uint64_t active_error_alerts);

    UnixNanos since() const { return since_; }
    PathEvidence evidence(const PathEvidence& total) const;
    std::uint64_t error_alerts() const { return error_alerts_; }
    KeptEvidence kept() const { return {since_, evidence(latest_), error_alerts_}; }

private:
    void begin(UnixNanos since, const PathEvidence& total);

    UnixNanos since_;
    PathEvidence before_;    // of the phase, by earlier processes
    PathEvidence at_begin_;  // totals of this process
    PathEvidence latest_;
    bool closes_ = true;  // the accounting, in every look so far
    std::uint64_t error_alerts_ = 0;
    std::uint64_t active_ = 0;
};

}  // namespace tickstock

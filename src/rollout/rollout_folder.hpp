#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/disk.hpp"
#include "base/time.hpp"
#include "rollout/audit_log.hpp"
#include "rollout/evidence_file.hpp"
#include "rollout/incident_log.hpp"

namespace tickstock {

/// What the rollout keeps over starts beside the journal: evidence of the phase, audit, incidents.
/// Nothing of it decides anything; what the disk does not take is told and tried again.
class RolloutFolder {
public:
    /// Reads what is there. Returns what could not be read; empty = all was. Once, at a start.
    std::string open(Disk& disk, std::string folder);

    AuditLog& audit() { return audit_; }
    const AuditLog& audit() const { return audit_; }
    IncidentLog& incidents() { return incidents_; }
    const IncidentLog& incidents() const { return incidents_; }
    /// As it was found; nothing when there is none that can be read.
    const std::optional<KeptEvidence>& found_evidence() const { return evidence_; }

    /// The evidence on disk is another phase's: the next save() writes it.
    void phase_has_changed() { phase_has_changed_ = true; }
    /// Once a minute, at once after a change, 10 s after a failure; or now. `evidence` is asked for
    /// when it is written. Waits for the disk. Does nothing before open().
    void save(Nanos now, bool now_or_never, const std::function<KeptEvidence()>& evidence);
    /// Why the newest save() failed; empty = it did not.
    const std::string& failure() const { return failure_; }

private:
    DiskResult<DiskDone> write(const std::function<KeptEvidence()>& evidence, bool synced);

    Disk* disk_ = nullptr;
    std::string folder_;
    AuditLog audit_;
    IncidentLog incidents_;
    std::optional<KeptEvidence> evidence_;
    bool phase_has_changed_ = false;
    std::optional<Nanos> next_;
    std::string failure_;
};

}  // namespace tickstock

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "rollout/rollout_status.hpp"

namespace tickstock {

/// Who changed the rollout, and why: the newest 200 in memory and in `audit.ndjson`, a line each.
/// The file grows by a line at a time and is written anew with the newest ones when it is long. A
/// line that cannot be read is told once and left out.
class AuditLog {
public:
    static constexpr std::size_t limit = 200;                        // entries
    static constexpr std::size_t file_limit = std::size_t{1} << 20;  // bytes
    static constexpr const char* file_name = "audit.ndjson";

    /// What was kept. Returns what could not be read; empty = all was. At a start.
    std::string load(Disk& disk, const std::string& folder);
    /// A start reads decisions again.
    bool has(Sequence sequence, UnixNanos wall) const;
    void add(RolloutAudit entry);

    const std::vector<RolloutAudit>& all() const { return entries_; }  ///< oldest first
    bool has_changes() const { return !unwritten_.empty() || anew_; }
    /// What fails is tried again by the next call.
    DiskResult<DiskDone> write(Disk& disk, const std::string& folder, bool synced = true);

private:
    DiskResult<DiskDone> append(Disk& disk, const std::string& path, bool synced);

    std::vector<RolloutAudit> entries_;
    std::string unwritten_;   // lines; bounded, since the file is written anew when it is long
    std::uint64_t size_ = 0;  // of the file
    bool anew_ = true;        // the file is not there, is too long, or ends amid a line
};

/// Without the line's end.
std::string to_json(const RolloutAudit& entry);
Result<RolloutAudit> parse_audit(const std::string& line);

}  // namespace tickstock

#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "rollout/rollout_status.hpp"

namespace tickstock {

/// Incidents of the rollout, each in a file of its own: `FOLDER/ID.json`, at most 200, older ones
/// go. A file that cannot be read is told once and left as it is.
class IncidentLog {
public:
    static constexpr std::size_t limit = 200;
    static constexpr int version = 1;

    /// What was kept. Returns what could not be read; empty = all was. At a start.
    std::string load(Disk& disk, const std::string& folder);

    /// "20240305T143000-7": UTC, and a number that no other incident has.
    std::string next_id(UnixNanos wall) const;
    /// To the second; time_unknown when it is no id.
    static UnixNanos time_of(std::string_view id);
    /// REQUIRES: the id is one of next_id(), and new.
    void add(RolloutIncident incident);
    const RolloutIncident* find(std::string_view id) const;
    /// A person has enabled again. Nothing happens when there is no such incident.
    void resolve(std::string_view id, UnixNanos wall, const std::string& by);

    const std::vector<RolloutIncident>& all() const { return incidents_; }  ///< oldest first
    bool has_changes() const { return !changed_.empty(); }
    /// Writes what has changed since, and removes the oldest beyond the limit. What fails is tried
    /// again by the next call.
    DiskResult<DiskDone> write(Disk& disk, const std::string& folder);

private:
    std::vector<RolloutIncident> incidents_;
    std::set<std::string> changed_;  // ids to write or, when they are gone, to remove
    std::uint64_t last_number_ = 0;
};

std::string to_json(const RolloutIncident& incident);
/// Refused, with the reason.
Result<RolloutIncident> parse_incident(const std::string& text);

}  // namespace tickstock

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "rollout/path_evidence.hpp"

namespace tickstock {

/// What a phase has shown so far, as `evidence.json` keeps it over starts.
struct KeptEvidence {
    UnixNanos phase_since;  ///< wall time; that of another phase is nobody's
    PathEvidence evidence;
    std::uint64_t error_alerts = 0;

    static constexpr const char* file_name = "evidence.json";
    static constexpr int version = 1;
};

std::string to_json(const KeptEvidence& kept);
/// Refused, with the reason: no such JSON, another version, counts that cannot be.
Result<KeptEvidence> parse_kept_evidence(const std::string& text);

/// Nothing when there is no file.
Result<std::optional<KeptEvidence>> read_kept_evidence(Disk& disk, const std::string& folder);

}  // namespace tickstock

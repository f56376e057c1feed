#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace tickstock {

// What is stored of the rollout and of alerts (SPEC 16), as plain values. Times are in ns since
// 1970 UTC. A key names the same fact after any restart, so that what is told again replaces its
// row. Texts may hold any bytes: what is not UTF-8 is stored as '?'.

/// One event that two paths, linear and multi-channel, did not find alike.
struct DifferenceRow {
    std::uint64_t number = 0;  ///< grows by one a difference of this process; not stored
    std::int64_t at = 0;       ///< clock of the record or deadline behind it
    std::string row_key;       ///< with `at` the row's key: the detection's place in the one order
    std::string symbol;
    std::string kind;       ///< "missing", "extra", "near"
    std::string type;       ///< of the event
    std::string direction;  ///< empty = NULL
    std::int64_t sequence = 0;
    std::int64_t clock = 0;     ///< of the comparison
    bool in_charge = false;     ///< the multi-channel path was
    bool late = false;          ///< a missing one that came after all; once true it stays
    std::string linear;         ///< JSON of the event; empty = NULL
    std::string multi_channel;  ///< JSON of the event; empty = NULL
    std::string record;         ///< in words; empty = NULL
};

/// One journaled change of flags, phase or selection.
struct AuditRow {
    std::int64_t wall = 0;
    std::int64_t sequence = 0;
    std::string kind;
    std::int64_t clock = 0;
    std::string changed_by;
    std::string change;
    std::string reason;
    std::int64_t phase = 0;
    double percentage = 0;

    auto key() const { return std::tuple(wall, sequence, kind); }
};

/// One end of the multi-channel path by the fallback monitor or a person.
struct IncidentRow {
    std::string id;
    std::int64_t wall = 0;
    std::int64_t clock = 0;
    std::int64_t sequence = 0;  ///< 0 = NULL
    std::string opened_by;
    std::string cause;
    std::string description;
    std::int64_t phase = 0;
    double percentage = 0;
    std::int64_t symbols = 0;
    std::string paths;       ///< JSON of the counts
    std::string comparison;  ///< JSON of the counts
    double error_rate_percent = 0;
    double mean_ms = 0;
    std::optional<std::int64_t> resolved;
    std::string resolved_by;  ///< empty = NULL

    friend bool operator==(const IncidentRow&, const IncidentRow&) = default;
};

/// One alert, from its raise on.
struct AlertRow {
    std::int64_t raised = 0;
    std::string type;
    std::string channel;  ///< empty = the system
    std::string severity;
    std::string message;
    double value = 0;
    double threshold = 0;
    std::optional<std::int64_t> resolved;
    std::int64_t seen = 0;  ///< when it was last known to stand, or `resolved`
    std::string runbook;    ///< empty = NULL

    auto key() const { return std::tuple(raised, type, channel); }
    friend bool operator==(const AlertRow&, const AlertRow&) = default;
};

struct OperationsRows {
    std::vector<DifferenceRow> differences;
    std::vector<AuditRow> audit;
    std::vector<IncidentRow> incidents;
    std::vector<AlertRow> alerts;
    /// First of a process: stored alerts that still stand are an earlier one's, whose end nobody
    /// saw. They get `resolved` = `seen` and the mark cut_off, unless `alerts` has them.
    bool closes_alerts = false;

    std::size_t size() const {
        return differences.size() + audit.size() + incidents.size() + alerts.size();
    }
};

}  // namespace tickstock

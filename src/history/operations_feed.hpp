#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "storage/operations_rows.hpp"

namespace tickstock {

/// What of the rollout and of alerts is new since it was last stored. It is shown all that memory
/// holds, again and again, and keeps what waits while the database is away; what memory or this
/// lost meanwhile is counted. For HistoryWriter; one thread.
class OperationsFeed {
public:
    // Rows that wait; the oldest go first.
    static constexpr std::size_t most_differences = 5'000;
    static constexpr std::size_t most_others = 20'000;  ///< of audit, incidents and alerts each

    OperationsFeed() { forget(); }

    /// All that memory holds now, of each kind the oldest first; of differences those behind
    /// differences_taken() are enough.
    void take(OperationsRows now);
    std::uint64_t differences_taken() const { return last_number_; }

    bool has_waiting() const { return waiting_.size() > 0 || waiting_.closes_alerts; }
    const OperationsRows& waiting() const { return waiting_; }
    /// What waits is in the database.
    void stored();
    /// The database is a new one: all that memory holds is to be taken again.
    void forget();

    /// Rows known to be lost; where only that some are is known, one.
    std::uint64_t lost() const { return lost_; }

private:
    using AuditKey = std::tuple<std::int64_t, std::int64_t, std::string>;
    using AlertKey = std::tuple<std::int64_t, std::string, std::string>;

    void take_differences(std::vector<DifferenceRow> now);
    void take_audit(std::vector<AuditRow> now);

    OperationsRows waiting_;
    std::uint64_t last_number_ = 0;
    // As told last; what memory does not hold any more is left out.
    std::set<AuditKey> audit_;
    std::map<std::string, IncidentRow> incidents_;
    std::map<AlertKey, AlertRow> alerts_;
    std::uint64_t lost_ = 0;
};

}  // namespace tickstock

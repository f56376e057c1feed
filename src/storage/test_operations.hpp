#pragma once

#include <string>

#include "storage/operations_rows.hpp"

namespace tickstock::test_database {

inline constexpr std::int64_t operations_start = 1'700'000'000'000'000'000;
inline constexpr std::int64_t a_second = 1'000'000'000;

// Rows of the n-th second; the rest depends on `n`.

inline DifferenceRow make_difference(std::int64_t n) {
    DifferenceRow row;
    row.number = static_cast<std::uint64_t>(n);
    row.at = operations_start + n * a_second;
    row.row_key = (n % 2 == 0 ? "AAPL" : "MSFT") + std::string("/") + std::to_string(n);
    row.symbol = n % 2 == 0 ? "AAPL" : "MSFT";
    row.kind = n % 3 == 0 ? "missing" : n % 3 == 1 ? "extra" : "near";
    row.type = "high";
    row.direction = "up";
    row.sequence = 100 + n;
    row.clock = row.at + 5;
    row.linear = n % 3 == 1 ? "" : R"({"id":"it's"})";
    row.multi_channel = n % 3 == 0 ? "" : R"({"id":"x"})";
    row.record = "trade 1.00 × 100";
    return row;
}

inline AuditRow make_audit(std::int64_t n) {
    return {operations_start + n * a_second,
            n,
            n % 2 == 0 ? "flags" : "advance",
            operations_start + n,
            "api:o'brien",
            "rollout_percentage 1 -> 10",
            "because \"we\" can; --",
            2,
            1.5};
}

inline IncidentRow make_incident(std::int64_t n) {
    IncidentRow row;
    row.id = "20231114T221320-" + std::to_string(n);
    row.wall = operations_start + n * a_second;
    row.clock = row.wall - 1;
    row.sequence = n;
    row.opened_by = "fallback monitor";
    row.cause = n % 2 == 0 ? "latency" : "error_rate";
    row.description = "error rate 12.5 % over the last 30 s (limit 10 %)";
    row.phase = 3;
    row.percentage = 10;
    row.symbols = 42;
    row.paths = R"({"records":7})";
    row.comparison = R"({"linear":1})";
    row.error_rate_percent = 12.5;
    row.mean_ms = 0.25;
    return row;
}

inline AlertRow make_alert(std::int64_t n) {
    AlertRow row;
    row.raised = operations_start + n * a_second;
    row.type = n % 2 == 0 ? "QUEUE_OVERFLOW" : "FEED_STALE";
    row.channel = n % 2 == 0 ? "tick" : "";
    row.severity = n % 3 == 0 ? "error" : "warning";
    row.message = "queue at 80 %";
    row.value = 80;
    row.threshold = 75;
    row.seen = row.raised + a_second;
    row.runbook = "queue_overflow";
    return row;
}

/// Rows 1 … n of each.
inline OperationsRows make_operations(std::int64_t n) {
    OperationsRows rows;
    for (std::int64_t i = 1; i <= n; ++i) {
        rows.differences.push_back(make_difference(i));
        rows.audit.push_back(make_audit(i));
        rows.incidents.push_back(make_incident(i));
        rows.alerts.push_back(make_alert(i));
    }
    return rows;
}

}  // namespace tickstock::test_database

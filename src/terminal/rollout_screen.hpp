#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "terminal/styled_line.hpp"

namespace tickstock {

// What /api/v1/rollout… answers, as lines for people. Pure; nothing when the body is no such
// answer. A server without the integrator gives the sentence that says how it is installed.

struct RolloutView {
    std::string url;  ///< as shown in the head
    std::size_t width = 100;
};

/// GET /api/v1/rollout: phase, time left, criteria, flags, symbols, metrics, recommendation.
std::optional<Lines> rollout_lines(const std::string& body, const RolloutView& view);
/// GET /api/v1/rollout/differences, …/incidents, …/audit: a block or a row an entry.
std::optional<Lines> rollout_difference_lines(const std::string& body, const RolloutView& view);
std::optional<Lines> rollout_incident_lines(const std::string& body, const RolloutView& view);
std::optional<Lines> rollout_audit_lines(const std::string& body, const RolloutView& view);

/// "2024-03-05 14:30:00", UTC; "–" for time_unknown.
std::string date_and_time(UnixNanos time);

}  // namespace tickstock

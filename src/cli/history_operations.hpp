#pragma once

#include <cstdint>

#include "monitoring/alert_board.hpp"
#include "rollout/rollout_status.hpp"
#include "storage/operations_rows.hpp"

namespace tickstock {

/// All that memory holds of the rollout (null = not installed) and of alerts (null = none yet), as
/// the history's rows; of differences those with a number above `after`. For the history writer's
/// thread, once an interval.
OperationsRows operations_of(const RolloutStatus* rollout, const AlertReport* alerts,
                             std::uint64_t after);

/// A stored alert whose end is known, as the book has it; one that stood when the server ended is
/// resolved as it was last seen.
Alert resolved_alert(const AlertRow& row);

}  // namespace tickstock

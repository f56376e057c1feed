#pragma once

#include "monitoring/alert.hpp"

namespace tickstock {

/// A line in the log: "alert 7 raised: QUEUE_OVERFLOW (error) tick: message". Errors and worse as
/// errors, warnings as warnings, the rest and resolutions as information. Any thread.
void log_alert(const AlertNotice& notice);

}  // namespace tickstock

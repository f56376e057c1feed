#pragma once

#include "engine/status.hpp"
#include "engine/watchdog.hpp"
#include "metrics/prometheus.hpp"
#include "monitoring/alert_board.hpp"

namespace tickstock {

/// The families of metrics/process_names.hpp. Each call asks the kernel.
void write_process_metrics(MetricsWriter& out);

/// Room that the data directory takes and has, which is the folder around the journal's; nothing
/// without a journal.
void write_data_metrics(MetricsWriter& out, const JournalSummary& journal);

/// Stalls by thread; nothing without a watchdog (null).
void write_thread_metrics(MetricsWriter& out, const Watchdog* watchdog);

/// Nothing where no alerts are looked for (null).
void write_alert_metrics(MetricsWriter& out, const AlertBoard* alerts);

}  // namespace tickstock

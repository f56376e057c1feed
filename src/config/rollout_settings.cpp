// Rows of the settings table: integration and rollout (SPEC 15).

#include "config/setting_checks.hpp"
#include "config/setting_rows.hpp"
#include "config/table_parts.hpp"

namespace tickstock {
namespace {

using namespace setting_rows;
using namespace std::chrono_literals;

constexpr auto live = SettingChange::Live;
constexpr auto restart = SettingChange::Restart;
constexpr Micro one = 1'000'000;

// A member of Config by its path, for const and non-const configurations alike.
#define TS_FIELD(path)          \
    [](auto& config) -> auto& { \
        return config.path;     \
    }

void add_integration(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {boolean("integration.installed", restart, TS_FIELD(pipeline.integration.installed),
                 "The linear path works beside the channels, and flags say which one is in "
                 "charge of a symbol."),
         boolean("integration.fallback_to_legacy", restart,
                 TS_FIELD(pipeline.integration.fallback_to_legacy),
                 "A symbol on which the channels fail goes back to the linear path; else the "
                 "record is set aside."),
         boolean("integration.enable_multi_channel", restart,
                 TS_FIELD(rollout.enable_multi_channel),
                 "The first start with the integrator begins with all flags on, at 100 %."),
         boolean("integration.enable_parallel_processing", restart,
                 TS_FIELD(rollout.enable_parallel_processing),
                 "The first start with the integrator begins with both paths compared."),
         milliseconds("integration.channel_timeout_ms", 1ms, 60s, live,
                      TS_FIELD(rollout.channel_timeout),
                      "A batch that takes the channels longer falls back.")});
}

void add_phases(std::vector<Setting>& table) {
    constexpr auto year = std::chrono::hours(24 * 366);
    table.insert(table.end(),
                 {hours("rollout.phase_0_hours", 0h, year, live, TS_FIELD(rollout.phase_0),
                        "Least duration of phase 0: integration installed."),
                  hours("rollout.phase_1_hours", 0h, year, live, TS_FIELD(rollout.phase_1),
                        "Least duration of phase 1: both paths compared."),
                  hours("rollout.phase_2_hours", 0h, year, live, TS_FIELD(rollout.phase_2),
                        "Least duration of phase 2: 1 % of the symbols."),
                  hours("rollout.phase_3_hours", 0h, year, live, TS_FIELD(rollout.phase_3),
                        "Least duration of phase 3: 10 % of the symbols.")});
}

void add_fallback(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {seconds("rollout.fallback_interval_seconds", 1s, 3600s, live,
                 TS_FIELD(rollout.fallback_interval),
                 "Pause between two looks at whether all symbols must fall back."),
         seconds("rollout.fallback_window_seconds", 1s, 3600s, live,
                 TS_FIELD(rollout.fallback_window), "The look is at the last so long."),
         integer("rollout.fallback_records", 1, 1'000'000, "records", live,
                 TS_FIELD(rollout.fallback_records),
                 "With fewer records in it the window says nothing."),
         decimal("rollout.fallback_error_percent", 0, 100 * one, "%", live,
                 TS_FIELD(rollout.fallback_error_rate),
                 "All symbols fall back above this share of failed records."),
         milliseconds("rollout.fallback_mean_ms", 1ms, 60s, live, TS_FIELD(rollout.fallback_mean),
                      "All symbols fall back above this mean time of a record."),
         seconds("rollout.lost_after_seconds", 1s, 3600s, restart, TS_FIELD(rollout.lost_after),
                 "An event of the linear path that the channels have not found by then is lost."),
         decimal("rollout.re_enable_percent", 0, 100 * one, "%", live, TS_FIELD(rollout.re_enable),
                 "Share of symbols that a return begins with, unless another is named.")});
}

void add_comparison(std::vector<Setting>& table) {
    table.insert(table.end(),
                 {decimal("rollout.price_tolerance_percent", 0, 100 * one, "%", restart,
                          TS_FIELD(rollout.price_tolerance),
                          "Two events of a kind are near each other up to this difference."),
                  seconds("rollout.time_tolerance_seconds", 0s, 3600s, restart,
                          TS_FIELD(rollout.time_tolerance), "The same, of their times."),
                  integer("rollout.differences", 1, 100'000, "differences", live,
                          TS_FIELD(rollout.differences), "The newest that memory keeps.")});
}

}  // namespace

void add_rollout(std::vector<Setting>& table) {
    add_integration(table);
    add_phases(table);
    add_fallback(table);
    add_comparison(table);
}

}  // namespace tickstock

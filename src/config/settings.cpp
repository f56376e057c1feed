#include "config/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/decimal.hpp"
#include "config/setting_checks.hpp"
#include "config/setting_rows.hpp"
#include "config/table_parts.hpp"

namespace tickstock {

namespace setting_rows {

std::string range_text(const Setting& row) {
    std::string text;
    append_decimal(text, row.minimum, row.scale);
    text += "…";
    append_decimal(text, row.maximum, row.scale);
    return text;
}

Setting describe(std::string name, SettingType type, std::string unit, SettingChange change,
                 std::string sentence) {
    Setting row;
    row.name = std::move(name);
    row.type = type;
    row.unit = std::move(unit);
    row.sentence = std::move(sentence);
    row.change = change;
    return row;
}

}  // namespace setting_rows

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

void add_market(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {word("market.calendar", {"us_equities", "us_equities_overnight", "continuous"}, restart,
              TS_FIELD(pipeline.calendar),
              "When the market trades; overnight makes 20:00-04:00 New York time a session, "
              "continuous is one session a UTC day."),
         seconds("intake.late_print_after_seconds", 0s, 86'400s, live,
                 TS_FIELD(pipeline.intake.late_print_after),
                 "A trade reported later than this after its execution counts for volume only."),
         decimal("intake.guard_percent_regular", one / 100, 1000 * one, "%", live,
                 TS_FIELD(pipeline.intake.guard_percent_regular),
                 "Distance from the last price beyond which a trade of the regular session is "
                 "quarantined."),
         decimal("intake.guard_percent_extended", one / 100, 1000 * one, "%", live,
                 TS_FIELD(pipeline.intake.guard_percent_extended),
                 "The same before the opening, after the close and overnight."),
         decimal("intake.guard_percent_first", one / 100, 1000 * one, "%", live,
                 TS_FIELD(pipeline.intake.guard_percent_first),
                 "The same against an earlier session's price, until a session has its own."),
         decimal("intake.guard_agreement_percent", one / 100, 100 * one, "%", live,
                 TS_FIELD(pipeline.intake.guard_agreement_percent),
                 "Distance within which quarantined prices agree with each other."),
         integer("intake.guard_agreement_count", 1, 1000, "trades", live,
                 TS_FIELD(pipeline.intake.guard_agreement_count),
                 "So many quarantined trades in agreement make the new level."),
         integer("intake.quarantine_list", 0, 1'000'000, "trades", restart,
                 TS_FIELD(pipeline.intake.quarantine_list),
                 "Newest quarantined trades kept for people to see."),
         boolean("intake.second_bars_from_feed", restart,
                 TS_FIELD(pipeline.intake.second_bars_from_feed),
                 "Take the feed's second bars as samples instead of making them from trades."),
         text("intake.condition_table", "empty or the path of a CSV file", {}, restart,
              TS_FIELD(pipeline.intake.condition_table),
              "Sale conditions and what they update; empty is the built-in table."),
         word("coordination.mode", {"eager", "strict"}, restart,
              TS_FIELD(pipeline.coordination.mode),
              "Whether the best source's event passes at once, or one event leaves each window at "
              "its end."),
         milliseconds("coordination.window_high_low_ms", 1ms, 60s, live,
                      TS_FIELD(pipeline.coordination.window_high_low),
                      "Time in which highs and lows of several sources are one fact."),
         milliseconds("coordination.window_valuation_ms", 1ms, 60s, live,
                      TS_FIELD(pipeline.coordination.window_valuation), "The same for valuations."),
         milliseconds("coordination.window_trend_ms", 1ms, 60s, live,
                      TS_FIELD(pipeline.coordination.window_trend), "The same for trends."),
         milliseconds("coordination.window_surge_ms", 1ms, 60s, live,
                      TS_FIELD(pipeline.coordination.window_surge), "The same for surges.")});
}

void add_tick_profile(std::vector<Setting>& table) {
    table.push_back(word("channels.tick.profile", {"default_tick", "production_tick"}, restart,
                         TS_FIELD(tick_profile),
                         "The file in channels/ that the tick channel takes; the other one is "
                         "checked and has no effect."));
}

template <std::size_t I>
void add_channel(std::vector<Setting>& table, const std::string& prefix) {
    table.insert(
        table.end(),
        {text(prefix + "name", "1 to 64 bytes", is_name, restart,
              TS_FIELD(pipeline.channels[I].name), "Name of the channel in messages and status."),
         boolean(prefix + "enabled", live, TS_FIELD(pipeline.channels[I].enabled),
                 "Off: its records are counted and go no further."),
         integer(prefix + "priority", 1, 100, "", live, TS_FIELD(pipeline.channels[I].priority),
                 "Order of work among channels, 1 first and immediate."),
         milliseconds(prefix + "processing_timeout_ms", 1ms, 3'600s, live,
                      TS_FIELD(pipeline.channels[I].processing_timeout),
                      "Queue wait and processing of a batch beyond this count as timed out."),
         integer(prefix + "max_concurrent_processing", 1, 1024, "", restart,
                 TS_FIELD(pipeline.channels[I].max_concurrent_processing),
                 "Accepted for older files; without effect, as one thread works all channels."),
         integer(prefix + "queue_size", 1, 100'000'000, "records", live,
                 TS_FIELD(pipeline.channels[I].queue_size),
                 "Admitted, unprocessed records of a shard beyond which the overflow action "
                 "begins."),
         word(prefix + "batching.strategy", {"immediate", "size_based", "time_based", "hybrid"},
              live, TS_FIELD(pipeline.channels[I].strategy),
              "What closes a batch: each record, its size, its wait, or either; priority 1 is "
              "immediate."),
         integer(prefix + "batching.max_batch_size", 1, 1'000'000, "records", live,
                 TS_FIELD(pipeline.channels[I].max_batch_size), "A batch of this size is closed."),
         milliseconds(prefix + "batching.max_wait_time_ms", 0ms, 60s, live,
                      TS_FIELD(pipeline.channels[I].max_wait),
                      "A batch whose first record waits this long is closed."),
         word(prefix + "batching.overflow_action", {"spill", "block", "drop_newest", "drop_oldest"},
              live, TS_FIELD(pipeline.channels[I].overflow),
              "Past the queue size: fall behind and lose nothing, hold the source back, or drop "
              "and count.")});
}

#undef TS_FIELD

std::vector<Setting> make_table() {
    std::vector<Setting> table;
    add_server(table);
    add_auth(table);
    add_sources(table);
    add_engine(table);
    add_market(table);
    add_storage(table);
    add_rollout(table);
    add_monitoring(table);
    add_priority(table);
    add_tick_profile(table);
    add_channel<0>(table, "channels.tick.");
    add_tick_detectors(table);
    add_channel<1>(table, "channels.ohlcv.");
    add_bar_detectors(table);
    add_channel<2>(table, "channels.fmv.");
    add_value_detectors(table);
    for (auto& row : table) {
        if (row.accepted.empty()) {
            row.accepted = fmt::format("{}", fmt::join(row.words, ", "));
        }
    }
    return table;
}

bool equal_any_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

const std::vector<Setting>& settings_table() {
    static const std::vector<Setting> table = make_table();
    return table;
}

const Setting* find_setting(std::string_view name) {
    const auto& table = settings_table();
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const Setting& row) { return row.name == name; });
    return found == table.end() ? nullptr : &*found;
}

const Setting* find_setting_any_case(std::string_view name) {
    const auto& table = settings_table();
    const auto found = std::find_if(table.begin(), table.end(), [&](const Setting& row) {
        return equal_any_case(row.name, name);
    });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace tickstock

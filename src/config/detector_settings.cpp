// Rows of the settings table: what decides about events (SPEC 7, 8).

#include <string>

#include "config/setting_rows.hpp"
#include "config/table_parts.hpp"

namespace tickstock {
namespace {

using namespace setting_rows;
using namespace std::chrono_literals;

constexpr auto live = SettingChange::Live;
constexpr auto session = SettingChange::Session;
constexpr Micro one = 1'000'000;

// A member of Config by its path, for const and non-const configurations alike.
#define TS_FIELD(path)          \
    [](auto& config) -> auto& { \
        return config.path;     \
    }

template <std::size_t Period>
void add_multiplier(std::vector<Setting>& table, const std::string& period) {
    table.push_back(decimal("high_low.periods." + period + ".multiplier", 0, 100 * one, "×", live,
                            TS_FIELD(pipeline.high_low.multiplier[Period]),
                            "Factor of both minimum changes in the period " + period + "."));
}

void add_high_low(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {boolean("high_low.enabled", live, TS_FIELD(pipeline.high_low.enabled),
                 "Detect new highs and lows of the trading session."),
         decimal("high_low.min_price_change", 0, 1000 * one, "USD", live,
                 TS_FIELD(pipeline.high_low.min_price_change),
                 "Least distance from the last emitted extreme of the kind."),
         decimal("high_low.min_percent_change", 0, 100 * one, "%", live,
                 TS_FIELD(pipeline.high_low.min_percent_change),
                 "Least distance from it in percent; both must be reached."),
         seconds("high_low.cooldown_seconds", 0s, 3'600s, live,
                 TS_FIELD(pipeline.high_low.cooldown),
                 "Quiet time after an emission, per symbol and kind; the extreme reached inside it "
                 "is emitted at its end."),
         seconds("high_low.reversal_window_seconds", 0s, 86'400s, session,
                 TS_FIELD(pipeline.high_low.reversal_window),
                 "Emissions this near to each other can form a reversal.")});
    add_multiplier<0>(table, "PREMARKET");
    add_multiplier<1>(table, "OPENING");
    add_multiplier<2>(table, "MIDDAY");
    add_multiplier<3>(table, "CLOSING");
    add_multiplier<4>(table, "AFTERHOURS");
    add_multiplier<5>(table, "BASE");
}

template <std::size_t Period>
void add_trend_period(std::vector<Setting>& table, const std::string& period) {
    const std::string prefix = "trend.periods." + period + ".";
    table.insert(
        table.end(),
        {decimal(prefix + "direction_threshold", 0, 10 * one, "", live,
                 TS_FIELD(pipeline.trend.periods[Period].direction_threshold),
                 "Score, before multiplier and volatility factor, from which a trend is weak; "
                 "1.25 times it is moderate."),
         decimal(prefix + "strength_threshold", 0, 10 * one, "", live,
                 TS_FIELD(pipeline.trend.periods[Period].strength_threshold),
                 "The same from which it is strong."),
         decimal(prefix + "threshold_multiplier", 0, 100 * one, "×", live,
                 TS_FIELD(pipeline.trend.periods[Period].threshold_multiplier),
                 "Factor of both thresholds."),
         seconds(prefix + "interval_seconds", 0s, 86'400s, live,
                 TS_FIELD(pipeline.trend.periods[Period].interval),
                 "Pause before the same direction is told again; a third of it before a turn or a "
                 "higher class."),
         decimal(prefix + "retracement", 0, one, "", live,
                 TS_FIELD(pipeline.trend.periods[Period].retracement),
                 "Share of its peak score that a trend may lose before it is over."),
         integer(prefix + "min_data_points", 1, 10'000, "seconds with a trade", live,
                 TS_FIELD(pipeline.trend.periods[Period].min_data_points),
                 "A window with fewer has score 0; the longest needs three times as many."),
         seconds(prefix + "warm_up_seconds", 0s, 86'400s, live,
                 TS_FIELD(pipeline.trend.periods[Period].warm_up),
                 "Age of the longest window before which nothing is told.")});
}

void add_trend(std::vector<Setting>& table) {
    table.push_back(boolean("trend.enabled", live, TS_FIELD(pipeline.trend.enabled),
                            "Detect trends on second bars."));
    add_trend_period<0>(table, "PREMARKET");
    add_trend_period<1>(table, "OPENING");
    add_trend_period<2>(table, "MIDDAY");
    add_trend_period<3>(table, "CLOSING");
    add_trend_period<4>(table, "AFTERHOURS");
    add_trend_period<5>(table, "BASE");
}

template <std::size_t Period>
void add_surge_period(std::vector<Setting>& table, const std::string& period) {
    const std::string prefix = "surge.periods." + period + ".";
    table.insert(
        table.end(),
        {decimal(prefix + "threshold_multiplier", 0, 100 * one, "×", live,
                 TS_FIELD(pipeline.surge.periods[Period].threshold_multiplier),
                 "Factor of the price band's minimum changes."),
         decimal(prefix + "volume_threshold", one / 1000, 10'000 * one, "×", live,
                 TS_FIELD(pipeline.surge.periods[Period].volume_threshold),
                 "Volume of the last 20 s against the mean of the 100 s before."),
         integer(prefix + "min_data_points", 1, 100, "seconds with a trade", live,
                 TS_FIELD(pipeline.surge.periods[Period].min_data_points),
                 "Needed in the 100 s before; with fewer nothing is told."),
         word(prefix + "mode", {"strict", "either", "adaptive"}, live,
              TS_FIELD(pipeline.surge.periods[Period].mode),
              "Price and volume, one of them, or both with a strong one making up for a weak "
              "one.")});
}

template <std::size_t Band>
void add_surge_band(std::vector<Setting>& table, const std::string& band,
                    const std::string& prices) {
    table.insert(table.end(),
                 {decimal("surge.bands." + band + ".min_percent_change", 0, 100 * one, "%", live,
                          TS_FIELD(pipeline.surge.bands[Band].min_percent_change),
                          "Least move of prices " + prices + ", before the multiplier."),
                  decimal("surge.bands." + band + ".min_price_change", 0, 1000 * one, "USD", live,
                          TS_FIELD(pipeline.surge.bands[Band].min_price_change),
                          "The same in USD; both must be reached.")});
}

void add_surge(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {boolean("surge.enabled", live, TS_FIELD(pipeline.surge.enabled),
                 "Detect surges on second bars."),
         seconds("surge.cooldown_seconds", 0s, 3'600s, live, TS_FIELD(pipeline.surge.cooldown),
                 "Quiet time after a surge, per symbol and direction."),
         seconds("surge.expiration_seconds", 0s, 3'600s, live, TS_FIELD(pipeline.surge.expiration),
                 "How long a surge is told with the highs and lows after it.")});
    add_surge_period<0>(table, "PREMARKET");
    add_surge_period<1>(table, "OPENING");
    add_surge_period<2>(table, "MIDDAY");
    add_surge_period<3>(table, "CLOSING");
    add_surge_period<4>(table, "AFTERHOURS");
    add_surge_period<5>(table, "BASE");
    add_surge_band<0>(table, "under_10", "under 10 USD");
    add_surge_band<1>(table, "under_50", "from 10 to under 50 USD");
    add_surge_band<2>(table, "under_200", "from 50 to under 200 USD");
    add_surge_band<3>(table, "under_500", "from 200 to under 500 USD");
    add_surge_band<4>(table, "above", "from 500 USD");
}

template <std::size_t Timeframe>
void add_bar_minimum(std::vector<Setting>& table, const std::string& timeframe) {
    table.push_back(decimal("rules.ohlcv.min_percent_change." + timeframe, 0, 100 * one, "%", live,
                            TS_FIELD(pipeline.bars.min_percent_change[Timeframe]),
                            "Least change of a bar of " + timeframe + " that makes a surge."));
}

void add_bars(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {boolean("bars.enabled", live, TS_FIELD(pipeline.bars.enabled),
                 "Detect events on bars of 1m, 5m, 15m, 1h and 1d."),
         decimal("bars.surge_volume_multiple", 0, 10'000 * one, "×", live,
                 TS_FIELD(pipeline.bars.surge_volume_multiple),
                 "Volume against the average that makes a surge of the least change."),
         integer("bars.average_bars", 1, 20, "bars", session, TS_FIELD(pipeline.bars.average_bars),
                 "Bars before, at most, whose mean volume is the average."),
         integer("bars.min_average_bars", 1, 20, "bars", session,
                 TS_FIELD(pipeline.bars.min_average_bars),
                 "With fewer there is no average, and no event."),
         word("rules.ohlcv.scope", {"surge", "all"}, live, TS_FIELD(pipeline.rules.ohlcv_scope),
              "Events of bars that the two minima hold back: surges, or all of them."),
         decimal("rules.ohlcv.required_volume_multiple", 0, 10'000 * one, "×", live,
                 TS_FIELD(pipeline.bars.required_volume_multiple),
                 "Volume against the average that makes a surge of twice the least "
                 "change.")});
    add_bar_minimum<0>(table, "1m");
    add_bar_minimum<1>(table, "5m");
    add_bar_minimum<2>(table, "15m");
    add_bar_minimum<3>(table, "1h");
    add_bar_minimum<4>(table, "1d");
}

void add_valuation(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {boolean("valuation.enabled", live, TS_FIELD(pipeline.valuation.enabled),
                 "Detect gaps between fair values and the market."),
         decimal("valuation.min_deviation", 0, 100 * one, "%", live,
                 TS_FIELD(pipeline.valuation.min_deviation), "Gap from which one is told."),
         decimal("valuation.deviation_step", 0, 100 * one, "percent points", live,
                 TS_FIELD(pipeline.valuation.deviation_step),
                 "How much further out it must be to be told again."),
         decimal("valuation.rearm_deviation", 0, 100 * one, "%", live,
                 TS_FIELD(pipeline.valuation.rearm_deviation),
                 "A gap under this is over; the next one is told from the least again."),
         seconds("valuation.cooldown_seconds", 0s, 86'400s, live,
                 TS_FIELD(pipeline.valuation.cooldown),
                 "Quiet time after a valuation, per symbol."),
         decimal("rules.fmv.min_confidence", 0, one, "", live,
                 TS_FIELD(pipeline.valuation.min_confidence),
                 "Fair values less sure are left out."),
         decimal("rules.fmv.max_deviation", 0, 1000 * one, "%", live,
                 TS_FIELD(pipeline.valuation.max_deviation),
                 "Fair values further from the market are implausible and left out."),
         seconds("rules.freshness_seconds", 0s, 86'400s, live, TS_FIELD(pipeline.rules.freshness),
                 "Live sources: a record longer on its way than this and its source's delay is "
                 "left out.")});
}

#undef TS_FIELD

}  // namespace

void add_tick_detectors(std::vector<Setting>& table) {
    add_high_low(table);
    add_trend(table);
    add_surge(table);
}

void add_bar_detectors(std::vector<Setting>& table) {
    add_bars(table);
}

void add_value_detectors(std::vector<Setting>& table) {
    add_valuation(table);
}

}  // namespace tickstock

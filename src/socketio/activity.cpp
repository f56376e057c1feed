#include "socketio/activity.hpp"

#include <algorithm>
#include <chrono>

#include "base/assert.hpp"
#include "base/json_writer.hpp"

namespace tickstock {
namespace {

constexpr std::uint64_t threshold_low = 30;
constexpr std::uint64_t threshold_medium = 60;
constexpr std::uint64_t threshold_high = 120;
constexpr std::uint64_t threshold_very_high = 240;
constexpr std::uint64_t threshold_extreme = 480;
constexpr Nanos bell_lasts = std::chrono::minutes(15);

}  // namespace

void TickMeter::add(Nanos now, std::uint64_t total) {
    const std::int64_t second = std::chrono::floor<std::chrono::seconds>(now).count();
    if (!started_) {
        started_ = true;
        second_ = second;
        total_ = total;
        return;
    }
    // Seconds that passed without a call gained nothing that is known.
    const auto passed = static_cast<std::size_t>(std::max<std::int64_t>(second - second_, 0));
    for (std::size_t i = 0; i < std::min(passed, span); ++i) {
        gained_[static_cast<std::size_t>(second - static_cast<std::int64_t>(i)) % span] = 0;
    }
    second_ = std::max(second, second_);
    gained_[static_cast<std::size_t>(second_) % span] += total > total_ ? total - total_ : 0;
    total_ = total;
}

std::uint64_t TickMeter::last(std::size_t seconds) const {
    TS_ASSERT(seconds > 0 && seconds <= span);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < seconds; ++i) {
        sum += gained_[(static_cast<std::size_t>(second_) + span - i) % span];
    }
    return sum;
}

std::string_view activity_level(std::uint64_t ticks_per_minute, const SessionSpan& span,
                                UnixNanos market_now) {
    if (span.session == TradingSession::Regular) {
        if (market_now - span.session_begin < bell_lasts) {
            return "Opening Bell";
        }
        if (span.session_end - market_now <= bell_lasts) {
            return "Closing Bell";
        }
    }
    return ticks_per_minute < threshold_low         ? "Very Low"
           : ticks_per_minute < threshold_medium    ? "Low"
           : ticks_per_minute < threshold_high      ? "Medium"
           : ticks_per_minute < threshold_very_high ? "High"
           : ticks_per_minute < threshold_extreme   ? "Very High"
                                                    : "Extreme";
}

Activity activity_of(const TickMeter& meter, const DisplayTotals& totals, const SessionSpan& span,
                     UnixNanos market_now) {
    const std::uint64_t minute = meter.last(60);
    return {totals, meter.last(10),  meter.last(30),
            minute, meter.last(300), activity_level(minute, span, market_now)};
}

void append_activity(std::string& out, const Activity& activity) {
    JsonWriter json(out);
    json.begin_object();
    json.key("total_highs").number(activity.totals.highs);
    json.key("total_lows").number(activity.totals.lows);
    json.key("activity_level").string(activity.level);
    json.key("activity_ratio").begin_object();
    json.key("calculation_method").string("ticks_per_minute");
    json.key("current_rate").number(activity.ticks_60sec);
    json.key("threshold_low").number(threshold_low);
    json.key("threshold_medium").number(threshold_medium);
    json.key("threshold_high").number(threshold_high);
    json.key("threshold_very_high").number(threshold_very_high);
    json.end_object();
    json.key("ticks_10sec").number(activity.ticks_10sec);
    json.key("ticks_30sec").number(activity.ticks_30sec);
    json.key("ticks_60sec").number(activity.ticks_60sec);
    json.key("ticks_300sec").number(activity.ticks_300sec);
    json.end_object();
}

}  // namespace tickstock

#include "socketio/display_feed.hpp"

#include <algorithm>
#include <chrono>

#include "model/calendar.hpp"

namespace tickstock {

void DisplayFeed::pass(std::string_view body) {
    remember(display_facts(body));
}

std::shared_ptr<const DisplayEvent> DisplayFeed::show(std::string_view body) {
    const DisplayFacts facts = display_facts(body);
    return std::make_shared<const DisplayEvent>(body, facts, remember(facts));
}

/// New York's dates change at full hours of UTC, so one look-up serves an hour.
std::int64_t DisplayFeed::day_of(UnixNanos ts) {
    const UnixNanos hour = std::chrono::floor<std::chrono::hours>(ts);
    if (!hour_known_ || hour != hour_begin_) {
        hour_known_ = true;
        hour_begin_ = hour;
        hour_day_ =
            std::chrono::floor<std::chrono::days>(new_york_time(ts)).time_since_epoch().count();
    }
    return hour_day_;
}

DisplayHistory DisplayFeed::remember(const DisplayFacts& facts) {
    newest_ = std::max(newest_, facts.ts);
    DisplayHistory history;
    if (facts.type != EventType::High && facts.type != EventType::Low &&
        facts.type != EventType::Surge) {
        return history;
    }
    auto found = symbols_.find(facts.symbol);
    if (found == symbols_.end()) {
        found = symbols_.emplace(std::string(facts.symbol), Symbol{}).first;
    }
    Symbol& symbol = found->second;
    const std::int64_t day = day_of(facts.ts);
    if (facts.type == EventType::Surge) {
        if (symbol.surge_day != day) {
            symbol.surge_day = day;
            symbol.surges_up = 0;
            symbol.surges_down = 0;
        }
        if (facts.revision == 0 && !facts.is_of_bar) {
            ++(facts.direction == Direction::Up ? symbol.surges_up : symbol.surges_down);
        }
        history.surges_up = symbol.surges_up;
        history.surges_down = symbol.surges_down;
        return history;
    }
    const bool is_high = facts.type == EventType::High;
    history.other_extreme = is_high ? symbol.last_low : symbol.last_high;
    (is_high ? symbol.last_high : symbol.last_low) = facts.ts;
    if (day > totals_day_) {
        totals_day_ = day;
        totals_ = {};
    }
    if (day == totals_day_ && facts.revision == 0) {
        ++(is_high ? totals_.highs : totals_.lows);
    }
    return history;
}

}  // namespace tickstock

#include "server/market_board.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace tickstock {
namespace {

constexpr std::int64_t seconds_a_minute = 60;

/// The number behind `"name":` in an object's text; nothing when it is not there or null.
std::optional<double> number_in(std::string_view text, std::string_view key) {
    const auto at = text.find(key);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view rest = text.substr(at + key.size());
    double value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    return error == std::errc{} && end != rest.data() ? std::optional(value) : std::nullopt;
}

/// The member `data` of a body; quotes inside strings are escaped, so a key is found only as a key.
std::string_view data_of(std::string_view body) {
    constexpr std::string_view begin = R"("data":{)";
    const auto at = body.find(begin);
    if (at == std::string_view::npos) {
        return {};
    }
    const std::string_view data = body.substr(at + begin.size());
    return data.substr(0, data.find(R"(},"evidence":)"));
}

bool is_revision(std::string_view body) {
    constexpr std::string_view key = R"("rev":)";
    const auto at = body.find(key);
    return at != std::string_view::npos && !body.substr(at + key.size()).starts_with("0,");
}

bool says_session(std::string_view body, TradingSession session) {
    constexpr std::string_view key = R"("session":")";
    const auto at = body.find(key);
    return at == std::string_view::npos ||
           body.substr(at + key.size()).starts_with(to_string(session));
}

std::optional<MarketList> list_of(EventType type) {
    switch (type) {
        case EventType::High: return MarketList::Highs;
        case EventType::Low: return MarketList::Lows;
        case EventType::Surge: return MarketList::Surges;
        case EventType::Trend: return MarketList::Trends;
        case EventType::Valuation:
        case EventType::Rule:
        case EventType::Control: break;
    }
    return std::nullopt;
}

bool has_strength(const StreamEntry& entry) {
    return (entry.details.has & EventDetails::Strength) != 0;
}

}  // namespace

void MarketBoard::clear() {
    session_.reset();
    sessions_ = 0;
    rows_.clear();
    std::ranges::fill(places_, 0U);
    minutes_.fill({});
    newest_minute_ = -1;
    breadth_ = {};
}

/// Puts the board into the event's session. False: the event is of an earlier one.
bool MarketBoard::enter_session(const StreamEntry& entry, std::string_view body) {
    SessionSpan span = spans_.at(entry.ts);
    if (!says_session(body, span.session)) {
        span =
            spans_.at(entry.ts - Nanos{1});  // a bar's time is its end, and that may be the close
    }
    if (session_ && span.session_key < session_->session_key) {
        return false;
    }
    if (!session_ || span.session_key > session_->session_key) {
        const std::uint64_t sessions = sessions_ + 1;
        clear();
        sessions_ = sessions;
        first_event_ = entry.ts;
        session_ = span;
    }
    return true;
}

MarketRow* MarketBoard::row_of(const StreamEntry& entry) {
    const std::uint32_t number = entry.symbol_number;
    if (number == 0) {
        return nullptr;
    }
    if (number >= places_.size()) {
        places_.resize(std::size_t{number} + 1);
    }
    std::uint32_t& place = places_[number];
    if (place == 0) {
        if (rows_.size() == max_symbols) {
            return nullptr;
        }
        rows_.emplace_back().symbol = entry.symbol;
        place = static_cast<std::uint32_t>(rows_.size());
    }
    return &rows_[place - 1];
}

MarketMinute* MarketBoard::minute_of(UnixNanos t) {
    const std::int64_t minute = unix_second(t) / seconds_a_minute;
    if (minute < 0) {
        return nullptr;
    }
    MarketMinute& slot = minutes_[static_cast<std::size_t>(minute) % minutes_kept];
    if (slot.minute > minute) {
        return nullptr;  // the ring has gone on
    }
    if (slot.minute < minute) {
        slot = {};
        slot.minute = minute;
    }
    newest_minute_ = std::max(newest_minute_, minute);
    return &slot;
}

bool MarketBoard::take(const StreamEntry& entry, std::string_view body) {
    const auto list = list_of(entry.type);
    if ((!list && entry.type != EventType::Rule) || entry.symbol == SymbolText()) {
        return false;
    }
    if (!enter_session(entry, body)) {
        ++late_;
        return false;
    }
    MarketRow* const row = row_of(entry);
    if (row == nullptr) {
        ++untracked_;
        return false;
    }
    take_price(*row, entry, data_of(body));
    if (list && !is_revision(body)) {
        count(*row, entry);
    }
    return true;
}

void MarketBoard::take_price(MarketRow& row, const StreamEntry& entry, std::string_view data) {
    const bool is_newest = entry.ts >= row.as_of;
    if (is_newest) {
        row.price = entry.price;
        row.as_of = entry.ts;
    }
    const bool is_extreme = entry.type == EventType::High || entry.type == EventType::Low;
    // Highs and lows of trades tell the change from the session's open; a bar's tell the bar's own.
    const bool is_of_trades = is_extreme && (entry.details.has & EventDetails::Count) != 0;
    const auto told =
        is_of_trades ? number_in(data, R"("percent_change":)") : std::optional<double>();
    if (told && *told > -100) {
        row.open = Price::from_raw(
            std::llround(static_cast<double>(entry.price.raw()) / (1 + *told / 100)));
        if (is_newest) {
            row.percent_change = *told;
        }
    } else if (is_newest && row.open.raw() > 0) {
        row.percent_change = static_cast<double>((row.price - row.open).raw()) /
                             static_cast<double>(row.open.raw()) * 100;
    }
    // Of surges and bars; a high's rel_volume is about one print, not about the symbol's volume.
    const auto volume = number_in(data, R"("volume_multiplier":)");
    constexpr auto list = static_cast<std::size_t>(MarketList::RelativeVolume);
    if (volume && *volume > 0) {
        ++row.counts[list];
        if (entry.ts >= row.last[list]) {
            row.relative_volume = *volume;
            row.last[list] = entry.ts;
        }
    }
}

void MarketBoard::count(MarketRow& row, const StreamEntry& entry) {
    MarketMinute* const minute = minute_of(entry.ts);
    MarketMinute unused;
    MarketMinute& in_minute = minute == nullptr ? unused : *minute;
    const bool is_down = entry.direction == Direction::Down;
    const auto list = static_cast<std::size_t>(*list_of(entry.type));
    row.last[list] = std::max(row.last[list], entry.ts);
    ++row.counts[list];
    switch (entry.type) {
        case EventType::High:
        case EventType::Low:
            // The event knows better than who came late: it counts from the session's begin.
            row.counts[list] = std::max(row.counts[list], entry.details.count);
            ++(entry.type == EventType::High ? breadth_.highs : breadth_.lows);
            ++(entry.type == EventType::High ? in_minute.highs : in_minute.lows);
            break;
        case EventType::Surge:
            row.surge = std::max(row.surge, entry.details.magnitude);
            row.surge_direction = entry.direction;
            ++(is_down ? breadth_.surges_down : breadth_.surges_up);
            ++(is_down ? in_minute.surges_down : in_minute.surges_up);
            break;
        case EventType::Trend:
            if (has_strength(entry)) {  // a bar's trend has a volume for a score
                row.trend = std::abs(entry.score);
                row.trend_direction = entry.direction;
            }
            ++(is_down ? breadth_.trends_down : breadth_.trends_up);
            break;
        case EventType::Valuation:
        case EventType::Rule:
        case EventType::Control: break;
    }
}

std::vector<const MarketRow*> MarketBoard::leaders(MarketList list, std::size_t limit) const {
    std::vector<const MarketRow*> found;
    for (const MarketRow& row : rows_) {
        if (row.rank(list) > 0) {
            found.push_back(&row);
        }
    }
    const auto at = static_cast<std::size_t>(list);
    const auto leads = [list, at](const MarketRow* a, const MarketRow* b) {
        if (a->rank(list) != b->rank(list)) {
            return a->rank(list) > b->rank(list);
        }
        return a->last[at] != b->last[at] ? a->last[at] > b->last[at] : a->symbol < b->symbol;
    };
    const std::size_t kept = std::min(limit, found.size());
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(),
                      leads);
    found.resize(kept);
    return found;
}

MarketAdvance MarketBoard::advance() const {
    MarketAdvance sums;
    for (const MarketRow& row : rows_) {
        if (row.open.raw() > 0) {
            ++(row.percent_change > 0   ? sums.advancing
               : row.percent_change < 0 ? sums.declining
                                        : sums.unchanged);
        }
    }
    return sums;
}

std::vector<MarketMinute> MarketBoard::minutes() const {
    const auto kept = static_cast<std::int64_t>(minutes_kept);
    std::int64_t oldest = std::numeric_limits<std::int64_t>::max();
    for (const MarketMinute& slot : minutes_) {
        if (slot.minute >= 0 && slot.minute > newest_minute_ - kept) {
            oldest = std::min(oldest, slot.minute);
        }
    }
    std::vector<MarketMinute> result;
    for (std::int64_t minute = oldest; minute <= newest_minute_; ++minute) {
        const MarketMinute& slot = minutes_[static_cast<std::size_t>(minute) % minutes_kept];
        MarketMinute empty;
        empty.minute = minute;
        result.push_back(slot.minute == minute ? slot : empty);
    }
    return result;
}

}  // namespace tickstock

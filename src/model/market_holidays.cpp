#include "model/market_holidays.hpp"

#include <algorithm>
#include <array>

namespace tickstock {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

constexpr minutes full_close = 16h;

/// Days on which the market stayed closed against the rules, in time order.
constexpr std::array exceptional_closures{
    1994y / April / 27,      // funeral of President Nixon
    2001y / September / 11,  // attacks on New York and Washington
    2001y / September / 12, 2001y / September / 13, 2001y / September / 14,
    2004y / June / 11,     // funeral of President Reagan
    2007y / January / 2,   // funeral of President Ford
    2012y / October / 29,  // hurricane Sandy
    2012y / October / 30,
    2018y / December / 5,  // funeral of President George H. W. Bush
    2025y / January / 9,   // funeral of President Carter
};

/// Closes at 13:00 that no rule below makes.
constexpr std::array exceptional_early_closes{
    1997y / December / 26,
    1999y / December / 31,
    2003y / December / 26,
};

template <std::size_t N>
bool contains(const std::array<year_month_day, N>& days, year_month_day day) {
    return std::find(days.begin(), days.end(), day) != days.end();
}

/// Gregorian Easter by the method of the church's tables: golden number, epact (the moon's age),
/// then the Sunday after the full moon.
local_days easter_sunday(year in) {
    const int y = static_cast<int>(in);
    const int golden = y % 19;
    const int century = y / 100;
    const int skipped_leap_days = century - century / 4;
    const int moon_correction = (8 * century + 13) / 25;
    const int epact = (skipped_leap_days - moon_correction + 19 * golden + 15) % 30;
    const int late = epact / 28;
    const int full_moon = epact - late * (1 - late * (29 / (epact + 1)) * ((21 - golden) / 11));
    const int weekday_shift = (y + y / 4 + full_moon + 2 - skipped_leap_days) % 7;
    return local_days{in / March / 28} + days{full_moon - weekday_shift};
}

/// Fixed-date holidays move from Saturday to Friday and from Sunday to Monday.
bool is_observed(local_days date, year_month_day holiday) {
    const local_days day{holiday};
    const weekday on{day};
    if (on == Saturday) {
        return date == day - days{1};
    }
    return date == (on == Sunday ? day + days{1} : day);
}

/// New Year's Day alone never moves back: 31 December closes the exchange's books.
bool is_new_year(local_days date, year y) {
    const local_days day{y / January / 1};
    return date == (weekday{day} == Sunday ? day + days{1} : day);
}

bool is_holiday(local_days date, year y) {
    return is_new_year(date, y) ||
           (y >= 1998y && date == local_days{y / January / Monday[3]}) ||  // Martin Luther King Jr.
           date == local_days{y / February / Monday[3]} ||                 // Washington's Birthday
           date == easter_sunday(y) - days{2} ||                           // Good Friday
           date == local_days{y / May / Monday[last]} ||                   // Memorial Day
           (y >= 2022y && is_observed(date, y / June / 19)) ||             // Juneteenth
           is_observed(date, y / July / 4) ||                              // Independence Day
           date == local_days{y / September / Monday[1]} ||                // Labor Day
           date == local_days{y / November / Thursday[4]} ||               // Thanksgiving
           is_observed(date, y / December / 25);                           // Christmas
}

/// The half day beside Independence Day, since 1995: 3 July; with the 4th on a Thursday it was
/// Friday the 5th until 2012. None when the 4th makes or follows a weekend.
bool is_independence_half_day(local_days date, year y) {
    const local_days fourth{y / July / 4};
    if (y < 1995y || weekday{fourth} == Saturday || weekday{fourth} == Sunday ||
        weekday{fourth} == Monday) {
        return false;
    }
    const bool day_after = weekday{fourth} == Thursday && y < 2013y;
    return date == (day_after ? fourth + days{1} : fourth - days{1});
}

/// REQUIRES: the market opens on `date`.
bool is_half_day(local_days date, year y) {
    const local_days thanksgiving{y / November / Thursday[4]};
    return (y >= 1992y && date == thanksgiving + days{1}) || is_independence_half_day(date, y) ||
           date == local_days{y / December / 24} ||
           contains(exceptional_early_closes, year_month_day{date});
}

}  // namespace

std::optional<minutes> us_regular_close(local_days date) {
    const weekday on{date};
    const year_month_day ymd{date};
    if (on == Saturday || on == Sunday || is_holiday(date, ymd.year()) ||
        contains(exceptional_closures, ymd)) {
        return std::nullopt;
    }
    if (is_half_day(date, ymd.year())) {
        return ymd.year() < 1993y ? minutes{14h} : minutes{13h};
    }
    return full_close;
}

}  // namespace tickstock

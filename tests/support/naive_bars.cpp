#include "support/naive_bars.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <optional>
#include <set>

#include "base/decimal.hpp"

namespace tickstock::naive {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t hour_ns = 3600 * second_ns;
constexpr std::int64_t day_ns = 24 * hour_ns;

// ---------------------------------------------------------------- sessions (SPEC 3)

/// Summer time: second Sunday of March 2:00 EST (7:00 UTC) to first Sunday of November 2:00 EDT
/// (6:00 UTC).
std::int64_t offset_of_new_york(std::int64_t ts) {
    const auto day =
        std::chrono::floor<days>(std::chrono::sys_seconds{std::chrono::seconds{ts / second_ns}});
    const year y = std::chrono::year_month_day(day).year();
    const auto begin = sys_days(y / std::chrono::March / std::chrono::Sunday[2]);
    const auto end = sys_days(y / std::chrono::November / std::chrono::Sunday[1]);
    const std::int64_t begins = begin.time_since_epoch().count() * day_ns + 7 * hour_ns;
    const std::int64_t ends = end.time_since_epoch().count() * day_ns + 6 * hour_ns;
    return (ts >= begins && ts < ends ? -4 : -5) * hour_ns;
}

/// Early closes and holidays of 2024, the only ones near the bars of the tests.
constexpr std::array<const char*, 3> early_closes{"07-03", "11-29", "12-24"};
constexpr std::array<const char*, 10> holidays{"01-01", "01-15", "02-19", "03-29", "05-27",
                                               "06-19", "07-04", "09-02", "11-28", "12-25"};

template <std::size_t N>
bool is_one_of(const std::array<const char*, N>& dates, std::int64_t day) {
    const std::chrono::year_month_day date{sys_days{days{day}}};
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%02u-%02u", static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()));
    return date.year() == year{2024} &&
           std::any_of(dates.begin(), dates.end(),
                       [&](const char* one) { return std::strcmp(one, text.data()) == 0; });
}

bool closes_early(std::int64_t day) {
    return is_one_of(early_closes, day);
}

Session us_session_at(std::int64_t ts) {
    const std::int64_t offset = offset_of_new_york(ts);
    const std::int64_t local = ts + offset;
    const std::int64_t day = local / day_ns;
    const std::int64_t minute = local % day_ns / (60 * second_ns);
    const std::int64_t weekday = (day + 4) % 7;  // 1970-01-01 was a Thursday; 0 = Sunday
    if (weekday == 0 || weekday == 6 || is_one_of(holidays, day)) {
        return {};
    }
    const std::int64_t open = 9 * 60 + 30;
    const std::int64_t close = closes_early(day) ? 13 * 60 : 16 * 60;
    const std::int64_t after_end = closes_early(day) ? 17 * 60 : 20 * 60;
    const auto at = [&](std::int64_t end) { return day * day_ns + end * 60 * second_ns - offset; };
    if (minute >= 4 * 60 && minute < open) {
        return {TradingSession::Pre, MarketPeriod::Premarket, day * 8 + 1, at(open)};
    }
    if (minute >= open && minute < close) {
        const MarketPeriod period = minute < open + 15    ? MarketPeriod::Opening
                                    : minute < close - 30 ? MarketPeriod::Midday
                                                          : MarketPeriod::Closing;
        return {TradingSession::Regular, period, day * 8 + 2, at(close)};
    }
    if (minute >= close && minute < after_end) {
        return {TradingSession::After, MarketPeriod::Afterhours, day * 8 + 3, at(after_end)};
    }
    return {};
}

// ---------------------------------------------------------------- one symbol (SPEC 7.5)

std::int64_t length_of(Timeframe timeframe) {
    switch (timeframe) {
        case Timeframe::Minute1: return 60 * second_ns;
        case Timeframe::Minute5: return 300 * second_ns;
        case Timeframe::Minute15: return 900 * second_ns;
        case Timeframe::Hour1: return hour_ns;
        case Timeframe::Day1: return day_ns;
        default: return 0;
    }
}

std::string word_of(Timeframe timeframe) {
    switch (timeframe) {
        case Timeframe::Minute1: return "1m";
        case Timeframe::Minute5: return "5m";
        case Timeframe::Minute15: return "15m";
        case Timeframe::Hour1: return "1h";
        case Timeframe::Day1: return "1d";
        default: return "";
    }
}

constexpr std::size_t kept_bars = 21;

/// The newest version of a bar, and what all its versions have told.
struct Entry {
    std::int64_t start = 0;
    Bar bar;
    std::set<EventType> told;
};

int sign_of(const Bar& bar) {
    const std::int64_t change =
        bar.has_percent_change ? bar.percent_change_micro : bar.close.raw() - bar.open.raw();
    return change > 0 ? 1 : change < 0 ? -1 : 0;
}

/// |percent| ≥ micro / 1e6, exactly.
bool moved_by(const Bar& bar, std::int64_t micro) {
    if (bar.has_percent_change) {
        return std::abs(bar.percent_change_micro) >= micro;
    }
    const int128 change = bar.close > bar.open ? int128{bar.close.raw()} - bar.open.raw()
                                               : int128{bar.open.raw()} - bar.close.raw();
    return change * 100 * 1'000'000 >= int128{micro} * bar.open.raw();
}

/// Percent × 1e15, exact where the percent has no more digits.
int128 percent_e15(const Bar& bar) {
    if (bar.has_percent_change) {
        return int128{bar.percent_change_micro} * 1'000'000'000;
    }
    const int128 change = int128{bar.close.raw()} - bar.open.raw();
    return change * 100 * 1'000'000'000'000'000 / bar.open.raw();
}

double percent_of(const Bar& bar) {
    return bar.has_percent_change ? static_cast<double>(bar.percent_change_micro) / 1e6
                                  : static_cast<double>(bar.close.raw() - bar.open.raw()) /
                                        static_cast<double>(bar.open.raw()) * 100;
}

/// Σ volume of n bars.
struct Average {
    int128 sum = 0;
    int128 n = 1;
    bool at_most(std::int64_t volume, Micro multiple) const {
        return int128{volume} * n * 1'000'000 >= multiple * sum;
    }
};

/// The bars of one symbol and timeframe.
struct Series {
    std::int64_t session = 0;
    std::vector<Entry> entries;    // of the session, by start
    std::int64_t first_start = 0;  // of the bar that gives the extremes
    std::int64_t first_open = 0;
    std::optional<std::int64_t> told_high;
    std::optional<std::int64_t> told_low;
    Direction told_trend = Direction::None;
};

struct HighLowTrade {
    std::int64_t session;
    std::int64_t price;
};

class SymbolBars {
public:
    SymbolBars(std::string symbol, const PipelineSettings& settings, BarRun& out)
        : symbol_(std::move(symbol)), settings_(settings), out_(out), story_(out.story) {}

    void on_record(const Record& record, std::int64_t clock, std::uint64_t sequence) {
        clock_ = clock;
        sequence_ = sequence;
        switch (record.kind()) {
            case RecordKind::Trade: on_trade(record.trade()); break;
            case RecordKind::TradingStatus: on_status(record.status()); break;
            case RecordKind::Bar: on_bar(record.bar()); break;
            default: break;
        }
    }

private:
    void on_trade(const Trade& trade) {
        const Session session = bar_session_at(to_ns(trade.header.ts_event), settings_.calendar);
        if (session.number == 0 || session.number < trade_session_) {
            return;
        }
        trade_session_ = session.number;
        const Rights rights = rights_of(trade, session.name);
        if (rights.high_low || rights.last) {
            halted_ = halted_ && !resume_announced_;
            resume_announced_ = halted_ && resume_announced_;
        }
        if (rights.high_low) {
            trades_.push_back({session.number, trade.price.raw()});
        }
    }

    void on_status(const TradingStatus& status) {
        using Action = TradingStatus::Action;
        if (status.action == Action::Halt || status.action == Action::Pause) {
            halted_ = true;
            resume_announced_ = false;
        } else if (status.action == Action::Resume && halted_) {
            resume_announced_ = true;
        }
    }

    void on_bar(const Bar& bar) {
        const std::int64_t start = to_ns(bar.header.ts_event);
        Series& series = series_[bar.timeframe];
        session_ = bar_session_at(start, settings_.calendar);
        if (bar.timeframe != Timeframe::Day1) {
            if (session_.number == 0) {
                ++story_.closed;
                return;
            }
            if (session_.number < series.session) {
                ++story_.late_session;
                return;
            }
            if (series.session != session_.number) {
                story_.session_changes += series.session != 0 ? 1U : 0U;
                series = Series{};
                series.session = session_.number;
            }
        } else {
            session_.name = TradingSession::Regular;
            session_.period = MarketPeriod::Midday;
        }

        std::vector<Entry>& entries = series.entries;
        const auto known = std::find_if(entries.begin(), entries.end(),
                                        [&](const Entry& entry) { return entry.start == start; });
        if (entries.size() >= kept_bars && start < entries[entries.size() - kept_bars].start) {
            ++story_.late_bar;
            return;
        }
        std::set<EventType> told;
        const bool revises = known != entries.end();
        if (revises) {
            ++story_.revisions;
            told = known->told;
            entries.erase(known);
        } else if (!entries.empty() && start < entries.back().start) {
            ++story_.inserted;
        }

        std::set<EventType> tells = told;
        judge(series, bar, start, told, tells, revises);
        const auto place = std::find_if(entries.begin(), entries.end(),
                                        [&](const Entry& entry) { return entry.start > start; });
        entries.insert(place, {start, bar, tells});
        if (revises) {
            step_back(series);
        }
    }

    /// An emitted extreme that a revision took back is no longer the measure: as in a correction,
    /// the extreme that is left becomes the last emitted one.
    void step_back(Series& series) {
        std::int64_t high = INT64_MIN;
        std::int64_t low = INT64_MAX;
        for (const Entry& entry : series.entries) {
            high = std::max(high, entry.bar.high.raw());
            low = std::min(low, entry.bar.low.raw());
        }
        if (series.told_high && *series.told_high > high) {
            series.told_high = high;
            ++story_.stepped_back;
        }
        if (series.told_low && *series.told_low < low) {
            series.told_low = low;
            ++story_.stepped_back;
        }
    }

    /// `series.entries` holds the other bars.
    void judge(Series& series, const Bar& bar, std::int64_t start, const std::set<EventType>& told,
               std::set<EventType>& tells, bool revises) {
        const bool daily = bar.timeframe == Timeframe::Day1;
        std::vector<const Entry*> before = bars_before(series, start);
        const std::vector<const Entry*> session_others = pointers(series.entries);
        if (!daily && (session_others.empty() || start == series.first_start)) {
            series.first_start = start;
            series.first_open = bar.open.raw();
        }
        const std::optional<Average> average = average_of(bar, before);
        const Micro least = settings_.bars.min_percent_change[static_cast<std::size_t>(
            static_cast<int>(bar.timeframe) - static_cast<int>(Timeframe::Minute1))];

        BarFact fact;
        fact.fire = clock_;
        fact.sequence = sequence_;
        fact.symbol = symbol_;
        fact.timeframe = bar.timeframe;
        fact.session = session_.name;
        fact.ts = start + length_of(bar.timeframe);
        fact.volume = bar.volume.raw();
        fact.percent_change = percent_of(bar);
        fact.source_sequence = bar.header.source_sequence;
        fact.period = session_.period;
        if (average) {
            fact.volume_multiplier = static_cast<double>(bar.volume.raw()) *
                                     static_cast<double>(average->n) /
                                     static_cast<double>(average->sum);
        }
        const auto may_tell = [&](EventType type) {
            if (!average) {
                return false;
            }
            if (told.contains(type)) {
                ++story_.kept_quiet;
                return false;
            }
            if (halted_) {
                ++story_.muted;
                return false;
            }
            return true;
        };
        const auto tell = [&](EventType type, Direction direction, std::int64_t price,
                              double score) {
            fact.type = type;
            fact.direction = direction;
            fact.price = price;
            fact.score = score;
            tells.insert(type);
            story_.emitted_by_revision += revises ? 1U : 0U;
            publish(fact, bar);
        };

        // surge
        if (average) {
            const bool loud =
                average->at_most(bar.volume.raw(), settings_.bars.surge_volume_multiple);
            const bool lively =
                average->at_most(bar.volume.raw(), settings_.bars.required_volume_multiple);
            const bool surges =
                (loud && moved_by(bar, least)) || (lively && moved_by(bar, 2 * least));
            if (surges && may_tell(EventType::Surge)) {
                story_.surge_by_double_move += loud ? 0 : 1;
                tell(EventType::Surge, sign_of(bar) < 0 ? Direction::Down : Direction::Up,
                     bar.close.raw(), fact.volume_multiplier);
            }
        }

        // high and low
        const std::vector<const Entry*>& others = daily ? before : session_others;
        const bool gives_extremes = !daily && start == series.first_start;
        if (!others.empty() && !gives_extremes) {
            for (const bool high : {true, false}) {
                const std::int64_t mine = high ? bar.high.raw() : bar.low.raw();
                std::int64_t extreme = high ? INT64_MIN : INT64_MAX;
                for (const Entry* other : others) {
                    extreme = high ? std::max(extreme, other->bar.high.raw())
                                   : std::min(extreme, other->bar.low.raw());
                }
                if (high ? mine <= extreme : mine >= extreme) {
                    continue;
                }
                std::optional<std::int64_t>& told_price = high ? series.told_high : series.told_low;
                const std::int64_t from = daily ? extreme : told_price.value_or(series.first_open);
                if (!far_enough(high ? int128{mine} - from : int128{from} - mine, from)) {
                    ++story_.gated;
                    continue;
                }
                const EventType type = high ? EventType::High : EventType::Low;
                if (!may_tell(type)) {
                    continue;
                }
                fact.prior_extreme = extreme;
                fact.prior_extreme_ends.clear();
                for (const Entry* other : others) {
                    if ((high ? other->bar.high.raw() : other->bar.low.raw()) == extreme) {
                        fact.prior_extreme_ends.push_back(other->start + length_of(bar.timeframe));
                    }
                }
                told_price = mine;
                tell(type, high ? Direction::Up : Direction::Down, mine, fact.volume_multiplier);
            }
        }
        fact.prior_extreme = 0;
        fact.prior_extreme_ends.clear();

        // trend: of the last five bars, so an older bar that comes again or late has none
        const bool newest = series.entries.empty() || start > series.entries.back().start;
        if (newest && before.size() >= 4) {
            std::array<const Bar*, 5> five{&bar};
            for (std::size_t i = 1; i < 5; ++i) {
                five[i] = &before[before.size() - i]->bar;
            }
            int ups = 0;
            int downs = 0;
            int128 sum = 0;
            for (const Bar* one : five) {
                ups += sign_of(*one) > 0 ? 1 : 0;
                downs += sign_of(*one) < 0 ? 1 : 0;
                sum += percent_e15(*one);
            }
            const int128 twice = int128{2} * least * 1'000'000'000;
            const Direction direction = ups >= 4 && sum > 0 && sum >= twice      ? Direction::Up
                                        : downs >= 4 && sum < 0 && -sum >= twice ? Direction::Down
                                                                                 : Direction::None;
            if (direction != Direction::None && direction != series.told_trend &&
                may_tell(EventType::Trend)) {
                series.told_trend = direction;
                tell(EventType::Trend, direction, bar.close.raw(),
                     std::fabs(static_cast<double>(sum) / 1e15));
            }
        }
    }

    static std::vector<const Entry*> pointers(const std::vector<Entry>& entries) {
        std::vector<const Entry*> result;
        for (const Entry& entry : entries) {
            result.push_back(&entry);
        }
        return result;
    }

    static std::vector<const Entry*> bars_before(const Series& series, std::int64_t start) {
        std::vector<const Entry*> result;
        for (const Entry& entry : series.entries) {
            if (entry.start < start) {
                result.push_back(&entry);
            }
        }
        if (result.size() > 20) {
            result.erase(result.begin(), result.end() - 20);
        }
        return result;
    }

    std::optional<Average> average_of(const Bar& bar, const std::vector<const Entry*>& before) {
        story_.percent_given += bar.has_percent_change ? 1U : 0U;
        story_.average_given += bar.has_average_volume ? 1U : 0U;
        Average average;
        if (bar.has_average_volume) {
            average.sum = bar.average_volume.raw();
        } else if (before.size() >= settings_.bars.min_average_bars) {
            const std::size_t n = std::min<std::size_t>(before.size(), settings_.bars.average_bars);
            average.n = static_cast<int128>(n);
            for (std::size_t i = before.size() - n; i < before.size(); ++i) {
                average.sum += before[i]->bar.volume.raw();
            }
        }
        if (average.sum == 0) {
            ++story_.no_average;
            return std::nullopt;
        }
        return average;
    }

    bool far_enough(int128 delta, std::int64_t from) const {
        const int128 million = 1'000'000;
        const HighLowSettings& gate = settings_.high_low;
        const int128 multiplier = gate.multiplier[static_cast<std::size_t>(session_.period)];
        return delta * 1000 >= gate.min_price_change * multiplier &&
               delta * 100 * million * million >= gate.min_percent_change * multiplier * from;
    }

    /// A high or low that trades of the session had reached is corroboration (SPEC 9).
    void publish(BarFact fact, const Bar& bar) {
        if (fact.type == EventType::High || fact.type == EventType::Low) {
            const bool high = fact.type == EventType::High;
            const bool known =
                std::any_of(trades_.begin(), trades_.end(), [&](const HighLowTrade& trade) {
                    return trade.session == session_.number &&
                           (high ? trade.price >= bar.high.raw() : trade.price <= bar.low.raw());
                });
            if (known) {
                ++story_.known_from_trades;
                return;
            }
        }
        std::string parts = symbol_ + "|" + std::string(to_string(fact.type)) + "|" +
                            word_of(fact.timeframe) + "|ohlcv|" +
                            std::string(to_string(fact.direction)) + "|" + std::to_string(fact.ts);
        parts += "|" + std::to_string(told_ids_[parts]++);
        fact.id = xxh64(parts);
        std::int64_t& newest_ts = newest_ts_[fact.type];
        fact.behind = fact.ts < newest_ts;
        newest_ts = std::max(newest_ts, fact.ts);
        out_.facts.push_back(fact);
    }

    const std::string symbol_;
    const PipelineSettings& settings_;
    BarRun& out_;
    BarStory& story_;
    std::map<Timeframe, Series> series_;
    std::vector<HighLowTrade> trades_;
    std::map<std::string, int> told_ids_;
    std::map<EventType, std::int64_t> newest_ts_;
    Session session_;
    std::int64_t trade_session_ = 0;
    bool halted_ = false;
    bool resume_announced_ = false;
    std::int64_t clock_ = 0;
    std::uint64_t sequence_ = 0;
};

}  // namespace

Session bar_session_at(std::int64_t ts_ns, TradingCalendar::Kind calendar) {
    if (calendar == TradingCalendar::Kind::Continuous) {
        const std::int64_t day = ts_ns / day_ns;
        return {TradingSession::Regular, MarketPeriod::Base, day * 8 + 1, (day + 1) * day_ns};
    }
    return us_session_at(ts_ns);
}

BarRun bar_events_of(const Tape& tape, const PipelineSettings& settings) {
    BarRun run;
    std::vector<SymbolBars> symbols;
    for (const std::string& symbol : tape.symbols) {
        symbols.emplace_back(symbol, settings, run);
    }
    std::int64_t clock = INT64_MIN;
    for (std::size_t i = 0; i < tape.records.size(); ++i) {
        const RecordHeader& header = tape.records[i].header();
        clock = std::max(clock, to_ns(header.ts_recv) - tape.delay.count());
        symbols[header.symbol.value()].on_record(tape.records[i], clock, i + 1);
    }
    return run;
}

}  // namespace tickstock::naive

// Bar events (SPEC 7.5) of the engine against the naive oracle (tests/support/naive_bars.hpp), on
// random bars and on recorded ones: the same events, field by field and in the same order, whatever
// the batches and the shards.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "regression/random_tape.hpp"
#include "support/engine_run.hpp"
#include "support/naive_bars.hpp"

namespace tickstock::naive {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t day = 24 * 60 * minute;

PipelineSettings bars_alone(TradingCalendar::Kind calendar = TradingCalendar::Kind::UsEquities) {
    PipelineSettings settings = detectors_off();
    settings.bars.enabled = true;
    settings.calendar = calendar;
    return settings;
}

// ---------------------------------------------------------------- comparing

std::string compare(const BarFact& fact, const Event& event, const std::string& symbol) {
    const Detection& detection = event.detection;
    Comparison comparison;
    comparison.field("symbol", fact.symbol, symbol);
    comparison.field("type", to_string(fact.type), to_string(detection.type));
    comparison.field("direction", to_string(fact.direction), to_string(detection.direction));
    comparison.field("timeframe", to_string(fact.timeframe), to_string(detection.timeframe));
    comparison.field("source", to_string(SourceKind::Ohlcv), to_string(detection.source));
    comparison.field("session", to_string(fact.session), to_string(detection.session));
    comparison.field("fire", fact.fire, to_ns(detection.key.fire));
    comparison.field("sequence", fact.sequence, detection.key.sequence.value());
    comparison.field("phase", 1, int{detection.key.phase});
    comparison.field("rank", static_cast<int>(EventRank::Bar),
                     static_cast<int>(detection.key.rank));
    comparison.field("ts", fact.ts, to_ns(detection.ts));
    comparison.field("price", fact.price, detection.price.raw());
    comparison.field("volume", fact.volume, detection.volume.raw());
    comparison.number("confidence", 1, detection.confidence);
    if (fact.type == EventType::Trend) {
        // A sum of five quotients: exact to a few units of the ninth decimal.
        comparison.field("score", true, std::fabs(fact.score - detection.score) < 3e-9);
    } else {
        comparison.number("score", fact.score, detection.score);
    }
    comparison.field("id", fact.id, event.id);
    comparison.field("rev", 0U, event.revision);
    comparison.field("corroborated_by", 0, int{event.corroborated_by});
    comparison.field("suppressed", 0, int{event.suppressed});
    const auto* data = std::get_if<BarData>(&detection.data);
    if (data == nullptr) {
        return comparison.text() + "  no bar data\n";
    }
    comparison.number("percent_change", fact.percent_change, data->percent_change);
    comparison.number("volume_multiplier", fact.volume_multiplier, data->volume_multiplier);
    const Evidence& evidence = detection.evidence;
    comparison.field("source_sequence", fact.source_sequence, evidence.source_sequence);
    comparison.field("period", to_string(fact.period), to_string(evidence.period));
    comparison.field("prior_extreme", fact.prior_extreme, evidence.prior_extreme.raw());
    const auto& ends = fact.prior_extreme_ends;
    const std::int64_t prior_ts = to_ns(evidence.prior_extreme_ts);
    if (ends.empty() ? prior_ts != 0
                     : std::find(ends.begin(), ends.end(), prior_ts) == ends.end()) {
        comparison.field("prior_extreme_ts", ends.empty() ? 0 : ends.front(), prior_ts);
    }
    comparison.field("thresholds told", true, !evidence.thresholds.items().empty());
    comparison.field("rule_version told", true, *evidence.rule_version != '\0');
    return comparison.text();
}

std::string name_of(const BarFact& fact) {
    return std::string(to_string(fact.timeframe)) + " " + std::string(to_string(fact.type)) +
           " of " + fact.symbol + " at " + std::to_string(fact.ts) + ", sequence " +
           std::to_string(fact.sequence);
}

std::string name_of(const Event& event, const std::string& symbol) {
    const Detection& detection = event.detection;
    return std::string(to_string(detection.timeframe)) + " " +
           std::string(to_string(detection.type)) + " of " + symbol + " at " +
           std::to_string(to_ns(detection.ts)) + ", sequence " +
           std::to_string(detection.key.sequence.value());
}

/// The first difference in words; empty when there is none. Control events are not compared.
std::string first_difference(const std::vector<BarFact>& facts, const EngineRun& run) {
    std::size_t at = 0;
    std::set<std::uint64_t> ids;
    for (std::size_t i = 0; i < run.events.size(); ++i) {
        if (run.events[i].detection.type == EventType::Control) {
            continue;
        }
        if (at == facts.size()) {
            return "only the engine has " + name_of(run.events[i], run.symbols[i]);
        }
        std::string text = compare(facts[at], run.events[i], run.symbols[i]);
        if (!ids.insert(run.events[i].id).second) {
            text += "  id: given before\n";
        }
        if (!text.empty()) {
            return "event " + std::to_string(at) + ", oracle's " + name_of(facts[at]) +
                   ", engine's " + name_of(run.events[i], run.symbols[i]) + ":\n" + text;
        }
        ++at;
    }
    return at == facts.size() ? "" : "only the oracle has " + name_of(facts[at]);
}

std::string line_of(const Record& record, const Tape& tape, TradingCalendar::Kind calendar) {
    std::ostringstream out;
    const RecordHeader& header = record.header();
    const Session session = bar_session_at(to_ns(header.ts_event), calendar);
    out << to_string(record.kind()) << " " << tape.symbols[header.symbol.value()] << " ts "
        << to_ns(header.ts_event) / second << " " << to_string(session.name) << " "
        << to_string(session.period);
    if (record.kind() == RecordKind::Bar) {
        const Bar& bar = record.bar();
        out << " " << to_string(bar.timeframe) << " o " << bar.open.raw() << " h " << bar.high.raw()
            << " l " << bar.low.raw() << " c " << bar.close.raw() << " v " << bar.volume.raw();
        if (bar.has_percent_change) {
            out << " percent " << bar.percent_change_micro;
        }
        if (bar.has_average_volume) {
            out << " average " << bar.average_volume.raw();
        }
    } else if (record.kind() == RecordKind::Trade) {
        out << " p " << record.trade().price.raw();
    } else if (record.kind() == RecordKind::TradingStatus) {
        out << " action " << static_cast<int>(record.status().action);
    }
    return out.str();
}

std::string text_of(const Tape& tape, TradingCalendar::Kind calendar) {
    std::string text;
    for (std::size_t i = 0; i < tape.records.size(); ++i) {
        text += std::to_string(i + 1) + ": " + line_of(tape.records[i], tape, calendar) + "\n";
    }
    return text;
}

// ---------------------------------------------------------------- random bars

/// A random run of bars of a few symbols. Thresholds are hit exactly, just missed and passed.
class BarTapeMaker {
public:
    BarTapeMaker(std::uint64_t seed, std::vector<Timeframe> timeframes, bool with_trades)
        : timeframes_(std::move(timeframes)), with_trades_(with_trades) {
        Dice dice(seed);
        static const char* const names[] = {"ZED", "ABC", "MID"};
        static constexpr std::int64_t borders[] = {3 * 60 + 55, 4 * 60,  9 * 60 + 10, 9 * 60 + 30,
                                                   12 * 60,     15 * 60, 15 * 60 + 50};
        const std::size_t first_day = dice.below(trading_days().size());
        now_ = (trading_days()[first_day].noon - 12 * 3600) * second + dice.pick(borders) * minute;
        for (std::size_t i = 0; i < 1 + dice.below(3); ++i) {
            tape_.symbols.emplace_back(names[i]);
            Walk walk;
            walk.price = dice.one_in(2) ? 100'000'000'000 : 20'000'000'000;
            walk.base = walk.high = walk.low = walk.price;
            walk.cursor = walk.day_cursor = now_;
            walks_.push_back(walk);
        }
    }

    void add(std::uint64_t word) {
        Dice dice(word);
        const std::size_t symbol = dice.below(walks_.size());
        const std::size_t what = dice.below(100);
        if (with_trades_ && what < 3) {
            status(dice, symbol);
        } else if (with_trades_ && what < 25) {
            trade(dice, symbol);
        } else {
            bar(dice, symbol);
        }
    }

    Tape take() { return std::move(tape_); }

private:
    struct Walk {
        std::int64_t base = 0;
        std::int64_t price = 0;  // last close
        std::int64_t high = 0;
        std::int64_t low = 0;
        std::int64_t cursor = 0;
        std::int64_t day_cursor = 0;
        int mood = 0;
    };

    static std::int64_t length_of(Timeframe timeframe) {
        switch (timeframe) {
            case Timeframe::Minute1: return minute;
            case Timeframe::Minute5: return 5 * minute;
            case Timeframe::Minute15: return 15 * minute;
            case Timeframe::Hour1: return 60 * minute;
            default: return day;
        }
    }

    RecordHeader header(std::size_t symbol, std::int64_t ts, SourceKind source) {
        RecordHeader result;
        result.symbol = SymbolId(static_cast<std::uint32_t>(symbol));
        result.source_kind = source;
        result.source_sequence = tape_.records.size() + 7;
        result.ts_event = unix_nanos(ts);
        result.ts_recv = unix_nanos(now_);
        return result;
    }

    void bar(Dice& dice, std::size_t symbol) {
        Walk& walk = walks_[symbol];
        const Timeframe timeframe = timeframes_[dice.below(timeframes_.size())];
        const std::int64_t length = length_of(timeframe);
        std::int64_t& cursor = timeframe == Timeframe::Day1 ? walk.day_cursor : walk.cursor;
        std::int64_t start = 0;
        if (dice.one_in(7)) {  // an earlier bar again, or one that was left out
            const auto back =
                static_cast<std::int64_t>(dice.one_in(4) ? 15 + dice.below(15) : dice.below(6));
            start = cursor - back * length;
        } else {
            static constexpr std::int64_t steps[] = {1, 1, 1, 1, 1, 1, 1, 2, 3};
            cursor += dice.one_in(90) ? 6 * 60 * minute : dice.pick(steps) * length;
            start = cursor;
        }
        start -= start % length;
        now_ = std::max(now_, start + std::min(length, 60 * minute)) +
               static_cast<std::int64_t>(dice.below(2)) * second;

        if (dice.one_in(10)) {
            static constexpr int moods[] = {0, 1, 1, -1, -1};
            walk.mood = dice.pick(moods);
        }
        Bar bar;
        bar.header = header(symbol, start, SourceKind::Ohlcv);
        bar.timeframe = timeframe;
        // Opens are multiples of ten cents, so that percents with six digits are met exactly.
        const std::int64_t open = dice.one_in(3) ? walk.price - walk.price % 1'000'000'000
                                                 : walk.price - walk.price % 100'000'000;
        static constexpr std::int64_t moves[] = {
            0,         0,         50'000,    100'000,   100'000,  100'000, 150'000,
            249'999,   250'000,   250'001,   499'999,   500'000,  500'001, 750'000,
            1'000'000, 1'499'999, 1'500'000, 1'999'999, 2'000'000};
        std::int64_t move = dice.one_in(3) ? dice.pick(moves) : moves[dice.below(8)];
        move *= walk.mood != 0 && !dice.one_in(5) ? walk.mood : dice.one_in(2) ? 1 : -1;
        const std::int64_t close = open + open / 100'000'000 * move;
        bar.open = Price::from_raw(open);
        bar.close = Price::from_raw(close);
        bar.high = Price::from_raw(std::max({open, close, extreme(dice, walk.high, 1)}));
        bar.low = Price::from_raw(
            std::max<std::int64_t>(1, std::min({open, close, extreme(dice, walk.low, -1)})));
        static constexpr std::int64_t volumes[] = {100, 100, 100, 100, 100, 149, 150,  151,
                                                   299, 300, 301, 500, 0,   50,  1'000};
        bar.volume = Size::from_shares(dice.one_in(2) ? 100 : dice.pick(volumes));
        if (dice.one_in(12)) {
            bar.has_percent_change = true;
            bar.percent_change_micro = move;
        }
        if (dice.one_in(6)) {
            static constexpr std::int64_t averages[] = {0, 50, 100, 100, 200};
            bar.has_average_volume = true;
            bar.average_volume = Size::from_shares(dice.pick(averages));
        }
        // Not far away, so that the sanity guard lets all trades pass.
        walk.price = std::abs(close - walk.base) > walk.base / 25 ? walk.base : close;
        walk.high = std::max(walk.high, bar.high.raw());
        walk.low = std::min(walk.low, bar.low.raw());
        if (walk.high - walk.low > walk.price / 20 || dice.one_in(40)) {
            walk.high = walk.low = walk.price;
        }
        tape_.records.emplace_back(bar);
    }

    static std::int64_t extreme(Dice& dice, std::int64_t level, std::int64_t sign) {
        const std::int64_t per_mille = (level + 999) / 1000;
        const std::int64_t steps[] = {1,
                                      10'000'000,
                                      9'999'999,
                                      20'000'000,
                                      per_mille,
                                      per_mille - 1,
                                      per_mille * 3 / 2,
                                      per_mille * 2,
                                      per_mille * 3};
        return dice.one_in(2) ? level - sign * level / 50 : level + sign * dice.pick(steps);
    }

    void trade(Dice& dice, std::size_t symbol) {
        Walk& walk = walks_[symbol];
        const std::int64_t ts = walk.cursor;
        if (bar_session_at(ts, TradingCalendar::Kind::UsEquities).name != TradingSession::Regular) {
            return;  // the guard is narrow outside regular
        }
        now_ = std::max(now_, ts);
        Trade trade;
        trade.header = header(symbol, ts, SourceKind::Tick);
        static constexpr std::int64_t offsets[] = {0, 1, -1, 100'000'000, -100'000'000};
        const std::int64_t level = dice.one_in(2) ? walk.high : walk.low;
        trade.price = Price::from_raw(level + dice.pick(offsets));
        trade.size = Size::from_shares(100);
        if (dice.one_in(4)) {
            trade.conditions.add(37);  // an odd lot: volume only
        }
        tape_.records.emplace_back(trade);
    }

    void status(Dice& dice, std::size_t symbol) {
        using Action = TradingStatus::Action;
        static constexpr Action actions[] = {Action::Halt, Action::Pause, Action::Resume,
                                             Action::Resume, Action::Resume};
        TradingStatus status;
        status.header = header(symbol, walks_[symbol].cursor, SourceKind::Tick);
        status.action = dice.pick(actions);
        tape_.records.emplace_back(status);
    }

    const std::vector<Timeframe> timeframes_;
    const bool with_trades_;
    Tape tape_;
    std::vector<Walk> walks_;
    std::int64_t now_ = 0;
};

// ---------------------------------------------------------------- checking

using Counts = std::map<std::string, std::uint64_t>;

void add_to(Counts& counts, const BarRun& run) {
    for (const char* type : {"surge", "high", "low", "trend"}) {
        for (const char* direction : {"up", "down"}) {
            if (std::string(type) == "high" ? *direction == 'd'
                                            : type[0] == 'l' && *direction == 'u') {
                continue;
            }
            counts[std::string(type) + " " + direction] += 0;
        }
    }
    for (const BarFact& fact : run.facts) {
        ++counts[std::string(to_string(fact.type)) + " " + std::string(to_string(fact.direction))];
    }
    const BarStory& story = run.story;
    counts["revisions"] += story.revisions;
    counts["emitted by a revision"] += story.emitted_by_revision;
    counts["kept quiet by an earlier version"] += story.kept_quiet;
    counts["inserted"] += story.inserted;
    counts["late bars"] += story.late_bar;
    counts["no average"] += story.no_average;
    counts["average given"] += story.average_given;
    counts["percent given"] += story.percent_given;
    counts["gated"] += story.gated;
    counts["extremes taken back"] += story.stepped_back;
    counts["surge by a double move"] += story.surge_by_double_move;
}

/// More tapes than RapidCheck's hundred, unless RC_PARAMS says otherwise.
[[maybe_unused]] const int more_tapes = setenv("RC_PARAMS", "max_success=600", 0);

void check_tapes(const std::vector<Timeframe>& timeframes, bool with_trades,
                 TradingCalendar::Kind calendar, Counts& counts, std::uint64_t least) {
    const PipelineSettings settings = bars_alone(calendar);
    BarStory sum;
    const bool good = rc::check([&](std::uint64_t seed) {
        const auto words = *rc::gen::scale(10.0, rc::gen::container<std::vector<std::uint64_t>>(
                                                     rc::gen::arbitrary<std::uint64_t>()));
        BarTapeMaker maker(seed, timeframes, with_trades);
        for (const std::uint64_t word : words) {
            maker.add(word);
        }
        const Tape tape = maker.take();
        const BarRun expected = bar_events_of(tape, settings);
        const EngineRun one = run_engine(tape, settings, 1, seed, 1 + seed % 40);
        const std::string difference = first_difference(expected.facts, one);
        if (!difference.empty()) {
            RC_LOG() << difference << "\n" << text_of(tape, calendar);
            RC_FAIL();
        }
        RC_LOG() << text_of(tape, calendar);
        const Accounting& accounting = one.accounting;
        RC_ASSERT(accounting.intake.closes());
        RC_ASSERT(accounting.detectors.closes());
        RC_ASSERT(accounting.coordination.closes());
        RC_ASSERT(accounting.intake.dropped_for(Reason::Closed) == expected.story.closed);
        RC_ASSERT(accounting.intake.dropped_for(Reason::LateSession) ==
                  expected.story.late_session);
        RC_ASSERT(accounting.detectors.dropped_for(Reason::LateBar) == expected.story.late_bar);
        RC_ASSERT(accounting.coordination.dropped_total() == expected.story.known_from_trades);
        RC_ASSERT(run_engine(tape, settings, 3, seed + 3, 17).hash == one.hash);
        add_to(counts, expected);
        sum.muted += expected.story.muted;
        sum.known_from_trades += expected.story.known_from_trades;
        sum.closed += expected.story.closed;
        sum.late_session += expected.story.late_session;
        sum.session_changes += expected.story.session_changes;
    });
    EXPECT_TRUE(good);
    if (with_trades) {
        counts["muted by a halt"] = sum.muted;
        counts["known from trades"] = sum.known_from_trades;
    }
    if (timeframes.front() != Timeframe::Day1) {
        counts["session changes"] = sum.session_changes;
        counts["late for their session"] = sum.late_session;
        if (calendar == TradingCalendar::Kind::UsEquities) {
            counts["closed"] = sum.closed;
        }
    }
    if (timeframes.size() > 1) {  // too few bars of one timeframe in a session
        counts.erase("late bars");
        counts.erase("kept quiet by an earlier version");
    }
    if (timeframes.front() == Timeframe::Day1) {
        counts.erase("extremes taken back");
    }
    expect_all_seen(counts, least);
}

TEST(RandomBars, OfOneMinuteGiveTheOraclesEvents) {
    Counts counts;
    check_tapes({Timeframe::Minute1}, false, TradingCalendar::Kind::UsEquities, counts, 20);
}
TEST(RandomBars, OfAllIntradayTimeframesGiveTheOraclesEvents) {
    Counts counts;
    check_tapes({Timeframe::Minute5, Timeframe::Minute1, Timeframe::Minute15, Timeframe::Hour1},
                false, TradingCalendar::Kind::UsEquities, counts, 3);
}
TEST(RandomBars, OfAContinuousMarketGiveTheOraclesEvents) {
    Counts counts;
    check_tapes({Timeframe::Minute15, Timeframe::Hour1}, false, TradingCalendar::Kind::Continuous,
                counts, 20);
}
TEST(RandomBars, OfDaysGiveTheOraclesEvents) {
    Counts counts;
    check_tapes({Timeframe::Day1}, false, TradingCalendar::Kind::UsEquities, counts, 20);
}
TEST(RandomBars, BesideTradesAndHaltsGiveTheOraclesEvents) {
    Counts counts;
    check_tapes({Timeframe::Minute1, Timeframe::Minute1, Timeframe::Day1}, true,
                TradingCalendar::Kind::UsEquities, counts, 20);
}

// ---------------------------------------------------------------- recorded bars

/// Bars of several files merged by start, stable.
class RecordedBars {
public:
    void add(const std::string& symbol, const Bar& bar) {
        const auto [known, is_new] =
            ids_.try_emplace(symbol, static_cast<std::uint32_t>(ids_.size()));
        if (is_new) {
            tape_.symbols.push_back(symbol);
        }
        Bar numbered = bar;
        numbered.header.symbol = SymbolId(known->second);
        numbered.header.source_kind = SourceKind::Ohlcv;
        numbered.header.ts_recv = numbered.header.ts_event;
        tape_.records.emplace_back(numbered);
    }

    Tape take() {
        std::stable_sort(tape_.records.begin(), tape_.records.end(),
                         [](const Record& a, const Record& b) {
                             return a.header().ts_event < b.header().ts_event;
                         });
        return std::move(tape_);
    }

private:
    Tape tape_;
    std::map<std::string, std::uint32_t> ids_;
};

void check_recorded(const Tape& tape, std::size_t least_bars, const Counts& least) {
    ASSERT_GT(tape.records.size(), least_bars);
    const PipelineSettings settings = bars_alone();
    const BarRun expected = bar_events_of(tape, settings);
    const EngineRun one = run_engine(tape, settings, 1, 1, 5000);
    EXPECT_EQ(first_difference(expected.facts, one), "");
    EXPECT_EQ(run_engine(tape, settings, 3, 2, 777).hash, one.hash);
    EXPECT_EQ(one.accounting.intake.dropped_for(Reason::Closed), expected.story.closed);
    EXPECT_EQ(one.accounting.intake.dropped_for(Reason::LateSession), expected.story.late_session);
    EXPECT_EQ(one.accounting.detectors.dropped_for(Reason::LateBar), expected.story.late_bar);
    EXPECT_TRUE(one.accounting.detectors.closes());
    EXPECT_TRUE(one.accounting.coordination.closes());
    Counts counts;
    for (const BarFact& fact : expected.facts) {
        ++counts[std::string(to_string(fact.type))];
    }
    std::printf("  %zu bars of %zu symbols, %zu events\n", tape.records.size(), tape.symbols.size(),
                expected.facts.size());
    for (const auto& [what, count] : counts) {
        std::printf("  %s: %llu\n", what.c_str(), static_cast<unsigned long long>(count));
    }
    for (const auto& [what, count] : least) {
        EXPECT_GE(counts[what], count) << what;
    }
}

TEST(RecordedBars, OfTenNamesInTheYear2024GiveTheOraclesEvents) {
    RecordedBars bars;
    bool found = false;
    for (const char* name :
         {"AZO", "BKNG", "ERIE", "FDS", "FICO", "GWW", "LII", "MTD", "NDSN", "NVR"}) {
        const std::string path =
            recorded_path("sp500_1min_2024_gz/" + std::string(name) + "-2024-1min.csv.gz");
        for (const auto& row : read_table(path, ';')) {
            // date;timestamp;close;high;low;open;price;volume
            found = true;
            Bar bar;
            bar.header.ts_event = unix_nanos(std::stoll(row[1]) * 1'000'000);
            bar.close = Price::from_raw(fixed_point(row[2], 9));
            bar.high = Price::from_raw(fixed_point(row[3], 9));
            bar.low = Price::from_raw(fixed_point(row[4], 9));
            bar.open = Price::from_raw(fixed_point(row[5], 9));
            bar.volume = Size::from_raw(fixed_point(row[7], 6));
            bar.timeframe = Timeframe::Minute1;
            bars.add(name, bar);
        }
    }
    if (!found) {
        GTEST_SKIP() << "no recorded bars at " << recorded_path("sp500_1min_2024_gz");
    }
    check_recorded(bars.take(), 300'000,
                   {{"high", 1000}, {"low", 1000}, {"surge", 500}, {"trend", 500}});
}

TEST(RecordedBars, OfTheWholeMarketsDaysIn2015GiveTheOraclesEvents) {
    RecordedBars bars;
    bool found = false;
    for (int month = 3; month <= 6; ++month) {
        const std::string path =
            recorded_path("pystock/prices-2015-0" + std::to_string(month) + ".csv.gz");
        for (const auto& row : read_table(path, ',')) {
            // symbol,date,open,high,low,close,volume,adj_close
            found = true;
            const std::chrono::sys_days date =
                std::chrono::year(std::stoi(row[1].substr(0, 4))) /
                std::chrono::month(static_cast<unsigned>(std::stoi(row[1].substr(5, 2)))) /
                std::chrono::day(static_cast<unsigned>(std::stoi(row[1].substr(8, 2))));
            Bar bar;
            bar.header.ts_event = UnixNanos(date) + std::chrono::hours(5);
            bar.open = Price::from_raw(fixed_point(row[2], 9));
            bar.high = Price::from_raw(fixed_point(row[3], 9));
            bar.low = Price::from_raw(fixed_point(row[4], 9));
            bar.close = Price::from_raw(fixed_point(row[5], 9));
            bar.volume = Size::from_raw(fixed_point(row[6], 6));
            bar.timeframe = Timeframe::Day1;
            const bool sane = bar.low.raw() > 0 && bar.low <= std::min(bar.open, bar.close) &&
                              bar.high >= std::max(bar.open, bar.close) && row[0].size() <= 16;
            if (sane) {  // a source rejects the others by reason
                bars.add(row[0], bar);
            }
        }
    }
    if (!found) {
        GTEST_SKIP() << "no recorded bars at " << recorded_path("pystock");
    }
    check_recorded(bars.take(), 200'000,
                   {{"high", 10'000}, {"low", 10'000}, {"surge", 5000}, {"trend", 5000}});
}

TEST(RecordedBars, OfMinutesFoldedFromEveryPrintGiveTheOraclesEvents) {
    RecordedBars bars;
    bool found = false;
    for (const char* date : {"2013-10-07", "2013-10-08"}) {
        const std::string path =
            recorded_path("lean_flat/" + std::string(date) + ".minute_all.csv.gz");
        for (const auto& row : read_table(path, ',')) {
            // ticker,volume,open,close,high,low,window_start,transactions
            found = true;
            Bar bar;
            bar.volume = Size::from_raw(fixed_point(row[1], 6));
            bar.open = Price::from_raw(fixed_point(row[2], 9));
            bar.close = Price::from_raw(fixed_point(row[3], 9));
            bar.high = Price::from_raw(fixed_point(row[4], 9));
            bar.low = Price::from_raw(fixed_point(row[5], 9));
            bar.header.ts_event = unix_nanos(std::stoll(row[6]));
            bar.timeframe = Timeframe::Minute1;
            bars.add(row[0], bar);
        }
    }
    if (!found) {
        GTEST_SKIP() << "no recorded bars at " << recorded_path("lean_flat");
    }
    check_recorded(bars.take(), 4000, {{"high", 20}, {"low", 20}, {"surge", 1}});
}

}  // namespace
}  // namespace tickstock::naive

// The engine against the naive oracle (tests/support/naive_session_market.hpp): the same records
// in, the same events out, field by field and in the same order, whatever the batches and the
// shards.

#include <gtest/gtest.h>
#include <fmt/format.h>
#include <rapidcheck.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "base/decimal.hpp"
#include "detectors/second_bars.hpp"
#include "engine/multi_channel_system.hpp"
#include "intake/intake.hpp"
#include "publishing/event_stream.hpp"
#include "regression/random_tape.hpp"
#include "support/naive_session_market.hpp"

namespace tickstock::naive {
namespace {

// ---------------------------------------------------------------- running the engine

/// The oracle of this file knows highs and lows only.
PipelineSettings high_low_alone() {
    PipelineSettings settings;
    settings.trend.enabled = false;
    settings.surge.enabled = false;
    settings.bars.enabled = false;
    settings.valuation.enabled = false;
    return settings;
}

struct EngineRun {
    std::vector<Event> events;
    std::vector<std::string> symbols;  // of the events
    std::uint64_t hash = 0;
    Accounting accounting;
};

EngineRun run_engine(const Tape& tape, unsigned shards, std::uint64_t cut_seed,
                     std::size_t longest_batch) {
    auto created = MultiChannelSystem::create(high_low_alone(), shards);
    if (!created) {
        ADD_FAILURE() << "no system";
        return {};
    }
    MultiChannelSystem& system = **created;
    system.add_source(SourceId{0}, {tape.delay, false});
    Dice dice(cut_seed);
    EngineRun run;
    EventStream stream("e", {});
    std::uint32_t known_symbols = 0;
    for (std::size_t at = 0; at < tape.records.size();) {
        const std::size_t count = std::min(tape.records.size() - at, dice.below(longest_batch + 1));
        RecordBatch batch;
        for (std::size_t i = at; i < at + count; ++i) {
            batch.records.push_back(tape.records[i]);
            const std::uint32_t symbol = tape.records[i].header().symbol.value();
            for (; known_symbols <= symbol; ++known_symbols) {
                batch.new_symbols.emplace_back(tape.symbols[known_symbols]);
            }
        }
        at += count;
        std::vector<Event> events;
        system.process(batch, events);
        stream.append(events, system.symbols(), UnixNanos{});
        run.events.insert(run.events.end(), events.begin(), events.end());
    }
    std::vector<Event> events;
    system.finish(events);
    stream.append(events, system.symbols(), UnixNanos{});
    run.events.insert(run.events.end(), events.begin(), events.end());
    for (const Event& event : run.events) {
        run.symbols.emplace_back(system.symbols().text(event.detection.symbol).view());
    }
    run.hash = stream.hash();
    run.accounting = system.accounting();
    return run;
}

// ---------------------------------------------------------------- comparing

/// Equal as published: the same text of six decimals, or so close that only the last bit of the
/// computation can have moved it over a rounding edge.
bool same_number(double a, double b) {
    std::string left;
    std::string right;
    append_double(left, a);
    append_double(right, b);
    return left == right || std::fabs(a - b) <= 1e-12 * std::max(std::fabs(a), std::fabs(b));
}

class Comparison {
public:
    template <class T>
    void field(const char* name, const T& oracle, const T& engine) {
        if (!(oracle == engine)) {
            differences_ << "  " << name << ": oracle " << oracle << ", engine " << engine << "\n";
        }
    }
    void number(const char* name, double oracle, double engine) {
        if (!same_number(oracle, engine)) {
            differences_ << "  " << name << ": oracle " << oracle << ", engine " << engine << "\n";
        }
    }
    std::string text() const { return differences_.str(); }

private:
    std::ostringstream differences_;
};

std::string codes_text(const ConditionList& conditions) {
    std::string text;
    for (const unsigned code : conditions.codes()) {
        text += std::to_string(code) + " ";
    }
    return text;
}

void compare_high_low(Comparison& comparison, const HighLowData& a, const HighLowData& b) {
    comparison.field("session_high", a.session_high.raw(), b.session_high.raw());
    comparison.field("session_low", a.session_low.raw(), b.session_low.raw());
    comparison.field("has_vwap", a.has_vwap, b.has_vwap);
    comparison.field("previous_high", a.previous_high.raw(), b.previous_high.raw());
    comparison.field("previous_low", a.previous_low.raw(), b.previous_low.raw());
    comparison.field("count_up", a.count_up, b.count_up);
    comparison.field("count_down", a.count_down, b.count_down);
    comparison.field("coalesced", a.coalesced, b.coalesced);
    comparison.field("reversal", to_string(a.reversal), to_string(b.reversal));
    comparison.field("trend_flag", to_string(a.trend_flag), to_string(b.trend_flag));
    comparison.field("surge_flag", to_string(a.surge_flag), to_string(b.surge_flag));
    comparison.field("cancelled", a.cancelled, b.cancelled);
    comparison.number("percent_change", a.percent_change, b.percent_change);
    comparison.number("rel_volume", a.rel_volume, b.rel_volume);
    comparison.number("significance", a.significance, b.significance);
    if (a.has_vwap && b.has_vwap) {
        comparison.number("vwap", a.vwap, b.vwap);
        comparison.number("vwap_divergence", a.vwap_divergence, b.vwap_divergence);
    }
}

std::string thresholds_text(const ThresholdList& thresholds) {
    std::string text;
    for (const auto& [name, value] : thresholds.items()) {
        text += fmt::format("{} {} ", name, value);
    }
    return text;
}

void compare_evidence(Comparison& comparison, const Evidence& a, const Evidence& b) {
    comparison.field("trade_id", a.trade_id.view(), b.trade_id.view());
    comparison.field("source_sequence", a.source_sequence, b.source_sequence);
    comparison.field("conditions", codes_text(a.conditions), codes_text(b.conditions));
    comparison.field("exchange", int{a.exchange}, int{b.exchange});
    comparison.field("prior_extreme", a.prior_extreme.raw(), b.prior_extreme.raw());
    comparison.field("prior_extreme_ts", to_ns(a.prior_extreme_ts), to_ns(b.prior_extreme_ts));
    comparison.field("period", to_string(a.period), to_string(b.period));
    comparison.field("thresholds", thresholds_text(a.thresholds), thresholds_text(b.thresholds));
    comparison.field("rule_version", std::string_view(a.rule_version),
                     std::string_view(b.rule_version));
    comparison.field("configured", a.configured, b.configured);
}

std::string compare(const Fact& fact, const Event& event, const std::string& symbol) {
    const Detection& detection = event.detection;
    Comparison comparison;
    comparison.field("symbol", fact.symbol, symbol);
    comparison.field("type", to_string(fact.type), to_string(detection.type));
    comparison.field("direction", to_string(fact.direction), to_string(detection.direction));
    comparison.field("fire", fact.fire, to_ns(detection.key.fire));
    comparison.field("sequence", fact.sequence, detection.key.sequence.value());
    comparison.field("phase", fact.phase, int{detection.key.phase});
    comparison.field("ts", fact.ts, to_ns(detection.ts));
    comparison.field("session", to_string(fact.session), to_string(detection.session));
    comparison.field("source", to_string(SourceKind::Tick), to_string(detection.source));
    comparison.field("id", fact.id, event.id);
    comparison.field("rev", fact.revision, event.revision);
    comparison.number("confidence", 1, detection.confidence);
    const auto* data = std::get_if<HighLowData>(&detection.data);
    if (fact.type == EventType::Control) {
        const auto* control = std::get_if<ControlData>(&detection.data);
        if (control == nullptr) {
            return "  no control data\n";
        }
        comparison.field("kind", fact.control_kind, std::string(to_string(control->kind)));
        comparison.field("priority", 1, int{event.priority});
    } else if (data == nullptr) {
        return comparison.text() + "  no high/low data\n";
    } else {
        comparison.field("price", fact.price, detection.price.raw());
        comparison.field("volume", fact.volume, detection.volume.raw());
        comparison.field("priority", 2, int{event.priority});
        comparison.number("score", fact.data.significance, detection.score);
        compare_high_low(comparison, fact.data, *data);
        compare_evidence(comparison, fact.evidence, detection.evidence);
    }
    return comparison.text();
}

std::string name_of(EventType type, std::int64_t ts, const std::string& symbol) {
    return std::string(to_string(type)) + " of " + symbol + " at " + std::to_string(ts);
}

/// The first difference of the two runs, in words; empty when there is none.
std::string first_difference(const std::vector<Fact>& facts, const EngineRun& run) {
    const std::size_t common = std::min(facts.size(), run.events.size());
    for (std::size_t i = 0; i < common; ++i) {
        const std::string text = compare(facts[i], run.events[i], run.symbols[i]);
        if (!text.empty()) {
            const Detection& detection = run.events[i].detection;
            return "event " + std::to_string(i) + ", oracle's " +
                   name_of(facts[i].type, facts[i].ts, facts[i].symbol) + ", engine's " +
                   name_of(detection.type, to_ns(detection.ts), run.symbols[i]) + ":\n" + text;
        }
    }
    if (facts.size() > common) {
        return "only the oracle has event " + std::to_string(common) + ": " +
               name_of(facts[common].type, facts[common].ts, facts[common].symbol);
    }
    if (run.events.size() > common) {
        const Detection& detection = run.events[common].detection;
        return "only the engine has event " + std::to_string(common) + ": " +
               name_of(detection.type, to_ns(detection.ts), run.symbols[common]);
    }
    return "";
}

// ---------------------------------------------------------------- what a failing tape looks like

std::string line_of(const Record& record, const Tape& tape) {
    std::ostringstream out;
    const RecordHeader& header = record.header();
    const Session session = session_at(to_ns(header.ts_event));
    out << to_string(record.kind()) << " " << tape.symbols[header.symbol.value()] << " ts "
        << to_ns(header.ts_event) << " recv " << to_ns(header.ts_recv) << " "
        << to_string(session.name) << " " << to_string(session.period);
    if (record.kind() == RecordKind::Trade) {
        const Trade& trade = record.trade();
        std::string price;
        append_decimal(price, trade.price.raw(), Price::decimals);
        out << " p " << price << " size " << trade.size.raw() << " id " << trade.id.view() << " x "
            << int{trade.exchange} << " corr " << int{trade.correction} << " c "
            << codes_text(trade.conditions);
        if (trade.ts_execution != time_unknown) {
            out << " exec " << to_ns(trade.ts_execution - header.ts_event.time_since_epoch());
        }
    } else if (record.kind() == RecordKind::TradingStatus) {
        out << " action " << static_cast<int>(record.status().action);
    }
    return out.str();
}

std::string text_of(const Tape& tape) {
    std::string text = "delay " + std::to_string(tape.delay.count()) + "\n";
    for (std::size_t i = 0; i < tape.records.size(); ++i) {
        text += std::to_string(i + 1) + ": " + line_of(tape.records[i], tape) + "\n";
    }
    return text;
}

std::map<std::string, std::uint64_t>& seen() {
    static std::map<std::string, std::uint64_t> counts;
    return counts;
}

void count_seen(const std::vector<Fact>& facts) {
    for (const Fact& fact : facts) {
        ++seen()[std::string(to_string(fact.type)) + fact.control_kind];
        seen()["revision"] += fact.revises ? 1 : 0;
        seen()["by deadline"] += fact.phase == 0 ? 1 : 0;
        seen()["coalesced"] += fact.data.coalesced > 1 ? 1 : 0;
        ++seen()["reversal " + std::string(to_string(fact.data.reversal))];
    }
}

/// More tapes than RapidCheck's hundred, unless RC_PARAMS says otherwise.
[[maybe_unused]] const int more_tapes = setenv("RC_PARAMS", "max_success=1000", 0);

void check_tapes(Flavour flavour) {
    seen().clear();
    const bool good = rc::check([flavour](std::uint64_t seed) {
        const auto words = *rc::gen::scale(10.0, rc::gen::container<std::vector<std::uint64_t>>(
                                                     rc::gen::arbitrary<std::uint64_t>()));
        const Tape tape = random_tape(flavour, seed, words);
        const std::vector<Fact> facts = events_of(tape, PipelineSettings{});
        const EngineRun one = run_engine(tape, 1, seed, 1 + seed % 40);
        const std::string difference = first_difference(facts, one);
        if (!difference.empty()) {
            RC_LOG() << difference << text_of(tape);
            RC_FAIL();
        }
        RC_ASSERT(one.accounting.intake.closes());
        RC_ASSERT(one.accounting.detectors.closes());
        RC_ASSERT(one.accounting.coordination.closes());
        for (const unsigned shards : {2U, 3U, 8U}) {
            RC_ASSERT(run_engine(tape, shards, seed + shards, 17).hash == one.hash);
        }
        count_seen(facts);
    });
    EXPECT_TRUE(good);
    for (const auto& [what, count] : seen()) {
        std::printf("  %s: %llu\n", what.c_str(), static_cast<unsigned long long>(count));
    }
}

TEST(RandomTapes, OfFilesGiveTheOraclesEvents) {
    check_tapes(Flavour::File);
    EXPECT_GT(seen()["high"], 0U);
    EXPECT_GT(seen()["low"], 0U);
}
TEST(RandomTapes, OfLiveFeedsAheadOfTheClockGiveTheOraclesEvents) {
    check_tapes(Flavour::Live);
    EXPECT_GT(seen()["by deadline"], 0U);
}
TEST(RandomTapes, AroundTheCooldownGiveTheOraclesEvents) {
    check_tapes(Flavour::Cooldown);
    EXPECT_GT(seen()["by deadline"], 0U);
    EXPECT_GT(seen()["coalesced"], 0U);
}
TEST(RandomTapes, OfAbsurdPricesGiveTheOraclesEvents) {
    check_tapes(Flavour::Guard);
    EXPECT_GT(seen()["high"], 0U);
}
TEST(RandomTapes, OfCorrectionsGiveTheOraclesEvents) {
    check_tapes(Flavour::Corrections);
    EXPECT_GT(seen()["revision"], 0U);
}
TEST(RandomTapes, AcrossSessionBordersGiveTheOraclesEvents) {
    check_tapes(Flavour::Borders);
    EXPECT_GT(seen()["by deadline"], 0U);
}
TEST(RandomTapes, OfHaltsGiveTheOraclesEvents) {
    check_tapes(Flavour::Halts);
    EXPECT_GT(seen()["controlhalt"], 0U);
    EXPECT_GT(seen()["controlresume"], 0U);
}

// ---------------------------------------------------------------- recorded days

std::string recorded(const std::string& name) {
    const char* folder = std::getenv("TICKSTOCK_TEST_DATA");
    const std::string base = folder != nullptr ? folder : TICKSTOCK_SOURCE_DIR "/../shared/data";
    return base + "/lean_flat/" + name;
}

/// The rows of a gzipped CSV file, quotes resolved, header left out.
std::vector<std::vector<std::string>> read_rows(const std::string& path) {
    std::vector<std::vector<std::string>> rows;
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) {
        return rows;
    }
    std::array<char, 4096> line{};
    bool header = true;
    while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
        if (std::exchange(header, false)) {
            continue;
        }
        std::vector<std::string> cells(1);
        bool quoted = false;
        for (const char* c = line.data(); *c != '\0' && *c != '\n' && *c != '\r'; ++c) {
            if (*c == '"') {
                quoted = !quoted;
            } else if (*c == ',' && !quoted) {
                cells.emplace_back();
            } else {
                cells.back().push_back(*c);
            }
        }
        rows.push_back(std::move(cells));
    }
    gzclose(file);
    return rows;
}

/// "167.4150" -> 167415000000 for nine decimals. The files hold plain decimals only.
std::int64_t fixed(const std::string& text, std::size_t decimals) {
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string digits = text.substr(0, point);
    std::string fraction = point < text.size() ? text.substr(point + 1) : "";
    fraction.resize(decimals, '0');
    return std::stoll(digits + fraction);
}

Tape read_trades(const std::string& day) {
    Tape tape;
    std::map<std::string, std::uint32_t> ids;
    for (const auto& row : read_rows(recorded(day + ".trades.csv.gz"))) {
        // ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,
        // sip_timestamp,size,…
        const auto [known, is_new] =
            ids.try_emplace(row[0], static_cast<std::uint32_t>(ids.size()));
        if (is_new) {
            tape.symbols.push_back(row[0]);
        }
        Trade trade;
        trade.header.symbol = SymbolId(known->second);
        trade.header.ts_event = unix_nanos(std::stoll(row[8]));
        trade.header.ts_recv = trade.header.ts_event;
        trade.header.source_sequence = std::stoull(row[7]);
        trade.ts_execution = unix_nanos(std::stoll(row[5]));
        trade.price = Price::from_raw(fixed(row[6], 9));
        trade.size = Size::from_raw(fixed(row[9], 6));
        trade.correction = static_cast<std::uint8_t>(std::stoi(row[2]));
        trade.exchange = static_cast<std::uint8_t>(std::stoi(row[3]));
        trade.id = TradeId(row[4]);
        std::istringstream codes(row[1]);
        for (std::string code; std::getline(codes, code, ',');) {
            trade.conditions.add(static_cast<unsigned>(std::stoul(code)));
        }
        tape.records.emplace_back(trade);
    }
    return tape;
}

class RecordedDay : public ::testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(recorded(std::string(GetParam()) + ".trades.csv.gz"))) {
            GTEST_SKIP() << "no recorded trades at " << recorded(GetParam());
        }
    }
};

TEST_P(RecordedDay, GivesTheOraclesEvents) {
    const Tape tape = read_trades(GetParam());
    ASSERT_GT(tape.records.size(), 300'000U);
    const std::vector<Fact> facts = events_of(tape, PipelineSettings{});
    EXPECT_GT(facts.size(), 20U);
    const EngineRun one = run_engine(tape, 1, 1, 5000);
    EXPECT_EQ(first_difference(facts, one), "");
    EXPECT_EQ(run_engine(tape, 3, 2, 777).hash, one.hash);
    const Kept kept = kept_away(tape, PipelineSettings{});
    EXPECT_EQ(one.accounting.intake.dropped_for(Reason::Quarantined), kept.quarantined);
    EXPECT_EQ(one.accounting.intake.dropped_for(Reason::Closed), kept.closed);
    EXPECT_EQ(one.accounting.intake.dropped_for(Reason::LateSession), kept.late_session);
    std::printf("  %s: %zu trades, %zu events, %llu quarantined, %llu closed\n", GetParam(),
                tape.records.size(), facts.size(),
                static_cast<unsigned long long>(kept.quarantined),
                static_cast<unsigned long long>(kept.closed));
}

struct MinuteBar {
    std::int64_t open = 0;
    std::int64_t high = 0;
    std::int64_t low = 0;
    std::int64_t close = 0;
    std::int64_t volume = 0;
    bool guarded = false;         // a guard kept something of this minute away
    bool form_t_regular = false;  // Form T in regular: the file keeps it eligible, SPEC 3 does not
};

/// What intake lets a trade update, folded by minute.
std::map<std::pair<std::string, std::int64_t>, MinuteBar> fold_minutes(const Tape& tape) {
    const TradingCalendar calendar;
    Intake intake(IntakeSettings{}, calendar, ConditionTable{});
    std::map<std::pair<std::string, std::int64_t>, MinuteBar> bars;
    for (const Record& record : tape.records) {
        const Trade& trade = record.trade();
        const std::int64_t minute = to_ns(trade.header.ts_event) / 60'000'000'000;
        const std::uint64_t late_before = intake.late_prints();
        IntakeNote note;
        const bool accepted = intake.accept(record, note);
        const Rights rights = rights_of(trade, TradingSession::Pre);
        const bool counted = rights.high_low || rights.last || rights.volume;
        if (!accepted && !counted) {
            continue;
        }
        MinuteBar& bar = bars[{tape.symbols[trade.header.symbol.value()], minute}];
        const std::int64_t price = trade.price.raw();
        bar.guarded = bar.guarded || !accepted || intake.late_prints() != late_before;
        const auto codes = trade.conditions.codes();
        bar.form_t_regular =
            bar.form_t_regular || (note.session == TradingSession::Regular &&
                                   std::find(codes.begin(), codes.end(), 12) != codes.end());
        if (note.eligibility.volume()) {
            bar.volume += accepted ? trade.size.raw() : 0;
        }
        if (accepted && note.eligibility.high_low()) {
            bar.high = std::max(bar.high, price);
            bar.low = bar.low == 0 ? price : std::min(bar.low, price);
        }
        if (accepted && note.eligibility.last()) {
            bar.open = bar.open == 0 ? price : bar.open;
            bar.close = price;
        }
    }
    return bars;
}

TEST_P(RecordedDay, MinuteBarsAgreeWithTheIndependentOnes) {
    const auto bars = fold_minutes(read_trades(GetParam()));
    const auto rows = read_rows(recorded(std::string(GetParam()) + ".minute_rules.csv.gz"));
    ASSERT_GT(rows.size(), 2000U);
    std::size_t same = 0;
    std::size_t guarded = 0;
    std::size_t form_t = 0;
    for (const auto& row : rows) {
        // ticker,volume,open,close,high,low,window_start,transactions
        const auto price = [&](std::size_t cell) {
            return row[cell].empty() ? 0 : fixed(row[cell], 9);
        };
        const std::int64_t minute = std::stoll(row[6]) / 60'000'000'000;
        const auto found = bars.find({row[0], minute});
        const MinuteBar bar = found == bars.end() ? MinuteBar{} : found->second;
        const bool agrees = bar.open == price(2) && bar.close == price(3) && bar.high == price(4) &&
                            bar.low == price(5) && bar.volume == fixed(row[1], 6);
        same += agrees ? 1 : 0;
        guarded += !agrees && bar.guarded ? 1 : 0;
        form_t += !agrees && !bar.guarded && bar.form_t_regular ? 1 : 0;
        EXPECT_TRUE(agrees || bar.guarded || bar.form_t_regular)
            << row[0] << " minute " << minute << ": file o " << row[2] << " c " << row[3] << " h "
            << row[4] << " l " << row[5] << " v " << row[1] << ", ours o " << bar.open << " c "
            << bar.close << " h " << bar.high << " l " << bar.low << " v " << bar.volume;
        if (!agrees) {
            std::printf("  %s minute %lld differs by %s\n", row[0].c_str(),
                        static_cast<long long>(minute), bar.guarded ? "a guard" : "Form T");
        }
    }
    std::printf("  %s: %zu minutes, %zu agree, %zu differ by a guard, %zu by Form T in regular\n",
                GetParam(), rows.size(), same, guarded, form_t);
    EXPECT_GT(same, rows.size() * 99 / 100);
}

INSTANTIATE_TEST_SUITE_P(Lean, RecordedDay, ::testing::Values("2013-10-07", "2013-10-08"));

// ---------------------------------------------------------------- second bars

struct NaiveBar {
    std::uint32_t symbol;
    std::int64_t second;
    std::int64_t close;
    std::int64_t volume;
    auto operator<=>(const NaiveBar&) const = default;
};

struct SecondTrade {
    std::uint32_t symbol;
    std::int64_t ts;     // ns
    std::int64_t clock;  // ns, of its record
    std::int64_t price;
    std::int64_t size;
    Rights rights;
};

/// Bars of a symbol by re-reading all its trades for each second, in order of time.
std::vector<NaiveBar> naive_seconds(const std::vector<SecondTrade>& trades, std::uint32_t symbol) {
    constexpr std::int64_t second_ns = 1'000'000'000;
    std::vector<std::int64_t> seconds;
    for (const SecondTrade& trade : trades) {
        seconds.push_back(trade.ts / second_ns);
    }
    std::sort(seconds.begin(), seconds.end());
    seconds.erase(std::unique(seconds.begin(), seconds.end()), seconds.end());
    std::vector<NaiveBar> bars;
    std::int64_t left_over = 0;
    for (const std::int64_t second : seconds) {
        NaiveBar bar{symbol, second, 0, left_over};
        for (const SecondTrade& trade : trades) {
            const bool in_time = trade.clock < (second + 1) * second_ns;
            if (trade.symbol != symbol || trade.ts / second_ns != second || !in_time) {
                continue;
            }
            bar.close = trade.rights.last ? trade.price : bar.close;
            bar.volume += trade.rights.volume ? trade.size : 0;
        }
        left_over = bar.close == 0 ? bar.volume : 0;
        if (bar.close != 0) {
            bars.push_back(bar);
        }
    }
    return bars;
}

std::vector<NaiveBar> real_seconds(const std::vector<SecondTrade>& trades) {
    SecondBars second_bars;
    std::vector<SecondBars::ClosedBar> closed;
    const auto close_until = [&](std::int64_t clock) {
        while (second_bars.next_deadline() != time_never &&
               to_ns(second_bars.next_deadline()) <= clock) {
            second_bars.close_next(closed);
        }
    };
    for (const SecondTrade& row : trades) {
        close_until(row.clock);
        Trade trade;
        trade.header.symbol = SymbolId(row.symbol);
        trade.header.ts_event = unix_nanos(row.ts);
        trade.price = Price::from_raw(row.price);
        trade.size = Size::from_raw(row.size);
        IntakeNote note;
        note.eligibility = Eligibility(
            static_cast<std::uint8_t>((row.rights.last ? Eligibility::last_bit : 0) |
                                      (row.rights.volume ? Eligibility::volume_bit : 0)));
        second_bars.on_trade(trade, note, unix_nanos(row.clock));
    }
    close_until(INT64_MAX);
    RC_ASSERT(second_bars.open_seconds() == 0U);
    std::vector<NaiveBar> bars;
    std::int64_t last = 0;
    for (const auto& bar : closed) {
        RC_ASSERT(bar.second >= last);  // in order of time
        last = bar.second;
        bars.push_back({bar.symbol.value(), bar.second, bar.close.raw(), bar.volume.raw()});
    }
    return bars;
}

TEST(SecondBarsOfRandomTapes, AreThoseOfReadingEverySecondAgain) {
    const bool good = rc::check([](std::uint64_t seed) {
        Dice dice(seed);
        const auto words = *rc::gen::scale(4.0, rc::gen::container<std::vector<std::uint64_t>>(
                                                    rc::gen::arbitrary<std::uint64_t>()));
        std::vector<SecondTrade> trades;
        const std::uint32_t symbols = 1 + static_cast<std::uint32_t>(dice.below(4));
        std::int64_t now = 1'720'022'400'000'000'000 + static_cast<std::int64_t>(dice.below(64));
        for (const std::uint64_t word : words) {
            Dice row(word);
            static constexpr std::int64_t steps[] = {
                0, 1, 300'000'000, 999'999'999, 1'000'000'000, 62'000'000'000, 65'000'000'000};
            // Event times up to 130 s ahead of the clock: several seconds of a symbol are open.
            static constexpr std::int64_t ahead[] = {0,
                                                     0,
                                                     0,
                                                     250'000'000,
                                                     -1,
                                                     -1'500'000'000,
                                                     3'000'000'000,
                                                     63'000'000'000,
                                                     64'000'000'000,
                                                     130'000'000'000};
            now += row.pick(steps);
            SecondTrade trade{static_cast<std::uint32_t>(row.below(symbols)),
                              now + row.pick(ahead),
                              now,
                              1 + static_cast<std::int64_t>(row.below(1000)),
                              static_cast<std::int64_t>(row.below(1000)),
                              {}};
            trade.rights.last = !row.one_in(3);
            trade.rights.volume = !trade.rights.last || !row.one_in(5);
            trades.push_back(trade);
        }
        std::vector<NaiveBar> expected;
        for (std::uint32_t symbol = 0; symbol < symbols; ++symbol) {
            const auto bars = naive_seconds(trades, symbol);
            expected.insert(expected.end(), bars.begin(), bars.end());
        }
        std::vector<NaiveBar> real = real_seconds(trades);
        std::sort(expected.begin(), expected.end());
        std::sort(real.begin(), real.end());
        RC_ASSERT(real == expected);
    });
    EXPECT_TRUE(good);
}

}  // namespace
}  // namespace tickstock::naive

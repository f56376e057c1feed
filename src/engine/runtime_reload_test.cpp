// Settings that change while the engine runs: they act at one place of the order, nothing that is
// known is forgotten, and starts and replays find the same.

#include <gtest/gtest.h>

#include <algorithm>

#include "config/settings.hpp"
#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::decisions_of;
using testing::live_to;
using testing::lively_tape;
using testing::replay;
using testing::rising_tape;
using Code = CommandAnswer::Code;

/// Sets settings by name, as a file would.
void set(Config& config, const std::string& name, const std::string& text) {
    const Setting* setting = find_setting(name);
    ASSERT_NE(setting, nullptr) << name;
    const auto value = parse_setting(*setting, {RawValue::Kind::Untyped, text, {}});
    ASSERT_TRUE(value) << name << " = " << text;
    setting->write(config, *value);
}

/// The engine takes the configuration, which the files have from now on.
CommandAnswer change(Bench& bench, const std::vector<std::pair<std::string, std::string>>& wanted) {
    for (const auto& [name, text] : wanted) {
        set(bench.config, name, text);
    }
    return bench.command(Reconfigure{std::make_shared<const Config>(bench.config), "changed"});
}

void run_to(Bench& bench, std::size_t due) {
    bench.feed().due = due;
    bench.settle();
}

std::uint64_t highs(Bench& bench) {
    const auto told = bench.heard.of(bench.epoch());
    return static_cast<std::uint64_t>(
        std::count_if(told.begin(), told.end(), [](const std::string& body) {
            return body.find("\"type\":\"high\"") != std::string::npos;
        }));
}

void expect_replay_equal(Bench& bench) {
    for (const unsigned shards : {1U, 3U}) {
        const auto again = replay(bench.disk, bench.config, shards);
        EXPECT_EQ(again.failure, "");
        ASSERT_FALSE(again.hashes.empty());
        EXPECT_EQ(again.hashes.back(), bench.stream->hash()) << shards << " shards";
    }
}

TEST(ConfigurationText, GivesTheSettingsBack) {
    Config other;
    std::size_t altered = 0;
    for (const Setting& setting : settings_table()) {
        // A value that differs: numbers one step up, or down at the top; words the last.
        const SettingValue before = setting.read(other);
        SettingValue after = before;
        if (auto* number = std::get_if<std::int64_t>(&after)) {
            *number += *number < setting.maximum ? 1 : -1;
        } else if (auto* flag = std::get_if<bool>(&after)) {
            *flag = !*flag;
        } else if (auto* word = std::get_if<std::string>(&after);
                   word != nullptr && !setting.words.empty()) {
            *word = setting.words.back();
        }
        setting.write(other, after);
        altered += setting.read(other) != before ? 1U : 0U;
    }
    ASSERT_GT(altered, 200U);
    const std::string text = configuration_text(other);
    ASSERT_NE(text, configuration_text(Config{}));
    Config again;
    again.pipeline = settings_of(text, PipelineSettings{});
    EXPECT_TRUE(configuration_text(again) == text);
}

TEST(ConfigurationText, LeavesRulesAndWhatIsNoSettingAlone) {
    PipelineSettings base;
    base.rules.user.push_back({});
    const PipelineSettings read = settings_of(
        "no.such.setting = 7\nhigh_low.cooldown_seconds = 9\nrule x event when 'price > 1' = ''\n"
        "high_low.min_price_change = nonsense\n12,\"a = b\"",
        base);
    EXPECT_EQ(read.high_low.cooldown, 9s);
    EXPECT_EQ(read.high_low.min_price_change, base.high_low.min_price_change);
    EXPECT_EQ(read.rules.user.size(), 1U);
}

TEST(RuntimeReload, ALimitActsFromThereOnAndExtremesStay) {
    const RecordBatch tape = rising_tape(60);  // each trade 1 % above the last
    Bench bench(tape, 2);
    bench.feed().due = 0;
    bench.open();
    run_to(bench, 21);
    EXPECT_EQ(highs(bench), 20U);
    const CommandAnswer answer = change(bench, {{"high_low.min_percent_change", "4.5"}});
    EXPECT_EQ(answer.code, Code::Done);
    EXPECT_GT(answer.sequence, 0U);
    run_to(bench, 41);
    EXPECT_EQ(highs(bench), 24U) << "each fifth of them is far enough from the last";
    EXPECT_EQ(change(bench, {{"high_low.min_percent_change", "0.1"}}).code, Code::Done);
    run_to(bench, tape.records.size());
    EXPECT_EQ(highs(bench), 24U + 19U);
    EXPECT_EQ(bench.epochs_made, 1U) << "a change began a new epoch";
    expect_replay_equal(bench);
    EXPECT_EQ(decisions_of<ConfigurationChange>(replay(bench.disk, bench.config)).size(), 3U);
}

TEST(RuntimeReload, TheSameConfigurationIsNoDecision) {
    Bench bench(rising_tape(20));
    bench.open();
    bench.settle();
    const CommandAnswer same = change(bench, {});
    EXPECT_EQ(same.code, Code::Done);
    EXPECT_EQ(same.sequence, 0U);
    // Of how the work is done only: it acts, and no event depends on it.
    const CommandAnswer work = change(bench, {{"channels.tick.queue_size", "77"}});
    EXPECT_EQ(work.code, Code::Done);
    EXPECT_EQ(work.sequence, 0U);
    bench.run(5);
    EXPECT_EQ(bench.status().channels[0].queue_limit, 77U);
}

TEST(RuntimeReload, RulesOfPeopleNeedAStart) {
    Bench bench(rising_tape(20));
    bench.open();
    Config other = bench.config;
    UserRule rule;
    rule.name = "jump";
    rule.when = "price > 1";
    other.pipeline.rules.user.push_back(rule);
    EXPECT_EQ(bench.command(Reconfigure{std::make_shared<const Config>(other), ""}).code,
              Code::Refused);
    other = bench.config;
    other.pipeline.high_low.min_price_change = 70'000;
    other.pipeline.calendar = TradingCalendar::Kind::Continuous;
    const CommandAnswer answer =
        bench.command(Reconfigure{std::make_shared<const Config>(other), ""});
    EXPECT_EQ(answer.code, Code::Refused);
    EXPECT_EQ(answer.text, "market.calendar changes with a start only");
    bench.settle();
    EXPECT_EQ(decisions_of<ConfigurationChange>(replay(bench.disk, bench.config)).size(), 1U);
}

TEST(RuntimeReload, HighsThatAreOffKnowTheExtremesWhenTheyReturn) {
    const RecordBatch tape = rising_tape(60);
    Bench bench(tape);
    bench.feed().due = 0;
    bench.open();
    run_to(bench, 11);
    EXPECT_EQ(highs(bench), 10U);
    change(bench, {{"high_low.enabled", "false"}});
    run_to(bench, 31);
    EXPECT_EQ(highs(bench), 10U);
    change(bench, {{"high_low.enabled", "true"}});
    run_to(bench, 32);
    EXPECT_EQ(highs(bench), 11U);
    expect_replay_equal(bench);
}

// The window of reversals belongs to the session: an open one keeps its own, over a restart too.
TEST(RuntimeReload, ASessionSettingWaitsForTheNextSession) {
    RecordBatch tape = rising_tape(1);
    const auto add = [&](std::int64_t seconds, std::int64_t cents) {
        Trade trade = tape.records.front().trade();
        trade.header.ts_event += std::chrono::seconds(seconds);
        trade.header.ts_recv = trade.header.ts_event;
        trade.price = Price::from_cents(cents);
        tape.records.emplace_back(trade);
    };
    const auto day = [&](std::int64_t from) {
        add(from, 10'000);
        add(from + 10, 10'200);  // a high
        add(from + 70, 9'800);   // a low 60 s after it: a V top
    };
    day(10);
    day(24 * 3600);
    const auto v_tops = [](Bench& bench) {
        const auto told = bench.heard.of(bench.epoch());
        return std::count_if(told.begin(), told.end(), [](const std::string& body) {
            return body.find("V-top") != std::string::npos;
        });
    };
    for (const bool killed : {false, true}) {
        for (const bool snapshot : {false, true}) {
            SCOPED_TRACE(::testing::Message() << "killed " << killed << " snapshot " << snapshot);
            Bench bench(tape);
            bench.feed().due = 0;
            bench.open();
            run_to(bench, 3);  // the first session is open
            change(bench, {{"high_low.reversal_window_seconds", "30"}});
            if (killed) {
                live_to(bench, 3,
                        snapshot ? std::vector<std::size_t>{3} : std::vector<std::size_t>{});
                bench.kill();
                bench.open();
                EXPECT_FALSE(bench.runtime->recovery().new_epoch)
                    << bench.runtime->recovery().why_new_epoch;
            }
            run_to(bench, 4);
            EXPECT_EQ(v_tops(bench), 1) << "the open session has lost its window";
            run_to(bench, tape.records.size());
            EXPECT_EQ(v_tops(bench), 1) << "the next session has kept the old one's";
            expect_replay_equal(bench);
        }
    }
}

// What comes of many changes is the same without a break, with kills and snapshots at any place,
// and in a replay on any number of shards, by the settings of the begin and by those of the end.
TEST(RuntimeReload, KillsAmongManyChangesChangeNothing) {
    using Changes = std::vector<std::vector<std::pair<std::string, std::string>>>;
    const Changes changes{
        {{"high_low.min_percent_change", "0.3"}, {"surge.enabled", "false"}},
        {{"trend.enabled", "false"}, {"channels.fmv.enabled", "false"}},
        {{"surge.enabled", "true"}, {"coordination.window_surge_ms", "900"}},
        {{"valuation.min_deviation", "2"}, {"channels.fmv.enabled", "true"}},
        {{"trend.enabled", "true"}, {"bars.min_average_bars", "2"}},
        {{"high_low.enabled", "false"}, {"intake.guard_percent_regular", "0.2"}},
        {{"high_low.enabled", "true"}, {"high_low.cooldown_seconds", "0"}},
        {{"rules.ohlcv.min_percent_change.1m", "7"}, {"bars.enabled", "false"}},
    };
    const RecordBatch tape = lively_tape(21, 1'800, 6);
    const auto life = [&](Bench& bench, auto at_each) {
        bench.feed().due = 0;
        bench.open();
        for (std::size_t i = 0; i < changes.size(); ++i) {
            run_to(bench, 200 * (i + 1));
            at_each();
            EXPECT_EQ(change(bench, changes[i]).code, Code::Done);
            at_each();
        }
        run_to(bench, tape.records.size());
    };
    Bench plain(tape);
    const Config at_begin = plain.config;
    life(plain, [] {});
    ASSERT_GT(plain.heard.total(), 60U);
    expect_replay_equal(plain);
    Config begin = at_begin;
    EXPECT_EQ(replay(plain.disk, begin, 2).hashes.back(), plain.stream->hash())
        << "the settings of the begin give something else";
    begin.pipeline.high_low.cooldown = 7s;  // of neither: what would have been
    EXPECT_NE(replay(plain.disk, begin, 2).hashes.back(), plain.stream->hash());

    for (const unsigned shards : {1U, 3U}) {
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
            SCOPED_TRACE(::testing::Message() << "seed " << seed << " shards " << shards);
            Bench bench(tape, shards);
            bench.random.seed(seed);
            std::mt19937_64 dice(seed * 7919);
            life(bench, [&] {
                if (dice() % 3 == 0) {
                    bench.pass(63s, 1s);  // a snapshot
                }
                if (dice() % 3 == 0) {
                    bench.run(static_cast<int>(dice() % 4));
                    bench.kill();
                    bench.open();
                    EXPECT_FALSE(bench.runtime->recovery().new_epoch)
                        << bench.runtime->recovery().why_new_epoch;
                }
            });
            EXPECT_EQ(bench.stream->range().last, plain.stream->range().last);
            EXPECT_EQ(bench.heard.of(bench.epoch()).size(), plain.heard.total());
            expect_replay_equal(bench);
        }
    }
}

// The files have the new values already; the entries behind the snapshot were worked with the old.
TEST(RuntimeReload, AKillBehindTheFirstChangeGoesOnFromASnapshotBeforeIt) {
    const RecordBatch tape = rising_tape(60);
    for (const bool restarted : {false, true}) {
        Bench bench(tape, 2);
        bench.feed().due = 0;
        bench.open();
        live_to(bench, 10, {10});
        if (restarted) {
            EXPECT_TRUE(bench.stop());
            bench.open();
        }
        run_to(bench, 30);
        change(bench, {{"high_low.min_percent_change", "4.5"}, {"surge.enabled", "false"}});
        run_to(bench, 40);
        bench.kill();
        bench.open();
        EXPECT_FALSE(bench.runtime->recovery().new_epoch)
            << bench.runtime->recovery().why_new_epoch;
        EXPECT_TRUE(bench.runtime->recovery().had_snapshot);
        run_to(bench, tape.records.size());
        EXPECT_EQ(highs(bench), 29U + 6U);
        expect_replay_equal(bench);
    }
}

// A start whose files say something else than the changes before it: as any other configuration.
TEST(RuntimeReload, ChangesThatWereNotSavedEndWithTheProcess) {
    const RecordBatch tape = rising_tape(60);
    Bench bench(tape);
    bench.feed().due = 0;
    bench.open();
    run_to(bench, 11);
    const Config saved = bench.config;
    change(bench, {{"high_low.min_percent_change", "4.5"}});
    run_to(bench, 20);
    const std::uint64_t first_hash = bench.stream->hash();
    EXPECT_TRUE(bench.stop());
    bench.config = saved;
    bench.open();
    EXPECT_EQ(bench.runtime->recovery().why_new_epoch, "another configuration");
    run_to(bench, tape.records.size());
    EXPECT_EQ(highs(bench), 40U);
    const auto again = replay(bench.disk, bench.config, 2);
    EXPECT_EQ(again.hashes, (std::vector<std::uint64_t>{first_hash, bench.stream->hash()}))
        << "an epoch was not worked with its own settings";
    bench.kill();
    bench.open();
    EXPECT_FALSE(bench.runtime->recovery().new_epoch) << bench.runtime->recovery().why_new_epoch;
}

}  // namespace
}  // namespace tickstock

#include "intake/intake.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tickstock {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// 2024-07-02 (full day) and 2024-07-03 (early close), midnight in New York = 04:00 UTC.
const UnixNanos tuesday = from_unix_second(1'719'892'800);
const UnixNanos wednesday = tuesday + hours(24);

class IntakeTest : public ::testing::Test {
protected:
    static Trade trade(UnixNanos at, std::int64_t cents,
                       std::initializer_list<unsigned> conditions = {}) {
        Trade result;
        result.header.symbol = SymbolId(0);
        result.header.ts_event = at;
        result.price = Price::from_cents(cents);
        result.size = Size::from_shares(100);
        for (const unsigned code : conditions) {
            result.conditions.add(code);
        }
        return result;
    }
    bool accept(const Record& record) {
        const bool accepted = intake_.accept(record, note_);
        EXPECT_TRUE(intake_.counts().closes());
        return accepted;
    }
    std::uint64_t dropped(Reason reason) const { return intake_.counts().dropped_for(reason); }

    static TradingStatus status(UnixNanos at, TradingStatus::Action action) {
        TradingStatus result;
        result.header.symbol = SymbolId(0);
        result.header.ts_event = at;
        result.action = action;
        return result;
    }

    const TradingCalendar calendar_;
    Intake intake_{IntakeSettings{}, calendar_, ConditionTable{}};
    IntakeNote note_;
};

TEST_F(IntakeTest, SessionsAndPeriodsChangeOnTheNanosecond) {
    const auto period_at = [&](UnixNanos at) {
        return accept(trade(at, 1000)) ? to_string(note_.period) : std::string_view("dropped");
    };
    const Nanos ns(1);
    EXPECT_EQ(period_at(tuesday + hours(4) - ns), "dropped");
    EXPECT_EQ(period_at(tuesday + hours(4)), "PREMARKET");
    EXPECT_EQ(period_at(tuesday + hours(9) + minutes(30) - ns), "PREMARKET");
    EXPECT_EQ(period_at(tuesday + hours(9) + minutes(30)), "OPENING");
    EXPECT_EQ(period_at(tuesday + hours(9) + minutes(45) - ns), "OPENING");
    EXPECT_EQ(period_at(tuesday + hours(9) + minutes(45)), "MIDDAY");
    EXPECT_EQ(period_at(tuesday + hours(15) + minutes(30) - ns), "MIDDAY");
    EXPECT_EQ(period_at(tuesday + hours(15) + minutes(30)), "CLOSING");
    EXPECT_EQ(period_at(tuesday + hours(16) - ns), "CLOSING");
    EXPECT_EQ(period_at(tuesday + hours(16)), "AFTERHOURS");
    EXPECT_EQ(period_at(tuesday + hours(20) - ns), "AFTERHOURS");
    EXPECT_EQ(period_at(tuesday + hours(20)), "dropped");
    // The day before Independence Day ends early.
    EXPECT_EQ(period_at(wednesday + hours(12) + minutes(30)), "CLOSING");
    EXPECT_EQ(period_at(wednesday + hours(13)), "AFTERHOURS");
    EXPECT_EQ(period_at(wednesday + hours(17)), "dropped");
    EXPECT_EQ(dropped(Reason::Closed), 3U);
}

TEST_F(IntakeTest, ATradeOfAnEarlierSessionIsLate) {
    EXPECT_TRUE(accept(trade(tuesday + hours(10), 1000)));
    EXPECT_FALSE(accept(trade(tuesday + hours(9), 1000)));
    EXPECT_EQ(dropped(Reason::LateSession), 1U);
    EXPECT_TRUE(accept(trade(tuesday + hours(9) + minutes(31), 1000))) << "same session: no harm";
}

TEST_F(IntakeTest, ACorrectionChangesTheSessionAndAQuoteDoesNot) {
    Quote quote;
    quote.header.symbol = SymbolId(0);
    quote.header.ts_event = tuesday + hours(10);
    EXPECT_TRUE(accept(quote));
    EXPECT_TRUE(accept(trade(tuesday + hours(9), 1000)));
    Trade correction = trade(tuesday + hours(10), 1000);
    correction.correction = Trade::correction_cancel;
    EXPECT_TRUE(accept(correction));
    EXPECT_FALSE(accept(trade(tuesday + hours(9), 1000)));
    correction.header.ts_event = tuesday + hours(21);
    EXPECT_FALSE(accept(correction));
    EXPECT_EQ(dropped(Reason::Closed), 1U);
}

TEST_F(IntakeTest, ReportedMoreThanTenSecondsLateIsVolumeOnly) {
    Trade late = trade(tuesday + hours(10), 1000);
    late.ts_execution = late.header.ts_event - seconds(10);
    EXPECT_TRUE(accept(late));
    EXPECT_EQ(note_.eligibility, Eligibility::all());
    late.ts_execution -= Nanos(1);
    EXPECT_TRUE(accept(late));
    EXPECT_EQ(note_.eligibility, Eligibility(Eligibility::volume_bit));
    EXPECT_EQ(intake_.late_prints(), 1U);
    late.price = Price::from_cents(1);  // nothing for the guard to look at
    EXPECT_TRUE(accept(late));
    late.ts_execution = late.header.ts_event + seconds(60);  // before it was done: a clock apart
    late.price = Price::from_cents(1000);
    EXPECT_TRUE(accept(late));
    EXPECT_EQ(note_.eligibility, Eligibility::all());
}

TEST_F(IntakeTest, QuarantinedTradesAreListedWithTheLevel) {
    EXPECT_TRUE(accept(trade(tuesday + hours(10), 1000)));
    EXPECT_FALSE(accept(trade(tuesday + hours(10), 10)));
    ASSERT_EQ(intake_.quarantine().trades().size(), 1U);
    const QuarantinedTrade& held_back = intake_.quarantine().trades()[0];
    EXPECT_EQ(held_back.level, Price::from_cents(1000));
    EXPECT_EQ(held_back.price, Price::from_cents(10));
    EXPECT_EQ(held_back.limit_percent, 20'000'000);
    EXPECT_EQ(held_back.session, TradingSession::Regular);
    EXPECT_EQ(held_back.outcome, QuarantineOutcome::HeldBack);
    EXPECT_EQ(dropped(Reason::Quarantined), 1U);
    EXPECT_TRUE(accept(trade(tuesday + hours(10), 10, {37}))) << "volume only is not looked at";
}

TEST_F(IntakeTest, TheQuarantineListIsBounded) {
    IntakeSettings settings;
    settings.quarantine_list = 2;
    Intake intake(settings, calendar_, ConditionTable{});
    const auto feed = [&](std::int64_t cents) {
        return intake.accept(trade(tuesday + hours(10), cents), note_);
    };
    EXPECT_TRUE(feed(100'000));
    for (const std::int64_t cents : {1, 10, 100, 1000}) {
        EXPECT_FALSE(feed(cents));
    }
    ASSERT_EQ(intake.quarantine().trades().size(), 2U);
    EXPECT_EQ(intake.quarantine().trades()[1].price, Price::from_cents(1000));
}

TEST_F(IntakeTest, TheTwoBeforeAnAcceptedThirdAreListedSo) {
    const UnixNanos at = tuesday + hours(10);
    EXPECT_TRUE(accept(trade(at, 10'000)));
    Trade other = trade(at, 500);
    other.header.symbol = SymbolId(1);
    EXPECT_TRUE(accept(other));
    EXPECT_FALSE(accept(trade(at, 5'000)));  // alone: the next one is outside both
    EXPECT_FALSE(accept(trade(at, 20'000, {14})));
    other.price = Price::from_cents(1'000);
    EXPECT_FALSE(accept(other));
    EXPECT_FALSE(accept(trade(at, 20'100)));
    EXPECT_TRUE(accept(trade(at, 20'050)));
    std::string outcomes;
    for (const QuarantinedTrade& held_back : intake_.quarantine().trades()) {
        outcomes += std::string(to_string(held_back.outcome)) + " ";
    }
    EXPECT_EQ(outcomes, "held_back third_accepted held_back third_accepted ");
    EXPECT_EQ(intake_.quarantine().trades()[1].conditions.codes()[0], 14);
}

TEST_F(IntakeTest, UnknownConditionsAreCountedPerCodeWithTheirFirstTrade) {
    const UnixNanos at = tuesday + hours(10);
    EXPECT_TRUE(accept(trade(at, 1000, {99, 37})));
    EXPECT_EQ(note_.eligibility, Eligibility(Eligibility::volume_bit)) << "99 is neutral";
    Trade other = trade(at + seconds(1), 1000, {99, 300, 700});
    other.header.symbol = SymbolId(1);
    EXPECT_TRUE(accept(other));
    const auto& codes = intake_.unknown_conditions().codes();
    ASSERT_EQ(codes.size(), 2U);
    EXPECT_EQ(codes[0].code, 99);
    EXPECT_EQ(codes[0].count, 2U);
    EXPECT_EQ(codes[0].first_symbol, SymbolId(0));
    EXPECT_EQ(codes[0].first_ts, at);
    EXPECT_EQ(codes[1].code, 255) << "stands for every code above 254";
    EXPECT_EQ(codes[1].count, 2U);
    EXPECT_EQ(codes[1].first_symbol, SymbolId(1));
}

TEST_F(IntakeTest, FormTIsNeverUnknownWhereItIsNeutralByRule) {
    const auto path =
        std::filesystem::temp_directory_path() / ("no_form_t" + std::to_string(getpid()) + ".csv");
    std::ofstream(path) << "id,updates_high_low,updates_open_close,updates_volume\n0,1,1,1\n";
    auto table = ConditionTable::from_file(path.string());
    std::filesystem::remove(path);
    ASSERT_TRUE(table);
    Intake intake(IntakeSettings{}, calendar_, *table);
    EXPECT_TRUE(intake.accept(trade(tuesday + hours(8), 1000, {12}), note_));
    EXPECT_TRUE(intake.unknown_conditions().codes().empty());
    EXPECT_TRUE(intake.accept(trade(tuesday + hours(10), 1000, {12}), note_));
    EXPECT_EQ(intake.unknown_conditions().codes().size(), 1U);
}

TEST_F(IntakeTest, AHaltEndsWithTheFirstPriceAfterTheResumption) {
    const UnixNanos at = tuesday + hours(10);
    EXPECT_TRUE(accept(status(at, TradingStatus::Action::Pause)));
    EXPECT_EQ(note_.halt, HaltChange::Halted);
    EXPECT_TRUE(accept(status(at, TradingStatus::Action::Halt)));
    EXPECT_EQ(note_.halt, HaltChange::None) << "it is halted already";
    EXPECT_TRUE(accept(trade(at, 1000)));
    EXPECT_EQ(note_.halt, HaltChange::None) << "nobody said that trading goes on";
    EXPECT_TRUE(accept(status(at, TradingStatus::Action::Resume)));
    EXPECT_EQ(note_.halt, HaltChange::None);
    EXPECT_TRUE(accept(trade(at, 1000, {37})));
    EXPECT_EQ(note_.halt, HaltChange::None) << "an odd lot is no price";
    EXPECT_FALSE(accept(trade(at, 1)));
    EXPECT_TRUE(accept(trade(at, 1000)));
    EXPECT_EQ(note_.halt, HaltChange::Resumed);
    EXPECT_TRUE(accept(trade(at, 1000)));
    EXPECT_EQ(note_.halt, HaltChange::None);
}

TEST_F(IntakeTest, AReopeningPrintEndsAHaltByItself) {
    const UnixNanos at = tuesday + hours(10);
    EXPECT_TRUE(accept(status(at, TradingStatus::Action::Halt)));
    EXPECT_TRUE(accept(trade(at, 1000, {28})));
    EXPECT_EQ(note_.halt, HaltChange::Resumed);
}

TEST_F(IntakeTest, AHaltAfterAnAnnouncedResumptionMakesItVoid) {
    const UnixNanos at = tuesday + hours(10);
    EXPECT_TRUE(accept(status(at, TradingStatus::Action::Halt)));
    EXPECT_EQ(note_.halt, HaltChange::Halted);
    EXPECT_TRUE(accept(status(at, TradingStatus::Action::Resume)));
    EXPECT_TRUE(accept(status(at, TradingStatus::Action::Halt)));
    EXPECT_EQ(note_.halt, HaltChange::None) << "muted all the time, and it has been said";
    EXPECT_TRUE(accept(trade(at, 1000)));
    EXPECT_EQ(note_.halt, HaltChange::None);
    EXPECT_TRUE(accept(status(at, TradingStatus::Action::Resume)));
    EXPECT_TRUE(accept(trade(at, 1000)));
    EXPECT_EQ(note_.halt, HaltChange::Resumed);
    EXPECT_TRUE(accept(status(at, TradingStatus::Action::Pause)));
    EXPECT_EQ(note_.halt, HaltChange::Halted) << "trading had gone on";
}

TEST_F(IntakeTest, TheReferenceOfAFairValueIsTheNewerOfTradeAndQuote) {
    const UnixNanos at = tuesday + hours(10);
    FairValue value;
    value.header.symbol = SymbolId(0);
    value.header.ts_event = at + seconds(5);
    value.value = Price::from_cents(1000);
    ASSERT_TRUE(accept(value));
    EXPECT_EQ(intake_.reference_for(value).price.raw(), 0);
    ASSERT_TRUE(accept(trade(at, 1000)));
    EXPECT_EQ(intake_.reference_for(value).price, Price::from_cents(1000));
    Quote quote;
    quote.header.symbol = SymbolId(0);
    quote.header.ts_event = at;
    quote.bid = Price::from_cents(1010);
    quote.ask = Price::from_cents(1030);
    ASSERT_TRUE(accept(quote));
    EXPECT_EQ(intake_.reference_for(value).price, Price::from_cents(1000)) << "a tie: the trade";
    quote.header.ts_event = at + Nanos(1);
    ASSERT_TRUE(accept(quote));
    EXPECT_EQ(intake_.reference_for(value).price, Price::from_cents(1020));
    EXPECT_NEAR(intake_.reference_for(value).spread_percent, 100.0 * 20 / 1020, 1e-9);
    value.market_price = Price::from_cents(990);
    EXPECT_EQ(intake_.reference_for(value).price, Price::from_cents(990));
    EXPECT_EQ(intake_.reference_for(value).spread_percent, 0);
}

TEST_F(IntakeTest, CountsTheSymbolsThatAreMuted) {
    TradingStatus status;
    status.header.ts_event = tuesday + hours(10);
    status.action = TradingStatus::Action::Halt;
    for (const std::uint32_t symbol : {0U, 1U, 1U}) {  // the second of one symbol is no news
        status.header.symbol = SymbolId(symbol);
        ASSERT_TRUE(accept(status));
    }
    EXPECT_EQ(intake_.halted_symbols(), 2U);
    status.action = TradingStatus::Action::Resume;
    ASSERT_TRUE(accept(status));
    EXPECT_EQ(intake_.halted_symbols(), 2U) << "announced, not traded yet";
    Trade first = trade(tuesday + hours(10) + seconds(1), 1000);
    first.header.symbol = SymbolId(1);
    ASSERT_TRUE(accept(first));
    EXPECT_EQ(intake_.halted_symbols(), 1U);
}

TEST_F(IntakeTest, ACrossedOrTinyQuoteMakesNoNonsense) {
    const UnixNanos at = tuesday + hours(10);
    FairValue value;
    value.header.symbol = SymbolId(0);
    value.header.ts_event = at + seconds(5);
    Quote quote;
    quote.header.symbol = SymbolId(0);
    quote.header.ts_event = at + seconds(1);
    ASSERT_TRUE(accept(trade(at, 1000)));
    quote.bid = Price::from_cents(20'000);
    quote.ask = Price::from_cents(100);
    ASSERT_TRUE(accept(quote));
    EXPECT_EQ(intake_.reference_for(value).price, Price::from_cents(1000));
    EXPECT_EQ(intake_.reference_for(value).spread_percent, 0);
    quote.bid = quote.ask = Price::from_raw(1);
    ASSERT_TRUE(accept(quote));
    EXPECT_EQ(intake_.reference_for(value).price, Price::from_raw(1));
    EXPECT_EQ(intake_.reference_for(value).spread_percent, 0) << "0/0 once";
}

TEST_F(IntakeTest, SymbolsDoNotShareAnything) {
    ASSERT_TRUE(accept(trade(tuesday + hours(10), 1000)));
    Trade other = trade(tuesday + hours(9), 1);
    other.header.symbol = SymbolId(70'000);
    EXPECT_TRUE(accept(other)) << "its own session, its own level";
}

}  // namespace
}  // namespace tickstock

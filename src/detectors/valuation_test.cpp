#include "detectors/valuation.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <optional>

namespace tickstock {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t start = 1'709'650'800 * second;

class Valuation : public ::testing::Test {
protected:
    /// A value in ten-thousandths of a dollar against a market of 100.00, at its own clock.
    std::optional<Reason> give(double at_seconds, std::int64_t value) {
        const UnixNanos at = unix_nanos(start + std::llround(at_seconds * 1e9));
        FairValue record;
        record.header.symbol = SymbolId(2);
        record.header.source_kind = SourceKind::Fmv;
        record.header.source_sequence = 5;
        record.header.ts_event = at;
        record.value = Price::from_raw(value * 100'000);
        record.confidence = confidence_;
        FairValueReference reference;
        reference.price = reference_;
        reference.ts = at - age_;
        reference.spread_percent = spread_;
        found().clear();
        return detector_->on_fair_value(record, reference, note_, {at, Sequence{4}, 1}, sink_);
    }
    bool tells(double at_seconds, std::int64_t value) {
        EXPECT_EQ(give(at_seconds, value), std::nullopt);
        return !found().empty();
    }
    std::vector<Detection>& found() { return sink_.detections(); }
    const ValuationData& data() { return std::get<ValuationData>(found().at(0).data); }

    std::optional<ValuationDetector> detector_{ValuationSettings{}};
    IntakeNote note_ = [] {
        IntakeNote note;
        note.session_key = 10;
        note.session = TradingSession::Regular;
        note.period = MarketPeriod::Midday;
        return note;
    }();
    Price reference_ = Price::from_cents(10'000);
    Nanos age_{0};
    double spread_ = 0;
    double confidence_ = -1;
    DetectionSink sink_;
};

TEST_F(Valuation, OnePercentIsTold) {
    EXPECT_FALSE(tells(0, 1'009'999));
    EXPECT_TRUE(tells(1, 1'010'000));
    const Detection& detection = found()[0];
    EXPECT_EQ(detection.type, EventType::Valuation);
    EXPECT_EQ(detection.direction, Direction::Up);
    EXPECT_EQ(detection.price, Price::from_cents(10'000));  // the market price
    EXPECT_EQ(detection.ts, unix_nanos(start + second));
    EXPECT_EQ(detection.source, SourceKind::Fmv);
    EXPECT_EQ(detection.session_key, 10);
    EXPECT_EQ(detection.volume, Size());
    EXPECT_EQ(detection.key.rank, EventRank::Valuation);
    EXPECT_DOUBLE_EQ(detection.confidence, 1);
    EXPECT_DOUBLE_EQ(detection.score, 0.1);
    EXPECT_EQ(data().fair_value, Price::from_cents(10'100));
    EXPECT_EQ(data().reference, Price::from_cents(10'000));
    EXPECT_DOUBLE_EQ(data().deviation, 1);
    EXPECT_DOUBLE_EQ(data().strength, 0.1);
    const auto thresholds = detection.evidence.thresholds.items();
    ASSERT_EQ(thresholds.size(), 5U);
    EXPECT_STREQ(thresholds[0].name, "min_confidence");
    EXPECT_EQ(thresholds[0].value_e12, 700'000'000'000);
    EXPECT_STREQ(thresholds[1].name, "max_deviation");
    EXPECT_EQ(thresholds[1].value_e12, 5'000'000'000'000);
    EXPECT_STREQ(thresholds[2].name, "min_deviation");
    EXPECT_EQ(thresholds[2].value_e12, 1'000'000'000'000);
    EXPECT_STREQ(thresholds[3].name, "deviation_step");
    EXPECT_STREQ(thresholds[4].name, "rearm_deviation");
    EXPECT_STREQ(detection.evidence.rule_version, "valuation/1");
    EXPECT_EQ(detection.evidence.source_sequence, 5U);
    EXPECT_FALSE(detection.evidence.configured);
}

TEST_F(Valuation, AnOvervaluedOneGoesDown) {
    EXPECT_TRUE(tells(0, 980'000));
    EXPECT_EQ(found()[0].direction, Direction::Down);
    EXPECT_DOUBLE_EQ(data().deviation, -2);
    EXPECT_DOUBLE_EQ(data().strength, 0.2);
}

TEST_F(Valuation, AgainOnePointFurtherOut) {
    EXPECT_TRUE(tells(0, 1'015'000));
    EXPECT_FALSE(tells(60, 1'024'999));
    EXPECT_TRUE(tells(120, 1'025'000));
    EXPECT_FALSE(tells(180, 1'034'999));
    EXPECT_FALSE(tells(240, 1'012'000));
    EXPECT_TRUE(tells(300, 1'035'000));
}

TEST_F(Valuation, TheStepIsExactAcrossReferences) {
    reference_ = Price::from_cents(3'00);  // 1/3 % steps: 3.04 is 4/3 %
    EXPECT_TRUE(tells(0, 30'400));
    reference_ = Price::from_cents(9'00);  // 7/3 % is 9.21
    EXPECT_FALSE(tells(60, 92'099));
    EXPECT_TRUE(tells(120, 92'100));
}

TEST_F(Valuation, PricesAtTheLimitDoNotOverflow) {
    reference_ = Price::from_raw(Price::limit_raw / 2);
    const std::int64_t reference = reference_.raw() / 100'000;
    EXPECT_TRUE(tells(0, reference + reference / 50));
    EXPECT_FALSE(tells(60, reference + reference / 34));
    EXPECT_TRUE(tells(120, reference + reference / 33));
}

TEST_F(Valuation, AgainWhenTheSignChanges) {
    EXPECT_TRUE(tells(0, 1'015'000));
    EXPECT_FALSE(tells(60, 990'001));
    EXPECT_TRUE(tells(120, 989'000));
    EXPECT_FALSE(tells(180, 988'000));
    EXPECT_TRUE(tells(240, 1'010'000));
}

TEST_F(Valuation, ReArmedBelowTheLowerMark) {
    EXPECT_TRUE(tells(0, 1'012'000));
    EXPECT_FALSE(tells(60, 1'008'000));  // exactly 0.8 %: not below
    EXPECT_FALSE(tells(120, 1'012'000));
    EXPECT_FALSE(tells(180, 1'007'999));
    EXPECT_TRUE(tells(240, 1'012'000));
}

TEST_F(Valuation, TheCooldownLeavesNothingPending) {
    EXPECT_TRUE(tells(0, 1'012'000));
    EXPECT_FALSE(tells(10, 1'000'000));
    EXPECT_FALSE(tells(29.999999999, 1'030'000));
    EXPECT_FALSE(tells(30, 1'000'000));  // nothing came out of it
    EXPECT_TRUE(tells(31, 1'010'000));   // still armed
    EXPECT_FALSE(tells(60, 1'020'000));
    EXPECT_TRUE(tells(61, 1'020'000));  // the end of the cooldown is outside
}

TEST_F(Valuation, UnsureValuesChangeNothing) {
    EXPECT_TRUE(tells(0, 1'012'000));
    confidence_ = 0.699999;
    EXPECT_EQ(give(60, 1'000'000), Reason::LowConfidence);  // does not re-arm
    confidence_ = 0.7;
    EXPECT_FALSE(tells(120, 1'012'000));
    EXPECT_TRUE(tells(180, 1'022'000));
    EXPECT_DOUBLE_EQ(found()[0].confidence, 0.7);
    EXPECT_DOUBLE_EQ(data().strength, 0.7 * 0.22);
}

TEST_F(Valuation, AConfidenceThatIsNoNumberIsUnsure) {
    spread_ = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(give(0, 1'020'000), Reason::LowConfidence);
}

TEST_F(Valuation, ImplausibleValuesChangeNothing) {
    EXPECT_EQ(give(0, 1'050'001), Reason::Implausible);
    EXPECT_EQ(give(1, 949'999), Reason::Implausible);
    EXPECT_TRUE(tells(2, 1'050'000));
    EXPECT_DOUBLE_EQ(data().strength, 0.5);
    EXPECT_EQ(give(60, 900'000), Reason::Implausible);
    EXPECT_FALSE(tells(90, 1'050'000));
}

TEST_F(Valuation, ConfidenceFallsWithAgeAndSpread) {
    age_ = std::chrono::seconds{180};
    EXPECT_TRUE(tells(0, 1'020'000));
    EXPECT_DOUBLE_EQ(found()[0].confidence, 0.7);
    age_ += Nanos{1'000};
    EXPECT_EQ(give(1, 1'020'000), Reason::LowConfidence);
    age_ = std::chrono::hours{3};
    EXPECT_EQ(give(2, 1'020'000), Reason::LowConfidence);  // held at 0
    age_ = std::chrono::seconds{60};
    spread_ = 0.8;
    EXPECT_TRUE(tells(60, 1'030'000));
    EXPECT_DOUBLE_EQ(found()[0].confidence, 0.7);
    spread_ = 0.9;
    EXPECT_EQ(give(61, 1'030'000), Reason::LowConfidence);
}

TEST_F(Valuation, AReferenceNewerThanTheValueHasNoAge) {
    age_ = std::chrono::seconds{-500};
    spread_ = 0.8;
    EXPECT_TRUE(tells(0, 1'020'000));
    EXPECT_DOUBLE_EQ(found()[0].confidence, 0.8);  // the spread still counts
}

TEST_F(Valuation, AGivenConfidenceWinsOverTheComputed) {
    age_ = std::chrono::hours{3};
    confidence_ = 0.9;
    EXPECT_TRUE(tells(0, 1'020'000));
    EXPECT_DOUBLE_EQ(found()[0].confidence, 0.9);
}

TEST_F(Valuation, EachSessionStartsAnew) {
    EXPECT_TRUE(tells(0, 1'020'000));
    note_.session_key = 12;
    note_.session = TradingSession::Closed;
    EXPECT_TRUE(tells(1, 1'020'000));  // cooldown and last deviation are gone
    EXPECT_EQ(found()[0].session, TradingSession::Closed);
    note_.session_key = 11;  // late, of the session before: the state stays
    EXPECT_FALSE(tells(60, 1'020'000));
    note_.session_key = 12;
    EXPECT_FALSE(tells(120, 1'020'000));
}

TEST_F(Valuation, AMutedSymbolGoesOnSilently) {
    EXPECT_TRUE(tells(0, 1'012'000));
    note_.muted = true;
    EXPECT_FALSE(tells(60, 1'030'000));
    EXPECT_FALSE(tells(120, 1'000'000));  // re-arms
    note_.muted = false;
    EXPECT_TRUE(tells(180, 1'012'000));
}

TEST_F(Valuation, ChangedSettingsActAndAreTold) {
    ValuationSettings settings;
    settings.min_deviation = 2'000'000;
    settings.max_deviation = 20'000'000;
    detector_.emplace(settings);
    EXPECT_FALSE(tells(0, 1'019'999));
    EXPECT_TRUE(tells(1, 1'150'000));
    EXPECT_TRUE(found()[0].evidence.configured);
    EXPECT_DOUBLE_EQ(data().strength, 1);  // capped at ten percent
}

/// Against the sentence of SPEC 7.6 in whole numbers, small enough for plain products.
RC_GTEST_FIXTURE_PROP(Valuation, AgreesWithTheSentence, ()) {
    using Whole = long long;
    Whole last_gap = 0;
    Whole last_reference = 1;
    bool emitted = false;
    bool armed = true;
    double last_at = -1'000;
    double at = 0;
    for (int step = 0; step < 60; ++step) {
        at += *rc::gen::inRange(0, 40);
        const Whole reference = *rc::gen::inRange<Whole>(90, 111);  // dollars
        const Whole gap = *rc::gen::inRange<Whole>(-60, 61);        // tenths of a dollar
        reference_ = Price::from_cents(reference * 100);
        const auto reason = give(at, reference * 10'000 + gap * 1'000);
        const Whole size = std::abs(gap);  // percent = 10 · gap / reference
        if (10 * size > 5 * reference) {
            RC_ASSERT(reason == Reason::Implausible);
            continue;
        }
        RC_ASSERT(reason == std::nullopt);
        armed = armed || 100 * size < 8 * reference;
        const bool sign_changed = (gap > 0) != (last_gap > 0);
        const bool further = 10 * size * last_reference >=
                             10 * std::abs(last_gap) * reference + reference * last_reference;
        const bool expected = 10 * size >= reference && (armed || sign_changed || further) &&
                              (!emitted || at - last_at >= 30);
        RC_ASSERT(found().size() == (expected ? 1U : 0U));
        if (expected) {
            emitted = true;
            armed = false;
            last_gap = gap;
            last_reference = reference;
            last_at = at;
        }
    }
}

}  // namespace
}  // namespace tickstock

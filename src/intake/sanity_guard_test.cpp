#include "intake/sanity_guard.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

using Verdict = SanityGuard::Verdict;

class Guard : public ::testing::Test {
protected:
    /// A last-eligible price, in 1e-9 USD × 1e3 = micro-dollars for fine steps.
    bool passes(std::int64_t micro, bool last_eligible = true) {
        const Price price = Price::from_raw(micro * 1000);
        if (guard_.check(price, session_, settings_) == Verdict::Quarantine) {
            return false;
        }
        if (last_eligible) {
            guard_.accepted_last(price);
        }
        return true;
    }

    IntakeSettings settings_;
    TradingSession session_ = TradingSession::Regular;
    SanityGuard guard_;
};

TEST_F(Guard, WithoutAnyLevelEverythingPasses) {
    EXPECT_TRUE(passes(100'000'000));
}

TEST_F(Guard, ATradeThatIsNotLastEligibleSetsNoLevel) {
    EXPECT_TRUE(passes(100'000'000, false));
    EXPECT_TRUE(passes(900'000'000, false));
    EXPECT_EQ(guard_.compared_with().raw(), 0);
}

TEST_F(Guard, ExactlyTheLimitIsStillInside) {
    ASSERT_TRUE(passes(100'000'000));
    EXPECT_TRUE(passes(120'000'000));
    ASSERT_TRUE(passes(100'000'000));
    EXPECT_FALSE(passes(120'000'001));
    EXPECT_TRUE(passes(80'000'000));
    ASSERT_TRUE(passes(100'000'000 - 4'000'000));
    EXPECT_FALSE(passes(76'799'999));
}

TEST_F(Guard, ExtendedHoursAreOnePercent) {
    session_ = TradingSession::After;
    ASSERT_TRUE(passes(100'000'000));
    EXPECT_TRUE(passes(101'000'000));
    ASSERT_TRUE(passes(100'000'000));
    EXPECT_FALSE(passes(101'000'001));
    EXPECT_FALSE(passes(98'999'999));
}

TEST_F(Guard, ANewSessionComparesWithTheOldOneAtFiftyPercent) {
    ASSERT_TRUE(passes(100'000'000));
    session_ = TradingSession::After;
    guard_.session_change();
    EXPECT_FALSE(passes(150'000'001));
    EXPECT_TRUE(passes(149'000'000)) << "far beyond 1 % of after hours, but no level yet";
    EXPECT_FALSE(passes(100'000'000)) << "from now on the session's own level counts";
}

TEST_F(Guard, ASessionWithoutALevelHandsTheEarlierOneOn) {
    ASSERT_TRUE(passes(100'000'000));
    guard_.session_change();
    guard_.session_change();
    EXPECT_FALSE(passes(200'000'000));
}

TEST_F(Guard, TheThirdInAgreementIsTheNewLevel) {
    ASSERT_TRUE(passes(100'000'000));
    EXPECT_FALSE(passes(200'000'000));
    EXPECT_FALSE(passes(202'000'000));  // exactly 1 % off the reference
    EXPECT_TRUE(passes(198'000'000, false)) << "last-eligible or not";
    EXPECT_EQ(guard_.compared_with(), Price::from_cents(19'800));
    EXPECT_FALSE(passes(100'000'000)) << "the old level is absurd now";
}

TEST_F(Guard, AgreementIsWithTheFirstNotWithTheOneBefore) {
    ASSERT_TRUE(passes(100'000'000));
    EXPECT_FALSE(passes(200'000'000));
    EXPECT_FALSE(passes(201'900'000));
    EXPECT_FALSE(passes(202'000'001)) << "1 % of the second, not of the first: a new reference";
    EXPECT_FALSE(passes(202'000'001));
    EXPECT_TRUE(passes(202'000'001));
}

TEST_F(Guard, AnAcceptedTradeBreaksTheAgreement) {
    ASSERT_TRUE(passes(100'000'000));
    EXPECT_FALSE(passes(200'000'000));
    EXPECT_FALSE(passes(200'000'000));
    EXPECT_TRUE(passes(100'000'000, false));
    EXPECT_FALSE(passes(200'000'000));
    EXPECT_FALSE(passes(200'000'000));
    EXPECT_TRUE(passes(200'000'000));
}

TEST_F(Guard, ASessionChangeBreaksTheAgreement) {
    ASSERT_TRUE(passes(100'000'000));
    EXPECT_FALSE(passes(200'000'000));
    EXPECT_FALSE(passes(200'000'000));
    guard_.session_change();
    EXPECT_FALSE(passes(200'000'000));
    EXPECT_FALSE(passes(200'000'000));
    EXPECT_TRUE(passes(200'000'000));
}

TEST_F(Guard, TheCountOfAgreementIsASetting) {
    settings_.guard_agreement_count = 1;
    ASSERT_TRUE(passes(100'000'000));
    EXPECT_TRUE(passes(200'000'000)) << "one is enough";
    settings_.guard_agreement_count = 1000;
    for (int i = 1; i < 1000; ++i) {
        ASSERT_FALSE(passes(100'000'000)) << i;
    }
    EXPECT_TRUE(passes(100'000'000));
}

TEST_F(Guard, TheGreatestPricesDoNotOverflow) {
    const std::int64_t greatest = (Price::limit_raw - 1) / 1000;
    ASSERT_TRUE(passes(greatest));
    EXPECT_TRUE(passes(greatest / 10 * 9));
    EXPECT_FALSE(passes(1));
}

}  // namespace
}  // namespace tickstock

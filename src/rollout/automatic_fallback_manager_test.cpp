#include "rollout/automatic_fallback_manager.hpp"

#include <gtest/gtest.h>

#include "rollout/test_rollout_support.hpp"

namespace tickstock {
namespace {

using namespace rollout_test;

/// A monitor that is asked every 250 ms.
class Monitor : public ::testing::Test {
protected:
    /// The verdict of the next so long, if there is one.
    std::optional<AutomaticFallbackManager::Verdict> watch(Nanos time) {
        for (Nanos done{0}; done < time; done += 250ms) {
            now_ += 250ms;
            if (auto verdict = manager_.look(now_, total_, in_charge_, usable_)) {
                return verdict;
            }
        }
        return std::nullopt;
    }
    std::string cause_after(Nanos time) {
        const auto verdict = watch(time);
        return verdict ? verdict->cause : "";
    }
    /// Of 1,000 records so many failed.
    void fail(std::uint64_t errors) {
        total_.paths.records += 1'000;
        total_.paths.errors += errors;
    }

    RolloutSettings settings_;
    AutomaticFallbackManager manager_{settings_};
    PathEvidence total_;
    Nanos now_ = 5h;
    bool in_charge_ = true;
    bool usable_ = true;
};

TEST_F(Monitor, IsSilentWhileAllIsWell) {
    for (int i = 0; i < 20; ++i) {
        total_ += good_evidence(50);
        EXPECT_EQ(cause_after(10s), "");
    }
    EXPECT_TRUE(manager_.window_full());
}

TEST_F(Monitor, AnErrorRateOverTheLimit) {
    watch(250ms);
    fail(100);  // 10 %: at the limit
    EXPECT_EQ(cause_after(30s), "");
    fail(101);
    const auto verdict = watch(30s);
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->cause, "error_rate");
    EXPECT_EQ(verdict->text, "error rate 10.1 % over the last 30 s (limit 10 %)");
    EXPECT_EQ(verdict->window.paths.errors, 101U);
}

TEST_F(Monitor, IsAskedEveryThirtySeconds) {
    watch(250ms);
    fail(1'000);
    EXPECT_EQ(cause_after(29s + 750ms), "");
    EXPECT_EQ(cause_after(250ms), "error_rate");
}

TEST_F(Monitor, FewRecordsSayNothing) {
    watch(250ms);
    total_.paths.records += 99;
    total_.paths.errors += 99;
    EXPECT_EQ(cause_after(60s), "");
    watch(250ms);
    total_.paths.records += 100;
    total_.paths.errors += 100;
    EXPECT_EQ(cause_after(30s), "error_rate");
}

TEST_F(Monitor, AMeanOverTheLimit) {
    watch(250ms);
    total_ += good_evidence(100, 1us, 100ms);  // at the limit
    EXPECT_EQ(cause_after(30s), "");
    total_ += good_evidence(99, 1us, 100ms);
    total_ += good_evidence(1, 1us, 101ms);
    EXPECT_EQ(cause_after(30s), "latency");
}

TEST_F(Monitor, ALostEvent) {
    watch(250ms);
    total_ += good_evidence(100);
    total_.comparison.lost = 1;
    const auto verdict = watch(30s);
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->cause, "lost_events");
    EXPECT_EQ(verdict->text, "1 events of the linear path not found within 5 s");
}

TEST_F(Monitor, AnEventThatWasLostInAThinWindowCountsLater) {
    watch(250ms);
    total_.comparison.lost = 1;
    total_.paths.records = 1;
    EXPECT_EQ(cause_after(300s), "");
    total_ += good_evidence(100);
    EXPECT_EQ(cause_after(30s), "lost_events");
    total_ += good_evidence(100);
    EXPECT_EQ(cause_after(60s), "");  // once
}

TEST_F(Monitor, WhatWasLostBeforeAnybodyWasInChargeDoesNotCount) {
    in_charge_ = false;
    total_.comparison.lost = 7;
    watch(60s);
    in_charge_ = true;
    watch(250ms);
    total_ += good_evidence(200);
    EXPECT_EQ(cause_after(30s), "");
}

TEST_F(Monitor, AccountingThatDoesNotClose) {
    watch(250ms);
    total_ += good_evidence(100);
    total_.accounting_closes = false;
    EXPECT_EQ(cause_after(30s), "accounting");
}

TEST_F(Monitor, SeveralReasonsAreAllTold) {
    watch(250ms);
    total_ += good_evidence(100, 1us, 1s);
    total_.paths.errors = 50;
    total_.accounting_closes = false;
    const auto verdict = watch(30s);
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->cause, "accounting");
    EXPECT_NE(verdict->text.find("error rate 50 %"), std::string::npos);
    EXPECT_NE(verdict->text.find("mean 1000 ms"), std::string::npos);
}

TEST_F(Monitor, AParkedChannelAtOnce) {
    watch(250ms);
    usable_ = false;
    EXPECT_EQ(cause_after(250ms), "channel");
}

TEST_F(Monitor, SaysNothingWhileNobodyIsInCharge) {
    in_charge_ = false;
    usable_ = false;
    watch(250ms);
    fail(1'000);
    total_.accounting_closes = false;
    EXPECT_EQ(cause_after(120s), "");
    EXPECT_FALSE(manager_.window_full()) << "these records are over 30 s old";
    fail(1'000);
    watch(250ms);
    EXPECT_DOUBLE_EQ(error_rate_percent(manager_.window().paths), 100);
}

TEST_F(Monitor, ANewBeginForgetsTheWindow) {
    watch(250ms);
    fail(1'000);
    watch(10s);
    manager_.reset();
    EXPECT_EQ(cause_after(60s), "");
    fail(200);
    EXPECT_EQ(cause_after(30s), "error_rate");
}

TEST_F(Monitor, ShorterSettingsHoldAtOnce) {
    watch(250ms);
    settings_.fallback_interval = settings_.fallback_window = 2s;
    settings_.fallback_error_rate = 50;
    manager_.set_settings(settings_);
    fail(500);
    EXPECT_EQ(cause_after(2s), "");
    fail(501);
    EXPECT_EQ(cause_after(2s), "error_rate");
}

}  // namespace
}  // namespace tickstock

#include "priority/shed_controller.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace tickstock {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t capacity = 1000;

/// Levels after each second with so many events pending.
std::string levels(ShedController& controller, const std::vector<std::uint64_t>& pending,
                   int from = 0) {
    std::string text;
    for (std::size_t i = 0; i < pending.size(); ++i) {
        const auto before = controller.level();
        const auto now = std::chrono::seconds(from + static_cast<int>(i));
        const auto change = controller.update(pending[i], capacity, now);
        EXPECT_EQ(change.has_value(), controller.level() != before);
        if (change) {
            EXPECT_EQ(change->level, controller.level());
        }
        text += std::to_string(controller.level());
    }
    return text;
}

TEST(ShedController, RisesAtOnceAndOneASecondToFour) {
    ShedController controller;
    EXPECT_EQ(levels(controller, {0, 900, 980, 981, 990, 1000, 5000, 5000, 5000}), "000123444");
}

TEST(ShedController, RisesNoFasterHoweverOftenItIsAsked) {
    ShedController controller;
    for (int i = 0; i < 1000; ++i) {
        controller.update(999, capacity, i * 1ms);
    }
    EXPECT_EQ(controller.level(), 1);
    EXPECT_EQ(controller.wake_at(), 1s);
    controller.update(999, capacity, 1s);
    EXPECT_EQ(controller.level(), 2);
}

TEST(ShedController, FallsAfterTenSecondsEachBelowNinetyPercent) {
    ShedController controller(2);
    EXPECT_EQ(levels(controller, std::vector<std::uint64_t>(32, 899)),
              "22222222221111111111000000000000");
    EXPECT_EQ(controller.wake_at(), Nanos::max());
}

TEST(ShedController, NinetyPercentOnceBeginsTheTenSecondsAnew) {
    ShedController controller(1);
    std::vector<std::uint64_t> pending(9, 0);
    pending.push_back(900);
    pending.insert(pending.end(), 11, 0);
    EXPECT_EQ(levels(controller, pending), "111111111111111111110");
}

TEST(ShedController, StaysBetween) {
    ShedController controller(3);
    EXPECT_EQ(levels(controller, std::vector<std::uint64_t>(60, 940)), std::string(60, '3'));
    EXPECT_EQ(controller.wake_at(), Nanos::max());
}

TEST(ShedController, FallsByOneHoweverLongTheSilence) {
    ShedController controller(4);
    EXPECT_FALSE(controller.update(0, capacity, 0s));
    EXPECT_EQ(controller.wake_at(), 10s);
    EXPECT_EQ(controller.update(0, capacity, 3600s)->level, 3);
    EXPECT_FALSE(controller.update(0, capacity, 3601s));
    EXPECT_EQ(controller.wake_at(), 3610s);
}

/// The sentences of the specification over the whole history.
struct NaiveController {
    struct Look {
        Nanos at;
        std::uint64_t percent_e2;  // of capacity, × 100
        int change = 0;
    };
    std::vector<Look> looks;
    int level = 0;

    void update(std::uint64_t pending, Nanos now) {
        looks.push_back({now, pending * 10'000 / capacity, 0});
        Look& look = looks.back();
        if (look.percent_e2 > 9800 && level < 4 && seconds_since_rise(now) >= 1s) {
            look.change = 1;
        } else if (look.percent_e2 < 9000 && level > 0 && quiet(now) >= 10s) {
            look.change = -1;
        }
        level += look.change;
    }
    Nanos seconds_since_rise(Nanos now) const {
        for (auto look = looks.rbegin(); look != looks.rend(); ++look) {
            if (look->change > 0) {
                return now - look->at;
            }
        }
        return Nanos::max();
    }
    /// Since the first look of those below 90 % without a break, or since the level fell.
    Nanos quiet(Nanos now) const {
        Nanos since = now;
        for (auto look = looks.rbegin(); look != looks.rend(); ++look) {
            if (look->percent_e2 >= 9000) {
                break;
            }
            since = look->at;
            if (look->change < 0) {
                break;
            }
        }
        return now - since;
    }
};

RC_GTEST_PROP(ShedController, DoesWhatTheSentencesSay, ()) {
    ShedController controller;
    NaiveController naive;
    Nanos now{0};
    const int phases = *rc::gen::inRange(1, 12);
    for (int phase = 0; phase < phases; ++phase) {
        const auto around = *rc::gen::element(850U, 899U, 900U, 940U, 980U, 981U, 1000U);
        const int looks = *rc::gen::inRange(1, 40);
        for (int i = 0; i < looks; ++i) {
            now += *rc::gen::element<Nanos>(1ms, 100ms, 500ms, 1s, 1s, 3s, 10s);
            const std::uint64_t pending = around - *rc::gen::inRange(0U, 2U);
            const auto before = controller.level();
            const auto change = controller.update(pending, capacity, now);
            naive.update(pending, now);
            RC_ASSERT(int{controller.level()} == naive.level);
            RC_ASSERT(change.has_value() == (controller.level() != before));
            RC_ASSERT(controller.wake_at() > now);
        }
    }
}

/// Who sleeps until wake_at() while nothing changes misses nothing.
RC_GTEST_PROP(ShedController, WakeAtIsTheNextChange, ()) {
    ShedController controller(static_cast<std::uint8_t>(*rc::gen::inRange(0, 5)));
    const auto pending = *rc::gen::element<std::uint64_t>(0, 899, 900, 980, 981, 2000);
    controller.update(pending, capacity, 0s);
    for (int i = 0; i < 6; ++i) {
        const Nanos wake = controller.wake_at();
        if (wake == Nanos::max()) {
            RC_ASSERT(!controller.update(pending, capacity, 100'000s));
            break;
        }
        RC_ASSERT(!controller.update(pending, capacity, wake - 1ns));
        RC_ASSERT(controller.update(pending, capacity, wake).has_value());
    }
}

}  // namespace
}  // namespace tickstock

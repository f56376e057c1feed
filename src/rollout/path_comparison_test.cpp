#include "rollout/path_comparison.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <list>

namespace tickstock {
namespace {

using Kind = PathDifference::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

const UnixNanos noon = unix_nanos(1'709'650'800'000'000'000);

Detection high_at(std::int64_t cents, UnixNanos ts = noon) {
    Detection made;
    made.symbol = SymbolId{3};
    made.direction = Direction::Up;
    made.price = Price::from_cents(cents);
    made.ts = ts;
    made.key.fire = ts;
    made.key.sequence = Sequence{7};
    made.data = HighLowData{};
    made.evidence.rule_version = "high_low/1";
    made.evidence.thresholds.add("min_price_change", 10);
    made.evidence.conditions.add(12);
    made.evidence.rules.push_back({RuleName("mark"), RuleMark::Action::Enriched, {}, 1});
    return made;
}

struct Compared {
    std::vector<PathDifference> differences;
    ComparisonCounts counts;
};

Compared compare_once(std::vector<Detection> linear, std::vector<Detection> multi_channel,
                      PathComparison::Settings settings = {}) {
    PathComparison comparison(settings);
    Compared result;
    comparison.compare(linear, multi_channel, noon, result.differences);
    result.counts = comparison.counts();
    return result;
}

template <class Data>
Detection with_data(std::function<void(Data&)> change = nullptr) {
    Detection made = high_at(10'000);
    Data data;
    if (change) {
        change(data);
    }
    made.data = data;
    return made;
}

template <class Data>
void expect_seen(std::initializer_list<std::function<void(Data&)>> changes) {
    EXPECT_TRUE(PathComparison::same(with_data<Data>(), with_data<Data>()));
    int index = 0;
    for (const auto& change : changes) {
        EXPECT_FALSE(PathComparison::same(with_data<Data>(), with_data<Data>(change)))
            << "data member " << index;
        ++index;
    }
}

TEST(PathComparison, SeesEveryMemberThatIsPublished) {
    const std::vector<std::function<void(Detection&)>> changes{
        [](Detection& d) { d.key.fire += Nanos(1); },
        [](Detection& d) { d.key.sequence = Sequence{8}; },
        [](Detection& d) { d.key.phase = 0; },
        [](Detection& d) { d.key.rank = EventRank::Low; },
        [](Detection& d) { d.symbol = SymbolId{4}; },
        [](Detection& d) { d.type = EventType::Low; },
        [](Detection& d) { d.direction = Direction::Down; },
        [](Detection& d) { d.timeframe = static_cast<Timeframe>(1); },
        [](Detection& d) { d.source = SourceKind::Fmv; },
        [](Detection& d) { d.session = static_cast<TradingSession>(2); },
        [](Detection& d) { d.session_key = 1; },
        [](Detection& d) { d.price = Price::from_raw(d.price.raw() + 1); },
        [](Detection& d) { d.ts += Nanos(1); },
        [](Detection& d) { d.confidence = 0.5; },
        [](Detection& d) { d.volume = Size::from_raw(1); },
        [](Detection& d) { d.score = std::numeric_limits<double>::min(); },
        [](Detection& d) { d.revises_last = true; },
        [](Detection& d) { d.known_from_trades = true; },
        [](Detection& d) { d.data = BarData{}; },
        [](Detection& d) { d.evidence.trade_id = TradeId("x"); },
        [](Detection& d) { d.evidence.source_sequence = 1; },
        [](Detection& d) { d.evidence.conditions.add(1); },
        [](Detection& d) { d.evidence.luld_band = static_cast<LuldBand>(1); },
        [](Detection& d) { d.evidence.exchange = 1; },
        [](Detection& d) { d.evidence.prior_extreme = Price::from_raw(1); },
        [](Detection& d) { d.evidence.prior_extreme_ts = noon; },
        [](Detection& d) { d.evidence.period = static_cast<MarketPeriod>(0); },
        [](Detection& d) { d.evidence.thresholds.add("x", 1); },
        [](Detection& d) { d.evidence.configured = true; },
        [](Detection& d) { d.evidence.rule_version = "high_low/2"; },
        [](Detection& d) { d.evidence.rules.clear(); },
        [](Detection& d) { d.evidence.rules[0].rule = RuleName("other"); },
        [](Detection& d) { d.evidence.rules[0].action = RuleMark::Action::Passed; },
        [](Detection& d) { d.evidence.rules[0].field = RuleName("price"); },
        [](Detection& d) { d.evidence.rules[0].value = 2; },
    };
    const Detection original = high_at(10'000);
    for (std::size_t i = 0; i < changes.size(); ++i) {
        Detection changed = original;
        changes[i](changed);
        EXPECT_FALSE(PathComparison::same(original, changed)) << "change " << i;
        EXPECT_FALSE(PathComparison::same(changed, original)) << "change " << i;
    }
    Detection elsewhere = original;
    elsewhere.context.source = SourceId{9};
    EXPECT_TRUE(PathComparison::same(original, elsewhere)) << "where it came from is not published";
    Detection behind_more = original;
    behind_more.key.k += 3;
    EXPECT_TRUE(PathComparison::same(original, behind_more))
        << "k counts other symbols' finds, too";
}

TEST(PathComparison, SeesEveryMemberOfHighsLowsAndTrends) {
    expect_seen<HighLowData>(
        {[](auto& d) { d.session_high = Price::from_raw(1); },
         [](auto& d) { d.session_low = Price::from_raw(1); }, [](auto& d) { d.vwap = 1; },
         [](auto& d) { d.has_vwap = true; }, [](auto& d) { d.previous_high = Price::from_raw(1); },
         [](auto& d) { d.previous_low = Price::from_raw(1); }, [](auto& d) { d.count_up = 1; },
         [](auto& d) { d.count_down = 1; }, [](auto& d) { d.coalesced = 1; },
         [](auto& d) { d.percent_change = 1; }, [](auto& d) { d.vwap_divergence = 1; },
         [](auto& d) { d.rel_volume = 1; }, [](auto& d) { d.significance = 1; },
         [](auto& d) { d.reversal = Reversal::VTop; },
         [](auto& d) { d.trend_flag = Direction::Up; },
         [](auto& d) { d.surge_flag = Direction::Up; }, [](auto& d) { d.cancelled = true; }});
    expect_seen<TrendData>({[](auto& d) { d.strength = Strength::Strong; },
                            [](auto& d) { d.score = 1; }, [](auto& d) { d.score_short = 1; },
                            [](auto& d) { d.score_medium = 1; }, [](auto& d) { d.score_long = 1; },
                            [](auto& d) { d.vwap_position = TrendData::VwapPosition::Above; },
                            [](auto& d) { d.age_seconds = 1; },
                            [](auto& d) { d.turn = TrendData::Turn::UpNowDown; },
                            [](auto& d) { d.count_up = 1; }, [](auto& d) { d.count_down = 1; }});
}

TEST(PathComparison, SeesEveryMemberOfTheOtherKinds) {
    expect_seen<ControlData>({[](auto& d) { d.kind = ControlData::Kind::Resume; },
                              [](auto& d) { d.reason[0] = 'x'; }, [](auto& d) { d.from = noon; },
                              [](auto& d) { d.to = noon; }});
    expect_seen<SurgeData>(
        {[](auto& d) { d.magnitude = 1; }, [](auto& d) { d.score = 1; },
         [](auto& d) { d.strength = Strength::Strong; },
         [](auto& d) { d.trigger = SurgeData::Trigger::Volume; },
         [](auto& d) { d.volume_multiplier = 1; }, [](auto& d) { d.expiration = noon; },
         [](auto& d) { d.daily_count = 1; }, [](auto& d) { d.baseline = Price::from_raw(1); }});
    expect_seen<BarData>(
        {[](auto& d) { d.percent_change = 1; }, [](auto& d) { d.volume_multiplier = 1; }});
    expect_seen<ValuationData>({[](auto& d) { d.fair_value = Price::from_raw(1); },
                                [](auto& d) { d.reference = Price::from_raw(1); },
                                [](auto& d) { d.deviation = 1; }, [](auto& d) { d.strength = 1; }});
    expect_seen<RuleData>({[](auto& d) { d.rule = RuleName("x"); }, [](auto& d) { d.count = 1; }});
}

TEST(PathComparison, TheSameInAnotherOrderIsMatched) {
    Detection other = high_at(10'000);
    other.symbol = SymbolId{4};
    const auto result = compare_once({high_at(10'000), other, high_at(10'100)},
                                     {high_at(10'100), other, high_at(10'000)});
    EXPECT_EQ(result.counts.matched, 3U);
    EXPECT_TRUE(result.differences.empty());
}

TEST(PathComparison, NearUpToTheTolerancesAndNotBeyond) {
    const PathComparison::Settings settings{seconds(5), 0.01, seconds(1)};
    // 0.01 % of 100 $ is a cent.
    EXPECT_EQ(compare_once({high_at(10'000)}, {high_at(10'001)}, settings).counts.near, 1U);
    EXPECT_EQ(compare_once({high_at(10'000)}, {high_at(9'999)}, settings).counts.near, 1U);
    Detection beyond = high_at(10'001);
    beyond.price = Price::from_raw(beyond.price.raw() + 1);
    EXPECT_EQ(compare_once({high_at(10'000)}, {beyond}, settings).counts.near, 0U);

    EXPECT_EQ(
        compare_once({high_at(10'000)}, {high_at(10'000, noon + seconds(1))}, settings).counts.near,
        1U);
    EXPECT_EQ(
        compare_once({high_at(10'000)}, {high_at(10'000, noon - seconds(1))}, settings).counts.near,
        1U);
    const auto late =
        compare_once({high_at(10'000)}, {high_at(10'000, noon + seconds(1) + Nanos(1))}, settings);
    EXPECT_EQ(late.counts.near, 0U);
    EXPECT_EQ(late.counts.missing, 1U);
    EXPECT_EQ(late.counts.extra, 1U);
}

TEST(PathComparison, WhatIsOfAnotherKindIsNotNear) {
    const std::vector<std::function<void(Detection&)>> changes{
        [](Detection& d) { d.symbol = SymbolId{4}; },
        [](Detection& d) { d.type = EventType::Low; },
        [](Detection& d) { d.direction = Direction::Down; },
        [](Detection& d) { d.timeframe = static_cast<Timeframe>(1); },
        [](Detection& d) { d.session = static_cast<TradingSession>(2); },
        [](Detection& d) { d.session_key = 1; },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        Detection other = high_at(10'000);
        changes[i](other);
        const auto result = compare_once({high_at(10'000)}, {other});
        EXPECT_EQ(result.counts.near, 0U) << "change " << i;
        ASSERT_EQ(result.differences.size(), 2U);
        EXPECT_EQ(result.differences[0].kind, Kind::Extra);
        EXPECT_EQ(result.differences[1].kind, Kind::Missing);
    }
}

TEST(PathComparison, OfSeveralNearOnesTheClosestInTimeIsTaken) {
    const auto result = compare_once({high_at(10'000)}, {high_at(10'000, noon + milliseconds(500)),
                                                         high_at(10'000, noon - milliseconds(10))});
    EXPECT_EQ(result.counts.near, 1U);
    EXPECT_EQ(result.counts.extra, 1U);
    ASSERT_EQ(result.differences[0].kind, Kind::Near);
    EXPECT_EQ(result.differences[0].multi_channel->ts, noon - milliseconds(10));
}

TEST(PathComparison, AMissingOneComesLateUpToTheLastInstant) {
    for (const bool in_time : {true, false}) {
        PathComparison comparison({seconds(5), 0.01, seconds(1)});
        std::vector<PathDifference> out;
        const std::vector<Detection> found{high_at(10'000)};
        comparison.compare(found, {}, noon, out);
        ASSERT_EQ(out.size(), 1U);
        EXPECT_FALSE(out[0].late);
        out.clear();
        comparison.compare({}, found, noon + seconds(5) + (in_time ? Nanos(0) : Nanos(1)), out);
        ASSERT_EQ(out.size(), 1U);
        EXPECT_EQ(out[0].late, in_time);
        EXPECT_EQ(out[0].kind, in_time ? Kind::Missing : Kind::Extra);
        EXPECT_EQ(comparison.counts().late, in_time ? 1U : 0U);
        EXPECT_EQ(comparison.counts().lost, in_time ? 0U : 1U);
        EXPECT_EQ(comparison.counts().extra, in_time ? 0U : 1U);
    }
}

TEST(PathComparison, WhatIsForgottenIsNeitherLateNorLost) {
    PathComparison comparison({seconds(5), 0.01, seconds(1)});
    std::vector<PathDifference> out;
    const std::vector<Detection> found{high_at(10'000)};
    comparison.compare(found, {}, noon, out);
    comparison.forget_pending();
    comparison.compare({}, {}, noon + seconds(60), out);
    EXPECT_EQ(comparison.counts().lost, 0U);
    EXPECT_EQ(comparison.counts().missing, 1U);
}

TEST(PathComparison, WhatIsAwaitedIsBoundedAndTheOldestCountsAsLost) {
    PathComparison comparison({seconds(5), 0.01, seconds(1)});
    std::vector<PathDifference> out;
    constexpr int all = 2000;
    for (int i = 0; i < all; ++i) {
        const std::vector<Detection> found{high_at(10'000 + 100 * i)};
        comparison.compare(found, {}, noon, out);
    }
    const std::uint64_t lost = comparison.counts().lost;
    EXPECT_GT(lost, 0U);
    EXPECT_LT(lost, std::uint64_t{all});
    out.clear();
    const std::vector<Detection> newest{high_at(10'000 + 100 * (all - 1))};
    comparison.compare({}, newest, noon, out);
    EXPECT_EQ(comparison.counts().late, 1U);
    comparison.compare({}, {}, noon + seconds(60), out);
    EXPECT_EQ(comparison.counts().lost + comparison.counts().late, std::uint64_t{all});
}

// --- against the naive way --------------------------------------------------------------------

/// The same rules with lists and no short cut.
struct Oracle {
    PathComparison::Settings settings;
    ComparisonCounts counts;
    std::list<std::pair<Detection, UnixNanos>> awaited;

    bool near(const Detection& a, const Detection& b) const {
        const auto apart = a.ts > b.ts ? a.ts - b.ts : b.ts - a.ts;
        const double percent = 100 * std::abs(a.price.to_double() - b.price.to_double());
        return a.symbol == b.symbol && a.type == b.type && a.direction == b.direction &&
               apart <= settings.time_tolerance &&
               percent <= settings.price_tolerance * a.price.to_double() + 1e-9;
    }

    void compare(const std::vector<Detection>& linear, const std::vector<Detection>& other,
                 UnixNanos clock) {
        counts.linear += linear.size();
        counts.multi_channel += other.size();
        counts.lost += std::erase_if(awaited, [&](const auto& one) { return one.second < clock; });
        std::list<Detection> left(linear.begin(), linear.end());
        std::list<Detection> right(other.begin(), other.end());
        counts.matched += pair_up(left, right, PathComparison::same);
        const auto is_near = [this](const Detection& a, const Detection& b) { return near(a, b); };
        counts.near += pair_up(left, right, is_near);
        for (const Detection& found : right) {
            auto it = std::find_if(awaited.begin(), awaited.end(), [&](const auto& one) {
                return PathComparison::same(one.first, found);
            });
            if (it == awaited.end()) {
                it = std::find_if(awaited.begin(), awaited.end(),
                                  [&](const auto& one) { return near(one.first, found); });
            }
            ++(it == awaited.end() ? counts.extra : counts.late);
            if (it != awaited.end()) {
                awaited.erase(it);
            }
        }
        for (const Detection& one : left) {
            ++counts.missing;
            awaited.emplace_back(one, clock + settings.lost_after);
        }
    }

    /// Each of the left takes the closest in time; how many found one.
    template <class Fits>
    static std::uint64_t pair_up(std::list<Detection>& left, std::list<Detection>& right,
                                 Fits fits) {
        std::uint64_t pairs = 0;
        for (auto one = left.begin(); one != left.end();) {
            auto best = right.end();
            for (auto other = right.begin(); other != right.end(); ++other) {
                const auto apart = [&](const Detection& d) {
                    return std::chrono::abs(d.ts - one->ts);
                };
                if (fits(*one, *other) && (best == right.end() || apart(*other) < apart(*best))) {
                    best = other;
                }
            }
            if (best == right.end()) {
                ++one;
                continue;
            }
            right.erase(best);
            one = left.erase(one);
            ++pairs;
        }
        return pairs;
    }
};

std::vector<Detection> arbitrary_found(std::int64_t now_ms) {
    const auto bits = *rc::gen::container<std::vector<unsigned>>(
        *rc::gen::inRange<std::size_t>(0, 6), rc::gen::inRange(0U, 64U));
    std::vector<Detection> found;
    for (const unsigned b : bits) {
        Detection one =
            high_at(10'000 + (b & 3U), noon + milliseconds(now_ms + 400 * (b >> 2 & 3U)));
        one.symbol = SymbolId{b >> 4 & 1U};
        one.type = (b >> 5 & 1U) != 0 ? EventType::High : EventType::Low;
        found.push_back(one);
    }
    return found;
}

/// What another way of working may make of it: some left out, some moved, some anew.
std::vector<Detection> changed(std::vector<Detection> found, std::int64_t now_ms) {
    std::erase_if(found, [](const Detection&) { return *rc::gen::inRange(0, 5) == 0; });
    for (Detection& one : found) {
        if (*rc::gen::inRange(0, 4) == 0) {
            one.price = Price::from_raw(one.price.raw() + Price::from_cents(1).raw());
        }
    }
    if (*rc::gen::inRange(0, 3) == 0) {
        const auto more = arbitrary_found(now_ms);
        found.insert(found.end(), more.begin(), more.end());
    }
    if (*rc::gen::inRange(0, 2) == 0) {
        std::reverse(found.begin(), found.end());
    }
    return found;
}

RC_GTEST_PROP(PathComparison, CountsAddUpAndAreThoseOfTheNaiveWay, ()) {
    const PathComparison::Settings settings{seconds(2), 0.01, seconds(1)};
    PathComparison comparison(settings);
    Oracle oracle{settings, {}, {}};
    std::vector<Detection> held_back;
    std::uint64_t told = 0;
    std::int64_t now_ms = 0;
    const int runs = *rc::gen::inRange(1, 12);
    for (int run = 0; run < runs; ++run) {
        now_ms += *rc::gen::inRange(0, 1500);
        const std::vector<Detection> linear = arbitrary_found(now_ms);
        std::vector<Detection> other = changed(linear, now_ms);
        other.insert(other.end(), held_back.begin(), held_back.end());
        held_back.clear();
        if (*rc::gen::inRange(0, 3) == 0) {
            held_back.swap(other);
        }
        std::vector<PathDifference> out;
        comparison.compare(linear, other, noon + milliseconds(now_ms), out);
        oracle.compare(linear, other, noon + milliseconds(now_ms));
        told += out.size();
        const ComparisonCounts& counts = comparison.counts();
        RC_ASSERT(counts.linear == counts.matched + counts.near + counts.missing);
        RC_ASSERT(counts.multi_channel ==
                  counts.matched + counts.near + counts.extra + counts.late);
        RC_ASSERT(counts.late + counts.lost <= counts.missing);
        RC_ASSERT(told == counts.near + counts.missing + counts.extra + counts.late);
        RC_ASSERT(counts == oracle.counts);
    }
}

RC_GTEST_PROP(PathComparison, AListAgainstItselfIsMatched, ()) {
    std::vector<Detection> linear = arbitrary_found(0);
    std::vector<Detection> other = linear;
    if (*rc::gen::arbitrary<bool>()) {
        std::reverse(other.begin(), other.end());
    }
    const auto result = compare_once(linear, other);
    RC_ASSERT(result.counts.matched == linear.size());
    RC_ASSERT(result.differences.empty());
}

}  // namespace
}  // namespace tickstock

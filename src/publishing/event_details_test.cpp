// What filters may ask of an event is what its body says, also when it comes back from the disk.
#include "publishing/event_details.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "publishing/encode.hpp"

namespace tickstock {
namespace {

std::string body_of(const Event& event) {
    std::string body;
    encode_body(event, R"(A"data":{"count":1)", body);
    return body;
}

EventDetails read_back(const Event& event) {
    return details_in(event.detection.type, event.detection.direction, body_of(event));
}

double any_double() {
    return *rc::gen::element(0.0, 1e-7, -1e-7, 5e-7, -5e-7, 6e-7, -6e-7, 0.0000015, 1.25,
                             -3.1234565, 1e12, -99.9999999) *
           *rc::gen::element(1.0, 0.1, 1.0000001);
}

std::uint32_t any_count() {
    return *rc::gen::element(0U, 1U, 7U, 4'294'967'295U);
}

template <class Enum>
Enum any_of(int count) {
    return static_cast<Enum>(*rc::gen::inRange(0, count));
}

HighLowData any_high_low() {
    HighLowData data;
    data.has_vwap = *rc::gen::arbitrary<bool>();
    data.vwap_divergence = any_double();
    data.count_up = any_count();
    data.count_down = any_count();
    return data;
}

TrendData any_trend() {
    TrendData data;
    data.strength = any_of<Strength>(3);
    data.vwap_position = any_of<TrendData::VwapPosition>(3);
    data.age_seconds = *rc::gen::element<std::int64_t>(0, 1, 4'294'967'295, 4'294'967'296, -5);
    data.count_up = any_count();
    data.count_down = any_count();
    return data;
}

SurgeData any_surge() {
    SurgeData data;
    data.magnitude = any_double();
    data.strength = any_of<Strength>(3);
    data.daily_count = any_count();
    return data;
}

EventData any_data(EventType type) {
    if (type != EventType::Rule && type != EventType::Valuation && type != EventType::Control &&
        *rc::gen::arbitrary<bool>()) {
        return BarData{any_double(), any_double()};
    }
    switch (type) {
        case EventType::High:
        case EventType::Low: return any_high_low();
        case EventType::Trend: return any_trend();
        case EventType::Surge: return any_surge();
        case EventType::Rule: return RuleData{RuleName(R"(}"count":9,{"x)"), any_count()};
        case EventType::Valuation: return ValuationData{{}, {}, any_double(), 0.5};
        case EventType::Control: break;
    }
    return ControlData{};
}

RC_GTEST_PROP(EventDetails, AreTheSameFromTheEventAndFromItsBody, ()) {
    Event event;
    event.detection.type = any_of<EventType>(event_type_count);
    event.detection.direction = any_of<Direction>(3);
    event.detection.data = any_data(event.detection.type);
    if (std::holds_alternative<BarData>(event.detection.data)) {
        event.detection.timeframe = Timeframe::Minute1;
    }
    RC_ASSERT(read_back(event) == details_of(event));
}

TEST(EventDetails, WhatEachTypeHas) {
    Event event;
    event.detection.type = EventType::Trend;
    event.detection.direction = Direction::Down;
    TrendData trend;
    trend.strength = Strength::Moderate;
    trend.vwap_position = TrendData::VwapPosition::Below;
    trend.age_seconds = 90;
    trend.count_up = 3;
    trend.count_down = 8;
    event.detection.data = trend;
    EventDetails details = details_of(event);
    EXPECT_EQ(details.has, EventDetails::Strength | EventDetails::Vwap | EventDetails::TrendAge |
                               EventDetails::Count);
    EXPECT_EQ(details.strength, Strength::Moderate);
    EXPECT_EQ(details.vwap, TrendData::VwapPosition::Below);
    EXPECT_EQ(details.trend_age, 90U);
    EXPECT_EQ(details.count, 8U) << "of its direction";

    event.detection.type = EventType::Surge;
    SurgeData surge;
    surge.magnitude = -1.5;
    event.detection.data = surge;
    details = details_of(event);
    EXPECT_EQ(details.magnitude, 1.5) << "without sign";
    event.detection.data = BarData{-2.5, 4};
    details = details_of(event);
    EXPECT_EQ(details.has, EventDetails::Magnitude);
    EXPECT_EQ(details.magnitude, 2.5);
    event.detection.type = EventType::High;
    EXPECT_EQ(details_of(event).has, 0) << "a bar's high";
}

TEST(EventDetails, OfABodyThatIsNone) {
    for (const EventType type : {EventType::High, EventType::Trend, EventType::Surge}) {
        EXPECT_EQ(details_in(type, Direction::Up, "").has, 0);
        EXPECT_EQ(details_in(type, Direction::Up, R"("data":{"magnitude":)").has, 0);
        EXPECT_EQ(details_in(type, Direction::Up, "\x01\xff\"data\":{\"count_up\":x").has, 0);
    }
}

}  // namespace
}  // namespace tickstock

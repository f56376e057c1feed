#include "server/target.hpp"

#include <gtest/gtest.h>

#include "server/events_api.hpp"
#include "server/frame_meter.hpp"
#include "server/position.hpp"
#include "server/session.hpp"

namespace tickstock {
namespace {

TEST(Target, SplitsAndDecodes) {
    const auto target = parse_target("/a%20b+c?x=1&y=a%2Cb+c&x=2&&flag&=v");
    ASSERT_TRUE(target.has_value());
    EXPECT_EQ(target->path, "/a b+c") << "a plus is a space in the query only";
    EXPECT_EQ(target->value("x"), "2") << "the last one";
    EXPECT_EQ(target->value("y"), "a,b c");
    EXPECT_EQ(target->value("flag"), "");
    EXPECT_EQ(target->value("none"), std::nullopt);
    EXPECT_EQ(parse_target("/?")->query.size(), 0U);
}

TEST(Target, RefusesOtherForms) {
    for (const std::string_view text :
         {"", "*", "x", "http://host/", "/%", "/%1", "/%g0", "/?a=%", "/?%zz=1"}) {
        EXPECT_FALSE(parse_target(text).has_value()) << text;
    }
}

TEST(Target, Lists) {
    EXPECT_EQ(split_list("a,,b,"), (std::vector<std::string_view>{"a", "b"}));
    EXPECT_TRUE(split_list("").empty());
}

TEST(Target, SubscriptionQuery) {
    const auto request = parse_subscription_query(
        *parse_target("/?symbols=IBM,AAPL&types=high&min_price=1.5&since=e:7&interval_ms=50"));
    ASSERT_TRUE(request.ok());
    EXPECT_EQ(request.value().filter.symbols.size(), 2U);
    EXPECT_EQ(request.value().since.position, (Position{"e", Offset{7}}));
    EXPECT_EQ(request.value().interval, std::chrono::milliseconds(50));
    EXPECT_FALSE(parse_subscription_query(*parse_target("/?limit=5")).ok());
    EXPECT_TRUE(parse_subscription_query(*parse_target("/?limit=5"), "limit").ok());
}

TEST(Position, TextBothWays) {
    const Position position{"0123abcd", Offset{42}};
    EXPECT_EQ(parse_position(to_string(position)), position);
    for (const std::string_view text : {"", ":", "e", "e:", ":1", "e:-1", "e:+1", "e:1x", "e: 1",
                                        "e f:1", "e:18446744073709551616"}) {
        EXPECT_EQ(parse_position(text), std::nullopt) << text;
    }
}

TEST(TokenBucket, BurstThenRate) {
    TokenBucket bucket(2, 3);
    const Nanos start = std::chrono::hours(1);
    EXPECT_TRUE(bucket.take(start) && bucket.take(start) && bucket.take(start));
    EXPECT_FALSE(bucket.take(start));
    EXPECT_TRUE(bucket.take(start + std::chrono::milliseconds(500)));
    EXPECT_FALSE(bucket.take(start + std::chrono::milliseconds(900)));
    EXPECT_FALSE(bucket.take(start)) << "a clock that goes back gives nothing";
}

std::vector<std::uint8_t> bytes(std::initializer_list<int> list) {
    return {list.begin(), list.end()};
}

TEST(FrameMeter, CountsFragmentsOfOneMessage) {
    FrameMeter meter(3);
    const auto start = bytes({0x01, 0x81, 1, 2, 3, 4, 'x'});
    const auto ping = bytes({0x89, 0x80, 1, 2, 3, 4});
    const auto more = bytes({0x00, 0x80, 1, 2, 3, 4});
    const auto end = bytes({0x80, 0x80, 1, 2, 3, 4});
    for (int message = 0; message < 3; ++message) {
        EXPECT_TRUE(meter.feed(start) && meter.feed(ping) && meter.feed(more) && meter.feed(end));
    }
    EXPECT_TRUE(meter.feed(start) && meter.feed(more) && meter.feed(more));
    EXPECT_FALSE(meter.feed(more));
}

TEST(FrameMeter, FollowsLongFramesByteByByte) {
    FrameMeter meter(1);
    for (const std::size_t length : {125U, 126U, 65'535U, 65'536U}) {
        std::vector<std::uint8_t> frame{0x81};
        if (length < 126) {
            frame.push_back(static_cast<std::uint8_t>(0x80 | length));
        } else {
            frame.push_back(length > 65'535 ? 0xFF : 0xFE);
            for (int shift = length > 65'535 ? 56 : 8; shift >= 0; shift -= 8) {
                frame.push_back(static_cast<std::uint8_t>(length >> shift & 0xFF));
            }
        }
        frame.resize(frame.size() + 4 + length, 0);  // zeros would count as continuations
        for (const std::uint8_t byte : frame) {
            ASSERT_TRUE(meter.feed({&byte, 1})) << length;
        }
    }
}

}  // namespace
}  // namespace tickstock

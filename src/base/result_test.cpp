#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace tickstock {
namespace {

Result<std::unique_ptr<int>> made(bool good) {
    if (good) {
        return std::make_unique<int>(7);
    }
    return Error{"no number"};
}

TEST(Result, HoldsTheValueOrTheReason) {
    auto good = made(true);
    ASSERT_TRUE(good);
    EXPECT_EQ(**good, 7);
    const auto moved = std::move(good).value();
    EXPECT_EQ(*moved, 7);

    const auto bad = made(false);
    EXPECT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().message, "no number");
}

TEST(ResultDeath, TheWrongHalfIsAProgrammersError) {
    EXPECT_DEATH(static_cast<void>(made(false).value()), "assertion failed: ok\\(\\)");
    EXPECT_DEATH(static_cast<void>(made(true).error()), "assertion failed: !ok\\(\\)");
}

TEST(AssertDeath, NamesExpressionAndPlace) {
    const int shards = 0;
    EXPECT_DEATH(TS_ASSERT(shards > 0), "result_test.cpp:[0-9]+: assertion failed: shards > 0");
}

}  // namespace
}  // namespace tickstock

#include "config/nearest_key.hpp"

#include <gtest/gtest.h>

#include "config/settings.hpp"

namespace tickstock {
namespace {

TEST(EditDistance, CountsLettersTouchedOnce) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("port", ""), 4U);
    EXPECT_EQ(edit_distance("port", "prot"), 1U) << "neighbours swapped";
    EXPECT_EQ(edit_distance("port", "pot"), 1U);
    EXPECT_EQ(edit_distance("port", "sport"), 1U);
    EXPECT_EQ(edit_distance("port", "PORT"), 0U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(edit_distance(std::string(5000, 'a'), "b"), 5000U) << "no typing error";
}

std::string nearest(std::string_view name) {
    return nearest_setting(name).value_or("none");
}

TEST(NearestSetting, FindsWhatWasMeant) {
    EXPECT_EQ(nearest("server.prot"), "server.port");
    EXPECT_EQ(nearest("sevrer.port"), "server.port");
    EXPECT_EQ(nearest("Server.Port"), "server.port");
    EXPECT_EQ(nearest("port"), "server.port");
    EXPECT_EQ(nearest("stream.memory"), "stream.memory_bytes");
    EXPECT_EQ(nearest("highlow.min_price_change"), "high_low.min_price_change");
    EXPECT_EQ(nearest("high_low.min_price_chnage"), "high_low.min_price_change");
    EXPECT_EQ(nearest("monitoring.cooldown"), "monitoring.cooldown_seconds");
    EXPECT_EQ(nearest("channels.tick.batching.max_size"), "none");
    EXPECT_EQ(nearest("enabled"), "none") << "a dozen sections have it";
    EXPECT_EQ(nearest("colour"), "none");
    EXPECT_EQ(nearest(""), "none");
    EXPECT_EQ(nearest(std::string(10'000, 'x')), "none");
}

/// One letter lost, doubled or swapped: the setting is found again.
TEST(NearestSetting, OneWrongLetterLeadsBack) {
    for (const Setting& setting : settings_table()) {
        for (std::size_t at = 0; at + 1 < setting.name.size(); at += 3) {
            std::string lost = setting.name;
            lost.erase(at, 1);
            std::string swapped = setting.name;
            std::swap(swapped[at], swapped[at + 1]);
            for (const std::string& wrong : {lost, swapped}) {
                if (find_setting(wrong) == nullptr) {
                    const auto found = nearest_setting(wrong);
                    ASSERT_TRUE(found) << wrong;
                    EXPECT_LE(edit_distance(wrong, *found), 1U) << wrong << " gives " << *found;
                }
            }
        }
    }
}

}  // namespace
}  // namespace tickstock

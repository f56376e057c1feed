#include "server/frame_check.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickstock {
namespace {

TEST(FrameCheck, FindsATextThatIsCutOff) {
    for (const std::string text : {"", "a", "é", "€", "😀", "a😀", "😀é€a", "ééé"}) {
        EXPECT_FALSE(ends_within_character(text)) << text;
    }
    for (const std::string character : {"é", "€", "😀"}) {
        for (std::size_t size = 1; size < character.size(); ++size) {
            for (const std::string before : {"", "a", "é", "€", "😀"}) {
                EXPECT_TRUE(ends_within_character(before + character.substr(0, size)));
            }
        }
    }
}

TEST(FrameCheck, CloseCodes) {
    EXPECT_TRUE(may_be_close_code(1000));
    EXPECT_TRUE(may_be_close_code(4999));
    EXPECT_FALSE(may_be_close_code(5000));
    EXPECT_FALSE(may_be_close_code(65535));
}

}  // namespace
}  // namespace tickstock

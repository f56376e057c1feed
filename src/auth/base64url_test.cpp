#include "auth/base64url.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace tickstock {
namespace {

TEST(Base64url, Rfc4648Vectors) {
    // RFC 4648 section 10, without padding.
    EXPECT_EQ(base64url_encode(""), "");
    EXPECT_EQ(base64url_encode("f"), "Zg");
    EXPECT_EQ(base64url_encode("fo"), "Zm8");
    EXPECT_EQ(base64url_encode("foo"), "Zm9v");
    EXPECT_EQ(base64url_encode("foob"), "Zm9vYg");
    EXPECT_EQ(base64url_encode("fooba"), "Zm9vYmE");
    EXPECT_EQ(base64url_encode("\xff\xef\xbe"), "_---");
}

TEST(Base64url, RefusesAllButTheCanonicalText) {
    for (const char* text : {"Zg==", "Zm8=", "Z", "Zm9vY", "Zh", "Zm9", "Zm9 ", " Zg", "Zg\n",
                             "Zm+v", "Zm/v", "Z.", "Zg\xc3\xa9", "====", "Zm9v="}) {
        EXPECT_FALSE(base64url_decode(text)) << text;
    }
    EXPECT_FALSE(base64url_decode(std::string_view("Z\0", 2)));
}

RC_GTEST_PROP(Base64url, DecodesWhatItEncodes, (const std::string& bytes)) {
    RC_ASSERT(base64url_decode(base64url_encode(bytes)) == bytes);
}

RC_GTEST_PROP(Base64url, NoTwoTextsMeanTheSame, ()) {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-_+/= ")));
    if (const auto bytes = base64url_decode(text)) {
        RC_ASSERT(base64url_encode(*bytes) == text);
    }
}

TEST(Base64url, RandomTextsDiffer) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string text = random_base64url(16);
        EXPECT_EQ(text.size(), 22u);
        EXPECT_TRUE(seen.insert(text).second);
    }
}

}  // namespace
}  // namespace tickstock

#include "base/hash.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tickstock {
namespace {

std::string hex(std::uint64_t value) {
    std::string out;
    append_hex16(out, value);
    return out;
}

TEST(Hash, IsXxh64WithSeedZero) {
    EXPECT_EQ(hex(xxh64("")), "ef46db3751d8e999");
    EXPECT_EQ(hex(xxh64("a")), "d24ec4f1a98c6e5b");
    EXPECT_EQ(hex(xxh64("abc")), "44bc2cf5ad770999");
}

TEST(Hash, HexHasSixteenDigits) {
    EXPECT_EQ(hex(0), "0000000000000000");
    EXPECT_EQ(hex(0xAB), "00000000000000ab");
    EXPECT_EQ(hex(~std::uint64_t{0}), "ffffffffffffffff");
}

TEST(StreamingHash, NothingIsTheHashOfNothing) {
    EXPECT_EQ(StreamingHash().digest(), xxh64(""));
}

RC_GTEST_PROP(StreamingHashProperty, PiecesHashAsTheirWhole,
              (const std::vector<std::string>& pieces)) {
    StreamingHash hash;
    std::string whole;
    for (const auto& piece : pieces) {
        hash.update(piece);
        whole += piece;
        RC_ASSERT(hash.digest() == xxh64(whole));
    }
    const StreamingHash moved = std::move(hash);
    RC_ASSERT(moved.digest() == xxh64(whole));
}

}  // namespace
}  // namespace tickstock

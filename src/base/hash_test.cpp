#include "base/hash.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/state_archive.hpp"

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

RC_GTEST_PROP(StreamingHashProperty, GoesOnAfterARestart,
              (const std::string& before, const std::string& after)) {
    const std::string start = before + before + before + before + before;
    StreamingHash hash;
    hash.update(before);
    hash.update(start.substr(before.size()));
    StateWriter out;
    hash.save(out);
    StreamingHash loaded;
    loaded.update("what stood there before");
    StateReader in(out.text());
    loaded.load(in);
    RC_ASSERT(in.ok() && in.at_end());
    RC_ASSERT(loaded.digest() == xxh64(start));
    loaded.update(after);
    RC_ASSERT(loaded.digest() == xxh64(start + after));
}

TEST(StreamingHash, EqualContentsHaveEqualBytesAndCutOffOnesAreRefused) {
    const std::string text(100, 'x');
    StreamingHash whole;
    whole.update(text);
    StreamingHash pieces;
    pieces.update("xxxxxxx");
    pieces.update(text.substr(7, 60));
    pieces.update(text.substr(67));
    StateWriter a;
    StateWriter b;
    whole.save(a);
    pieces.save(b);
    EXPECT_EQ(a.text(), b.text());
    for (std::size_t size = 0; size < a.size(); ++size) {
        StateReader in(std::string_view(a.text()).substr(0, size));
        StreamingHash loaded;
        loaded.load(in);
        EXPECT_FALSE(in.ok());
        EXPECT_EQ(loaded.digest(), xxh64("")) << "untouched";
    }
}

}  // namespace
}  // namespace tickstock

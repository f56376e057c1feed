#include "sources/formats/symbol_cache.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickstock {
namespace {

using CacheStatus = SymbolCache::Status;

TEST(SymbolCache, IdsAreDenseAndTextsAreAnnouncedOnce) {
    SymbolCache cache;
    SymbolId a, b, again;
    EXPECT_EQ(cache.intern("AAPL", a), CacheStatus::Ok);
    EXPECT_EQ(cache.intern("MSFT", b), CacheStatus::Ok);
    EXPECT_EQ(cache.intern("AAPL", again), CacheStatus::Ok);
    EXPECT_EQ(a, SymbolId{0});
    EXPECT_EQ(b, SymbolId{1});
    EXPECT_EQ(again, a);
    std::vector<SymbolText> texts;
    cache.take_new(texts);
    ASSERT_EQ(texts.size(), 2U);
    EXPECT_EQ(texts[1].view(), "MSFT");
    cache.take_new(texts);
    EXPECT_EQ(texts.size(), 2U);
    EXPECT_EQ(cache.intern("IBM", a), CacheStatus::Ok);
    cache.take_new(texts);
    ASSERT_EQ(texts.size(), 3U);
    EXPECT_EQ(texts[2].view(), "IBM");
}

TEST(SymbolCache, OnlyPrintableTextsOfSixteenBytesAreSymbols) {
    SymbolCache cache;
    SymbolId id;
    EXPECT_EQ(cache.intern("A", id), CacheStatus::Ok);
    using namespace std::string_view_literals;
    for (const std::string_view bad : {""sv, "A\0"sv, "\0"sv, "A\0B"sv, "A\n"sv, "\x7f"sv,
                                       "\xc3\x84"sv, "SEVENTEENLETTERSX"sv}) {
        EXPECT_EQ(cache.intern(bad, id), CacheStatus::BadText) << bad;
    }
    EXPECT_EQ(cache.intern("SIXTEENLETTERSXX", id), CacheStatus::Ok);
    EXPECT_EQ(cache.intern("A", id), CacheStatus::Ok);
    EXPECT_EQ(cache.size(), 2U);
}

TEST(SymbolCache, HoldsMoreThanTheSequencerAdmitsAndNamesItsEnd) {
    SymbolCache cache;
    SymbolId id;
    for (std::size_t i = 0; i < SymbolCache::capacity; ++i) {
        ASSERT_EQ(cache.intern("S" + std::to_string(i), id), CacheStatus::Ok);
        ASSERT_EQ(id.value(), i);
    }
    EXPECT_EQ(cache.intern("ONEMORE", id), CacheStatus::Full);
    EXPECT_EQ(cache.intern("S77", id), CacheStatus::Ok);
    EXPECT_EQ(id.value(), 77U);
}

}  // namespace
}  // namespace tickstock

#include "model/event.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <tuple>

namespace tickstock {
namespace {

/// Ids against the order of their texts, so that a comparison by id would show.
class EventOrder : public ::testing::Test {
protected:
    EventOrder() {
        zebra_ = *symbols_.intern("ZEBRA");
        apple_ = *symbols_.intern("APPLE");
    }
    bool before(const OrderKey& a, SymbolId sa, const OrderKey& b, SymbolId sb) const {
        return comes_before(a, sa, b, sb, symbols_);
    }
    SymbolTable symbols_;
    SymbolId zebra_;
    SymbolId apple_;
};

OrderKey key(std::int64_t fire, std::uint64_t sequence, std::uint8_t phase = 1,
             EventRank rank = EventRank::High, std::uint32_t k = 0) {
    return {unix_nanos(fire), Sequence{sequence}, phase, rank, k};
}

TEST_F(EventOrder, FireThenSequenceThenPhase) {
    EXPECT_TRUE(before(key(1, 9), zebra_, key(2, 1), apple_));
    EXPECT_TRUE(before(key(1, 1), zebra_, key(1, 2), apple_));
    EXPECT_TRUE(before(key(1, 1, 0), zebra_, key(1, 1, 1), apple_));
    EXPECT_FALSE(before(key(2, 1), apple_, key(1, 9), zebra_));
    EXPECT_TRUE(before(key(1, 5), zebra_, {unix_nanos(1), sequence_end}, zebra_));
}

TEST_F(EventOrder, SymbolTextBreaksTiesNotTheId) {
    EXPECT_TRUE(before(key(1, 1), apple_, key(1, 1), zebra_));
    EXPECT_FALSE(before(key(1, 1), zebra_, key(1, 1), apple_));
    EXPECT_TRUE(
        before(key(1, 1, 1, EventRank::Control), apple_, key(1, 1, 1, EventRank::Trend), zebra_))
        << "the symbol comes before the rank";
}

TEST_F(EventOrder, RankThenCountWithinASymbol) {
    EXPECT_TRUE(
        before(key(1, 1, 1, EventRank::Trend), zebra_, key(1, 1, 1, EventRank::High), zebra_));
    EXPECT_TRUE(
        before(key(1, 1, 1, EventRank::High, 9), zebra_, key(1, 1, 1, EventRank::Low), zebra_));
    EXPECT_TRUE(
        before(key(1, 1, 1, EventRank::High, 1), zebra_, key(1, 1, 1, EventRank::High, 2), zebra_));
    EXPECT_FALSE(before(key(1, 1), zebra_, key(1, 1), zebra_)) << "nothing is before itself";
}

RC_GTEST_PROP(EventOrderProperty, IsTheOrderOfTheWholeKey, ()) {
    SymbolTable symbols;
    const std::array<SymbolId, 3> ids{*symbols.intern("C"), *symbols.intern("A"),
                                      *symbols.intern("B")};
    struct Placed {
        OrderKey key;
        SymbolId symbol;
    };
    const auto any = [&] {
        const auto small = rc::gen::inRange(0, 3);
        return Placed{{unix_nanos(*small), Sequence{static_cast<std::uint64_t>(*small)},
                       static_cast<std::uint8_t>(*rc::gen::inRange(0, 2)),
                       static_cast<EventRank>(*small), static_cast<std::uint32_t>(*small)},
                      ids[static_cast<std::size_t>(*small)]};
    };
    const auto flat = [&](const Placed& p) {
        return std::tuple(p.key.fire, p.key.sequence, p.key.phase, symbols.text(p.symbol).view(),
                          p.key.rank, p.key.k);
    };
    const Placed a = any();
    const Placed b = any();
    RC_ASSERT(comes_before(a.key, a.symbol, b.key, b.symbol, symbols) == (flat(a) < flat(b)));
}

TEST(EventNames, AreThoseOfTheBody) {
    EXPECT_EQ(to_string(Reversal::None), "");
    EXPECT_EQ(to_string(Reversal::WBottom), "W-bottom");
    EXPECT_EQ(to_string(Reversal::MTop), "M-top");
    EXPECT_EQ(to_string(Reversal::VBottom), "V-bottom");
    EXPECT_EQ(to_string(Reversal::VTop), "V-top");
    EXPECT_EQ(to_string(ControlData::Kind::SourceRecovered), "source_recovered");
}

}  // namespace
}  // namespace tickstock

#include "channels/dead_letters.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "base/state_archive.hpp"

namespace tickstock {
namespace {

TEST(DeadLetters, KeepsTheNewestAndCountsAll) {
    const auto letter = [](std::uint64_t sequence) {
        return DeadLetter{ChannelType::Ohlcv, "bars",           SymbolId(2),
                          Sequence(sequence), unix_nanos(1000), "division by zero"};
    };
    DeadLetters letters(3);
    for (std::uint64_t i = 1; i <= 9; i += 2) {
        letters.add(letter(i));
    }
    EXPECT_EQ(letters.total(), 5U);
    EXPECT_EQ(letters.newest(), (std::deque<DeadLetter>{letter(5), letter(7), letter(9)}));

    DeadLetters others(3);
    others.add(letter(8));
    letters.merge(others);
    EXPECT_EQ(letters.newest(), (std::deque<DeadLetter>{letter(7), letter(8), letter(9)}));
    EXPECT_EQ(letters.total(), 6U);

    StateWriter out;
    out(letters);
    StateReader in(out.text());
    DeadLetters fewer(2);
    in(fewer);
    EXPECT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(fewer.newest(), (std::deque<DeadLetter>{letter(8), letter(9)}));
    EXPECT_EQ(fewer.total(), 6U);
}

}  // namespace
}  // namespace tickstock

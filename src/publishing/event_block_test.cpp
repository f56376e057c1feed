#include "publishing/event_block.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "publishing/symbol_numbers.hpp"
#include "publishing/test_support.hpp"

namespace tickstock {
namespace {

std::string wire_of(const StreamEntry& entry, std::string_view body) {
    return R"({"offset":)" + std::to_string(entry.offset.value()) + R"(,"ts_pub":)" +
           std::to_string(to_ns(entry.ts_pub)) + R"(,"event":)" + std::string(body) + "}";
}

TEST(EventBlock, AnyRunIsWhatStandsOnTheWire) {
    std::mt19937_64 dice(5);
    const auto block = random_block(98, 12, dice);
    for (std::size_t begin = 0; begin < 12; ++begin) {
        std::string expected;
        for (std::size_t end = begin; end < 12; ++end) {
            const StreamEntry& entry = block->entries[end];
            EXPECT_EQ(block->index_of(entry.offset), end);
            EXPECT_EQ(block->wire(end), wire_of(entry, block->body(entry)));
            expected += "," + wire_of(entry, block->body(entry));
            EXPECT_EQ(block->run(begin, end + 1), expected);
        }
    }
}

TEST(EventBlock, ATimeThatChangesIsWrittenAnew) {
    std::mt19937_64 dice(6);
    const auto block = random_block(1, 5, dice);
    const EventBlock before = *block;
    block->entries[0].ts_pub = unix_nanos(7);  // of another length
    block->entries[3].ts_pub = unix_nanos(8'000'000'000'000'000'000);
    block->restamp();
    for (std::size_t i = 0; i < 5; ++i) {
        const StreamEntry& entry = block->entries[i];
        EXPECT_EQ(block->body(entry), before.body(before.entries[i]));
        EXPECT_EQ(block->wire(i), wire_of(entry, block->body(entry)));
    }
}

TEST(SymbolNumbers, AreDenseAndStay) {
    SymbolNumbers numbers;
    std::mt19937_64 dice(7);
    std::map<std::string, std::uint32_t> known;
    for (std::uint64_t i = 0; i < 20; ++i) {
        const auto block = random_block(1 + i * 3, 3, dice);
        numbers.number(*block);
        for (const StreamEntry& entry : block->entries) {
            const auto [at, is_new] =
                known.try_emplace(std::string(entry.symbol.view()), entry.symbol_number);
            EXPECT_EQ(at->second, entry.symbol_number);
            EXPECT_GE(entry.symbol_number, 1U);
            EXPECT_LE(entry.symbol_number, known.size());
        }
    }
    EXPECT_EQ(numbers.size(), known.size());
}

}  // namespace
}  // namespace tickstock

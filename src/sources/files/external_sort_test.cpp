#include "sources/files/external_sort.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace tickstock {
namespace {

/// Records with the given times; source_sequence tells where each stood.
std::vector<Record> records_at(const std::vector<int>& times) {
    std::vector<Record> records;
    for (std::size_t i = 0; i < times.size(); ++i) {
        Trade trade{};
        trade.header.ts_event = unix_nanos(times[i]);
        trade.header.source_sequence = i;
        records.emplace_back(trade);
    }
    return records;
}

TEST(ExternalSort, EqualsAStableSortInMemory) {
    rc::check([] {
        const auto times = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 50));
        const auto run_length = *rc::gen::inRange<std::size_t>(1, 20);
        const auto limit = *rc::gen::inRange<std::size_t>(1, 20);
        std::vector<Record> expected = records_at(times);
        ExternalSort sort("");
        for (std::size_t i = 0; i < expected.size(); i += run_length) {
            RC_ASSERT(sort.add_run(
                std::span(expected).subspan(i, std::min(run_length, expected.size() - i))));
        }
        std::stable_sort(expected.begin(), expected.end(), [](const Record& a, const Record& b) {
            return a.header().ts_event < b.header().ts_event;
        });
        std::vector<Record> sorted;
        while (sort.take(sorted, limit)) {
        }
        RC_ASSERT(!sort.failure());
        RC_ASSERT(sorted.size() == expected.size());
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            RC_ASSERT(sorted[i].header().source_sequence == expected[i].header().source_sequence);
        }
    });
}

TEST(ExternalSort, AMissingFolderIsAFailureThatNamesIt) {
    ExternalSort sort("/nowhere/at/all");
    const auto records = records_at({1});
    EXPECT_FALSE(sort.add_run(records));
    ASSERT_TRUE(sort.failure());
    EXPECT_NE(sort.failure()->message.find("/nowhere/at/all"), std::string::npos);
    std::vector<Record> out;
    EXPECT_FALSE(sort.take(out, 10));
}

}  // namespace
}  // namespace tickstock

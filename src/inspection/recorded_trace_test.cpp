// The same on a recorded day: four symbols' prints of a whole session.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "engine/inputs.hpp"
#include "inspection/test_traces.hpp"

namespace tickstock {
namespace {

std::string recorded(const std::string& name) {
    const char* given = std::getenv("TICKSTOCK_TEST_DATA");
    const std::string folder =
        given != nullptr ? given : std::string(TICKSTOCK_SOURCE_DIR) + "/../shared/data";
    return folder + "/" + name;
}

/// The first `limit` records of the file.
RecordBatch read_tape(const std::string& path, std::size_t limit) {
    RecordBatch tape;
    auto reader = open_recorded({path}, "", nullptr).value();
    RecordBatch batch;
    while (tape.records.size() < limit && reader->read(batch)) {
        tape.records.insert(tape.records.end(), batch.records.begin(), batch.records.end());
        tape.new_symbols.insert(tape.new_symbols.end(), batch.new_symbols.begin(),
                                batch.new_symbols.end());
    }
    return tape;
}

TEST(RecordedTrace, EachSymbolsEventsAreTheMarkets) {
    const std::string path = recorded("lean_flat/2013-10-07.trades.csv.gz");
    if (!std::filesystem::exists(path)) {
        GTEST_SKIP() << "the recorded market data is not here (TICKSTOCK_TEST_DATA)";
    }
    const RecordBatch tape = read_tape(path, 120'000);
    ASSERT_GE(tape.records.size(), 120'000U);
    testing::expect_traces_equal(testing::run_market(tape, {}, 1'000), {});
}

}  // namespace
}  // namespace tickstock

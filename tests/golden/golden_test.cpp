// Golden cases: tests/golden/<subject>/<case>.txt, input lines and expected events as text. Each
// runs in one batch, record by record and on three shards: the events must be the same.
// TICKSTOCK_UPDATE_GOLDEN=1 rewrites the expectations.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "golden_case.hpp"

namespace tickstock::golden {
namespace {

std::vector<std::string> all_cases() {
    std::vector<std::string> paths;
    const std::filesystem::path root = TICKSTOCK_SOURCE_DIR "/tests/golden";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt") {
            paths.push_back(std::filesystem::relative(entry.path(), root).string());
        }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

class Golden : public ::testing::TestWithParam<std::string> {};

TEST_P(Golden, EventsAreAsWritten) {
    const Case golden = read_case(std::string(TICKSTOCK_SOURCE_DIR "/tests/golden/") + GetParam());
    ASSERT_FALSE(golden.batch.records.empty());
    const Outcome whole = run_case(golden, golden.batch.records.size(), 1);
    if (std::getenv("TICKSTOCK_UPDATE_GOLDEN") != nullptr) {
        rewrite_case(golden, whole);
        return;
    }
    EXPECT_EQ(whole.events, golden.events);
    EXPECT_EQ(whole.dropped, golden.dropped);
    EXPECT_EQ(run_case(golden, 1, 1).events, golden.events) << "record by record";
    EXPECT_EQ(run_case(golden, 3, 3).events, golden.events) << "on three shards";
}

std::string case_name(const ::testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    for (char& c : name) {
        c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, ::testing::ValuesIn(all_cases()), case_name);

}  // namespace
}  // namespace tickstock::golden

#include "server/codes.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace tickstock {
namespace {

std::string protocol_page() {
    std::ifstream in(std::string(TICKSTOCK_SOURCE_DIR) + "/docs/reference/protocol.md");
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(Codes, EveryCloseCodeIsInThePageWithItsReason) {
    const std::string page = protocol_page();
    ASSERT_FALSE(page.empty());
    for (const CloseCodeInfo& row : close_codes()) {
        const std::string cells = "| " + std::to_string(static_cast<int>(row.code)) + " | `" +
                                  std::string(row.reason) + "` | " +
                                  (row.reconnect ? "yes" : "no") + " |";
        EXPECT_NE(page.find(cells), std::string::npos) << cells;
    }
}

TEST(Codes, EveryErrorCodeIsInThePageWithItsStatus) {
    const std::string page = protocol_page();
    for (const ErrorCodeInfo& row : error_codes()) {
        const std::string cells = "| `" + std::string(row.word) + "` | " +
                                  (row.http_status == 0 ? "–" : std::to_string(row.http_status)) +
                                  " |";
        EXPECT_NE(page.find(cells), std::string::npos) << cells;
    }
}

TEST(Codes, TablesAreConsistent) {
    int last = 0;
    for (const CloseCodeInfo& row : close_codes()) {
        EXPECT_GT(static_cast<int>(row.code), last) << "sorted, no code twice";
        last = static_cast<int>(row.code);
        if (last >= 3000) {
            EXPECT_EQ(row.reconnect, last < 3500) << row.reason;
        }
        EXPECT_LE(row.reason.size(), 123U) << "fits in a close frame";
        EXPECT_EQ(&info(row.code), &row);
    }
    std::set<std::string_view> words;
    for (const ErrorCodeInfo& row : error_codes()) {
        EXPECT_TRUE(words.insert(row.word).second) << row.word;
        EXPECT_EQ(&info(row.code), &row);
    }
}

}  // namespace
}  // namespace tickstock

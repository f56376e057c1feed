#include "publishing/event_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

namespace tickstock {
namespace {

class EventFileTest : public ::testing::Test {
protected:
    EventFileTest()
        : path_(std::filesystem::temp_directory_path() /
                ("tickstock_event_file_" + std::to_string(getpid()) + ".ndjson")) {}
    ~EventFileTest() override { std::filesystem::remove(path_); }

    static void write(EventFile& file, std::int64_t ts, const char* symbol, EventType type,
                      const std::string& id, int revision) {
        StreamEntry entry;
        entry.ts = unix_nanos(ts);
        entry.symbol = SymbolText(symbol);
        entry.type = type;
        file.write(entry, R"({"id":")" + id + R"(","rev":)" + std::to_string(revision) +
                              R"(,"ts":)" + std::to_string(ts) + R"(,"symbol":")" + symbol +
                              R"("})");
    }

    std::vector<std::string> lines() const {
        std::vector<std::string> all;
        std::ifstream file(path_);
        for (std::string line; std::getline(file, line);) {
            all.push_back(line);
        }
        return all;
    }

    std::filesystem::path path_;
};

const std::string id_a = "00000000000000aa";
const std::string id_b = "00000000000000bb";

TEST_F(EventFileTest, StreamOrderKeepsTheOrderOfWriting) {
    auto file = open_stream_order_file(path_.string());
    ASSERT_TRUE(file);
    write(**file, 2, "B", EventType::High, id_a, 0);
    write(**file, 1, "A", EventType::Low, id_b, 0);
    EXPECT_EQ(*(*file)->finish(), 2U);
    ASSERT_EQ(lines().size(), 2U);
    EXPECT_NE(lines()[0].find("\"ts\":2"), std::string::npos);
}

TEST_F(EventFileTest, SortsByTimeSymbolTypeIdAndRevision) {
    auto file = open_sorted_file(path_.string());
    ASSERT_TRUE(file);
    write(**file, 5, "B", EventType::High, id_b, 1);
    write(**file, 5, "B", EventType::High, id_b, 0);
    write(**file, 5, "B", EventType::High, id_a, 12);
    write(**file, 5, "A", EventType::Trend, id_a, 0);
    write(**file, 5, "A", EventType::Low, id_b, 0);  // "low" stands before "trend"
    write(**file, 4, "Z", EventType::High, id_a, 0);
    ASSERT_EQ(*(*file)->finish(), 6U);
    const std::vector<std::string> expected{
        R"({"id":"00000000000000aa","rev":0,"ts":4,"symbol":"Z"})",
        R"({"id":"00000000000000bb","rev":0,"ts":5,"symbol":"A"})",
        R"({"id":"00000000000000aa","rev":0,"ts":5,"symbol":"A"})",
        R"({"id":"00000000000000aa","rev":12,"ts":5,"symbol":"B"})",
        R"({"id":"00000000000000bb","rev":0,"ts":5,"symbol":"B"})",
        R"({"id":"00000000000000bb","rev":1,"ts":5,"symbol":"B"})"};
    EXPECT_EQ(lines(), expected);
}

TEST_F(EventFileTest, SpillingToRunsChangesNothing) {
    const auto fill = [](EventFile& file) {
        std::mt19937_64 random(7);
        for (int i = 0; i < 5000; ++i) {
            std::string id = std::to_string(random() % 100'000);
            id.insert(0, 16 - id.size(), '0');
            write(file, static_cast<std::int64_t>(random() % 1000), random() % 2 == 0 ? "A" : "BC",
                  random() % 2 == 0 ? EventType::High : EventType::Low, id,
                  static_cast<int>(random() % 3));
        }
    };
    auto in_memory = open_sorted_file(path_.string());
    fill(**in_memory);
    ASSERT_EQ(*(*in_memory)->finish(), 5000U);
    const auto expected = lines();
    auto spilled = open_sorted_file(path_.string(), 20'000);
    fill(**spilled);
    ASSERT_EQ(*(*spilled)->finish(), 5000U);
    EXPECT_EQ(lines(), expected);
}

TEST_F(EventFileTest, AnUnwritablePathIsNamed) {
    const auto file = open_sorted_file("/nonexistent/folder/events.ndjson");
    ASSERT_FALSE(file);
    EXPECT_NE(file.error().message.find("/nonexistent/folder/events.ndjson"), std::string::npos);
}

TEST_F(EventFileTest, AFullDiskIsAnError) {
    auto file = open_stream_order_file("/dev/full");
    ASSERT_TRUE(file);
    write(**file, 1, "A", EventType::High, id_a, 0);
    EXPECT_FALSE((*file)->finish());
}

}  // namespace
}  // namespace tickstock

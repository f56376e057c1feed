// The server over real sockets: delivery of the native protocol.
#include "server/server.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "server/test_support.hpp"

namespace tickstock::testing {
namespace {

using nlohmann::json;

/// What a subscriber has been told, with the protocol's promise checked frame by frame.
class Follower {
public:
    Follower(RawClient& client, std::uint64_t position) : client_(client), position_(position) {}

    /// Reads events frames until the position is `offset`.
    void follow_to(std::uint64_t offset) {
        while (position_ < offset && !::testing::Test::HasFailure()) {
            const json frame = json::parse(client_.read_op("events"));
            ASSERT_EQ(frame["first"], position_ + 1) << "frames follow each other without holes";
            for (const json& item : frame["events"]) {
                offsets.push_back(item["offset"]);
                bodies.push_back(item["event"].dump());
                ASSERT_GE(offsets.back(), frame["first"]);
                ASSERT_LE(offsets.back(), frame["last"]);
            }
            position_ = frame["last"];
        }
    }

    std::vector<std::uint64_t> offsets;
    std::vector<std::string> bodies;

private:
    RawClient& client_;
    std::uint64_t position_;
};

std::vector<std::uint64_t> numbers(std::uint64_t from, std::uint64_t to) {
    std::vector<std::uint64_t> result;
    for (auto i = from; i <= to; ++i) {
        result.push_back(i);
    }
    return result;
}

TEST(Server, StreamsEveryEventOnceAndInOrder) {
    TestServer server;
    RawClient client(server.port);
    ASSERT_EQ(client.open().status, 101);
    client.send_text(R"({"op":"subscribe","id":"all"})");
    const json subscribed = json::parse(client.read_op("subscribed"));
    EXPECT_EQ(subscribed["id"], "all");
    EXPECT_EQ(subscribed["position"], json({{"epoch", "epoch-1"}, {"offset", 0}}));

    std::thread engine([&] { server.events.publish("AAPL", 5000); });
    Follower follower(client, 0);
    follower.follow_to(5000);
    engine.join();
    EXPECT_EQ(follower.offsets, numbers(1, 5000));
}

TEST(Server, BodiesArriveByteForByte) {
    TestServer server;
    server.events.publish("MSFT", 1);
    RawClient client(server.port);
    client.open();
    client.send_text(R"({"op":"subscribe","id":"x","since":{"epoch":"epoch-1","offset":0}})");
    const std::string frame = client.read_op("events");
    const auto block = server.events.stream.block_at("epoch-1", Offset{1});
    const std::string body(block->body(block->entries[0]));
    EXPECT_EQ(frame, R"({"op":"events","id":"x","epoch":"epoch-1","first":1,"last":1,"events":[)"
                     R"({"offset":1,"ts_pub":1,"event":)" +
                         body + "}]}");
}

}  // namespace
}  // namespace tickstock::testing

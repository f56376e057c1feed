// What people see of intake: quarantine, unknown sale conditions.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/test_support.hpp"

namespace tickstock::testing {
namespace {

using nlohmann::json;

std::shared_ptr<const std::vector<QuarantineEntry>> held_back(std::size_t count) {
    auto entries = std::make_shared<std::vector<QuarantineEntry>>();
    for (std::size_t i = 0; i < count; ++i) {
        QuarantineEntry entry;
        entry.symbol = i % 2 == 0 ? "UBS" : "BRK.B";
        entry.trade.ts = unix_nanos(static_cast<std::int64_t>(i));
        entry.trade.price = Price::from_raw(7'613'000'000);
        entry.trade.level = Price::from_cents(1596);
        entry.trade.limit_percent = 20'000'000;
        entry.trade.session = TradingSession::Regular;
        entries->push_back(entry);
    }
    return entries;
}

std::vector<std::int64_t> times(const json& list) {
    std::vector<std::int64_t> result;
    for (const json& entry : list) {
        result.push_back(entry["ts"]);
    }
    return result;
}

TEST(ServerIntake, QuarantinePage) {
    TestServer server;
    RawClient client(server.port);
    json page = json::parse(client.get("/api/v1/quarantine").body);
    EXPECT_EQ(page, json({{"total", 0}, {"kept", 0}, {"trades", json::array()}}));

    server.status->quarantine = held_back(150);
    for (int i = 0; i < 160; ++i) {
        server.status->accounting.intake.drop(Reason::Quarantined);
    }
    page = json::parse(client.get("/api/v1/quarantine").body);
    EXPECT_EQ(page["total"], 160);
    EXPECT_EQ(page["kept"], 150);
    ASSERT_EQ(page["trades"].size(), 100U) << "the default limit";
    EXPECT_EQ(page["trades"][0]["ts"], 50) << "the newest, oldest first";
    EXPECT_EQ(page["trades"][99]["reason"], "52.3 % from 15.96, limit 20 %");
    page = json::parse(client.get("/api/v1/quarantine?symbol=BRK.B&limit=2").body);
    EXPECT_EQ(times(page["trades"]), (std::vector<std::int64_t>{147, 149}));
    EXPECT_EQ(page["trades"][0]["symbol"], "BRK.B");
    page = json::parse(client.get("/api/v1/quarantine?symbol=IBM").body);
    EXPECT_TRUE(page["trades"].empty());
}

TEST(ServerIntake, QuarantineParametersAreChecked) {
    TestServer server;
    RawClient client(server.port);
    for (const std::string query :
         {"limit=0", "limit=1001", "limit=-1", "limit=x", "limit=", "symbol=", "symbol=%01",
          "symbol=SEVENTEENLETTERSX", "symbols=IBM", "since=3"}) {
        const HttpReply reply = client.get("/api/v1/quarantine?" + query);
        EXPECT_EQ(reply.status, 400) << query;
        EXPECT_EQ(json::parse(reply.body)["error"]["code"], "bad_request") << query;
    }
}

TEST(ServerIntake, StatusHasTheNewestTwentyAndAnAlertPerUnknownCode) {
    TestServer server;
    server.status->quarantine = held_back(30);
    server.status->unknown_by_code = {{99, 12, "UBS", unix_nanos(7)},
                                      {255, 1, "IBM", unix_nanos(9)}};
    const json status = json::parse(RawClient(server.port).get("/api/v1/status").body);
    ASSERT_EQ(status["quarantine"].size(), 20U);
    EXPECT_EQ(status["quarantine"][0]["ts"], 10);
    ASSERT_EQ(status["alerts"].size(), 2U);
    EXPECT_EQ(
        status["alerts"][0],
        json({{"type", "unknown_condition"},
              {"severity", "warning"},
              {"message", "sale condition 99 is in no row of the table: 12 trades, first of UBS"},
              {"value", 12},
              {"raised", 7}}));
}

TEST(ServerIntake, MetricsCountUnknownConditionsByCode) {
    TestServer server;
    server.status->unknown_by_code = {{99, 12, "UBS", unix_nanos(7)},
                                      {255, 1, "IBM", unix_nanos(9)}};
    const HttpReply reply = RawClient(server.port).get("/metrics");
    EXPECT_NE(reply.body.find("tickstock_unknown_conditions_total{code=\"99\"} 12\n"),
              std::string::npos);
    EXPECT_NE(reply.body.find("tickstock_unknown_conditions_total{code=\"255\"} 1\n"),
              std::string::npos);
    EXPECT_EQ(reply.body.find("UBS"), std::string::npos) << "no symbols in labels";
}

}  // namespace
}  // namespace tickstock::testing

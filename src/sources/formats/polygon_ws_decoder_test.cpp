#include "sources/formats/polygon_ws_decoder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "sources/files/test_support.hpp"

namespace tickstock {
namespace {

class PolygonWs : public ::testing::Test {
protected:
    DecoderHarness harness{Format::PolygonWs};
};

TEST_F(PolygonWs, ATradeOfToday) {
    const auto records = harness.decode(
        R"([{"ev":"T","sym":"NVDA","i":"40161","x":4,"p":225.63,"s":129,"t":1786649956459,)"
        R"("pt":1786649956458,"q":9059424,"z":3,"trfi":202,"trft":1786649956459,"ds":"129.25"}])");
    ASSERT_EQ(records.size(), 1U);
    const Trade& trade = records[0].trade();
    EXPECT_EQ(harness.symbol(records[0]), "NVDA");
    EXPECT_EQ(trade.id.view(), "40161");
    EXPECT_EQ(trade.exchange, 4);
    EXPECT_EQ(trade.tape, 3);
    EXPECT_EQ(trade.price, Price::from_cents(22563));
    EXPECT_EQ(trade.size.raw(), 129'250'000) << "the decimal string wins";
    EXPECT_EQ(to_ns(trade.header.ts_event), 1786649956459000000);
    EXPECT_EQ(to_ns(trade.ts_execution), 1786649956458000000);
    EXPECT_EQ(trade.header.source_sequence, 9059424U);
    EXPECT_TRUE(trade.conditions.empty());
    EXPECT_EQ(trade.header.source_kind, SourceKind::Tick);
}

TEST_F(PolygonWs, ConditionsAreAListAScalarOrAbsent) {
    const auto records =
        harness.decode(R"([{"ev":"T","sym":"A","p":1,"s":1,"t":1786649956459,"c":[0,12]},)"
                       R"({"ev":"T","sym":"A","p":1,"s":1,"t":1786649956459,"c":37},)"
                       R"({"ev":"T","sym":"A","p":1,"s":1,"t":1786649956459,"c":null},)"
                       R"({"ev":"T","sym":"A","p":1,"s":1,"t":1786649956459}])");
    ASSERT_EQ(records.size(), 4U);
    EXPECT_EQ(records[0].trade().conditions.codes().size(), 2U);
    EXPECT_EQ(records[1].trade().conditions.codes().front(), 37);
    EXPECT_TRUE(records[2].trade().conditions.empty());
    EXPECT_TRUE(records[3].trade().conditions.empty());
}

TEST_F(PolygonWs, IdsMayBeNumbersAndTheTrfTimeServesWithoutAParticipantTime) {
    const auto records = harness.decode(
        R"([{"z":3,"t":1577818283019,"trft":1577818283000,"c":[37],"s":3,"p":156.9799,"x":4,)"
        R"("i":8310,"sym":"MSFT","e":2,"ev":"T"}])");
    ASSERT_EQ(records.size(), 1U) << "the members' order does not matter";
    EXPECT_EQ(records[0].trade().id.view(), "8310");
    EXPECT_EQ(records[0].trade().price.raw(), 156'979'900'000);
    EXPECT_EQ(to_ns(records[0].trade().ts_execution), 1577818283000000000);
    EXPECT_EQ(records[0].trade().correction, Trade::correction_cancel);
}

TEST_F(PolygonWs, ASecondBarWithFractionalVolume) {
    const auto records = harness.decode(
        R"([{"ev":"A","sym":"FCX","v":4989,"av":4332125,"op":75.98,"vw":78.0894,"o":78.1,)"
        R"("c":78.08,"h":78.125,"l":78.07,"a":76.8404,"z":62,"s":1788877043000,"e":1788877044000,)"
        R"("dv":"4989.5","dav":"4332125.038360"}])");
    ASSERT_EQ(records.size(), 1U);
    const Bar& bar = records[0].bar();
    EXPECT_EQ(bar.timeframe, Timeframe::Second1);
    EXPECT_EQ(bar.volume.raw(), 4'989'500'000);
    EXPECT_EQ(bar.open.raw(), 78'100'000'000);
    EXPECT_EQ(bar.high.raw(), 78'125'000'000);
    EXPECT_EQ(bar.low.raw(), 78'070'000'000);
    EXPECT_EQ(bar.close.raw(), 78'080'000'000);
    EXPECT_EQ(bar.vwap.raw(), 78'089'400'000);
    EXPECT_EQ(bar.session_vwap.raw(), 76'840'400'000);
    EXPECT_EQ(to_ns(bar.header.ts_event), 1788877043000000000) << "the bar's start";
    EXPECT_EQ(bar.header.source_kind, SourceKind::Ohlcv);
}

TEST_F(PolygonWs, BandsReopeningsAndFairValues) {
    const auto records = harness.decode(
        R"([{"ev":"LULD","h":3.63,"l":2.97,"i":[15],"z":3,"T":"ATHR","t":1788877046310003385,)"
        R"("q":3209681},)"
        R"({"ev":"NOI","T":"NTEST.Q","t":1601318039223013600,"at":930,"a":"H","i":44,"x":10,)"
        R"("o":480,"p":440,"b":25.03},)"
        R"({"ev":"NOI","T":"NTEST.Q","t":1601318039223013600,"at":930,"a":"M","i":44,"x":10},)"
        R"({"ev":"FMV","fmv":509.917,"sym":"MSFT","t":1760646477151120843}])");
    ASSERT_EQ(records.size(), 3U);
    const TradingStatus& bands = records[0].status();
    EXPECT_EQ(bands.action, TradingStatus::Action::None);
    EXPECT_EQ(bands.band_upper, Price::from_cents(363));
    EXPECT_EQ(bands.band_lower, Price::from_cents(297));
    EXPECT_EQ(to_ns(bands.header.ts_event), 1788877046310003385);
    EXPECT_EQ(bands.header.source_sequence, 3209681U);
    const TradingStatus& reopening = records[1].status();
    EXPECT_EQ(reopening.action, TradingStatus::Action::Resume);
    EXPECT_STREQ(reopening.reason.data(), "reopening");
    EXPECT_EQ(harness.symbol(records[1]), "NTEST.Q");
    const FairValue& value = records[2].fair_value();
    EXPECT_EQ(value.value.raw(), 509'917'000'000);
    EXPECT_EQ(to_ns(value.header.ts_event), 1760646477151120843);
    EXPECT_EQ(value.header.source_kind, SourceKind::Fmv);
    EXPECT_LT(value.confidence, 0);
    EXPECT_EQ(harness.dropped(Reason::UnsupportedMessage), 1U);
}

TEST_F(PolygonWs, ABadObjectNeverHarmsItsNeighbours) {
    const std::string good = R"({"ev":"T","sym":"A","p":1,"s":1,"t":1786649956459})";
    const struct {
        Reason reason;
        std::string object;
    } bad[] = {
        {Reason::Malformed, "17"},
        {Reason::Malformed, "\"text\""},
        {Reason::Malformed, "null"},
        {Reason::Malformed, "[1,2]"},
        {Reason::Unidentified, "{}"},
        {Reason::Unidentified, R"({"ev":"XT","sym":"A"})"},
        {Reason::Unidentified, R"({"ev":7})"},
        {Reason::Unidentified, R"({"ev":["T"]})"},
        {Reason::UnsupportedMessage, R"({"ev":"status","status":"connected","message":"hi"})"},
        {Reason::UnsupportedMessage, R"({"ev":"LV","val":189.22,"sym":"AAPL","t":1678220098130})"},
        {Reason::MissingField, R"({"ev":"T"})"},
        {Reason::MissingField, R"({"ev":"T","sym":"A","p":null,"s":1,"t":1786649956459})"},
        {Reason::BadNumber, R"({"ev":"T","sym":"A","p":{"x":[1]},"s":1,"t":1786649956459})"},
        {Reason::BadNumber, R"({"ev":"T","sym":"A","p":"1.5x","s":1,"t":1786649956459})"},
        {Reason::BadNumber, R"({"ev":"T","sym":"A","p":true,"s":1,"t":1786649956459})"},
        {Reason::BadNumber, R"({"ev":"T","sym":"A","p":[],"s":1,"t":1786649956459})"},
        {Reason::PriceOutOfRange, R"({"ev":"T","sym":"A","p":-1,"s":1,"t":1786649956459})"},
        {Reason::SizeOutOfRange, R"({"ev":"T","sym":"A","p":1,"s":-1,"t":1786649956459})"},
        {Reason::TimeOutOfRange, R"({"ev":"T","sym":"A","p":1,"s":1,"t":17})"},
        {Reason::BadSymbol, R"({"ev":"T","sym":"A\nB","p":1,"s":1,"t":1786649956459})"},
        {Reason::BadSymbol, R"({"ev":"T","sym":"A\u0000","p":1,"s":1,"t":1786649956459})"},
        {Reason::BarInconsistent,
         R"({"ev":"AM","sym":"A","v":1,"o":1,"c":2,"h":1.5,"l":1,"s":1786649956459})"},
    };
    for (const auto& one : bad) {
        const std::uint64_t before = harness.dropped(one.reason);
        EXPECT_EQ(harness.decode("[" + good + "," + one.object + "," + good + "]").size(), 2U)
            << one.object;
        EXPECT_EQ(harness.dropped(one.reason), before + 1) << one.object;
    }
}

TEST_F(PolygonWs, UnknownMembersOfAnyShapeAreSkipped) {
    EXPECT_EQ(
        harness
            .decode(R"([{"new":{"p":9,"a":[{"ev":"Q"}]},"ev":"T","sym":"A","longer_than_7":1,)"
                    R"("p":1,"s":1,"t":1786649956459,"":0}])")
            .at(0)
            .trade()
            .price,
        Price::from_cents(100));
}

TEST_F(PolygonWs, OfARepeatedMemberTheFirstCounts) {
    const auto records =
        harness.decode(R"([{"ev":"T","sym":"A","p":1,"p":2,"s":1,"t":1786649956459}])");
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].trade().price, Price::from_cents(100));
}

TEST_F(PolygonWs, BrokenFramesAreMalformed) {
    const std::string good = R"({"ev":"T","sym":"A","p":1,"s":1,"t":1786649956459})";
    for (const std::string& frame : {
             std::string("["),
             std::string("]"),
             std::string("{"),
             std::string("x"),
             std::string("17"),
             std::string("\"T\""),
             std::string("[{\"ev\":\"T"),
             std::string("{\"ev\"}"),
             std::string("[\xff\xfe]"),
             std::string("[{\"ev\":\"T\",]"),
             std::string(3000, '['),
             std::string("{\"a\":") + std::string(3000, '{'),
             "[" + good + "] trailing",
             "[" + good + ",",
         }) {
        const std::uint64_t before = harness.dropped(Reason::Malformed);
        EXPECT_TRUE(harness.decode(frame).empty()) << frame.substr(0, 20);
        EXPECT_EQ(harness.dropped(Reason::Malformed), before + 1) << frame.substr(0, 20);
    }
    // Where the JSON breaks later, what stood before stays.
    for (const std::string& frame :
         {"[" + good + "," + good.substr(0, 30) + "]", "[" + good + "][" + good + "]", good + good,
          "[" + good + " " + good + "]"}) {
        const std::uint64_t before = harness.dropped(Reason::Malformed);
        EXPECT_EQ(harness.decode(frame).size(), 1U) << frame;
        EXPECT_EQ(harness.dropped(Reason::Malformed), before + 1) << frame;
    }
}

TEST_F(PolygonWs, EmptyFramesAndBlankLinesCarryNoRow) {
    EXPECT_TRUE(harness.decode("[]").empty());
    EXPECT_TRUE(harness.decode("  ").empty());
    EXPECT_TRUE(harness.decode("").empty());
    EXPECT_EQ(harness.ledger.counts().in, 0U);
}

TEST_F(PolygonWs, BlanksBetweenTokensAndASingleObjectAreFine) {
    const auto records = harness.decode(
        "  { \"ev\" : \"T\" , \"sym\" : \"A\" , \"p\" : 1.25 , \"s\" : 10 , "
        "\"c\" : [ 1 , 2 ] , \"t\" : 1786649956459 }  ");
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].trade().price, Price::from_cents(125));
    EXPECT_EQ(records[0].trade().conditions.codes().size(), 2U);
}

TEST_F(PolygonWs, ATestFilesWrapperIsNoFrame) {
    EXPECT_TRUE(harness.decode(R"({"frame":"[{\"ev\":\"T\"}]"})").empty());
    EXPECT_EQ(harness.dropped(Reason::Unidentified), 1U);
}

TEST_F(PolygonWs, LiveTimesFarAheadAreRefused) {
    harness.context->live_now = from_unix_second(1'786'649'956);
    EXPECT_EQ(harness.decode(R"([{"ev":"T","sym":"A","p":1,"s":1,"t":1786653555999}])").size(), 1U);
    EXPECT_TRUE(harness.decode(R"([{"ev":"T","sym":"A","p":1,"s":1,"t":1786653556001}])").empty());
    EXPECT_EQ(harness.dropped(Reason::TimeOutOfRange), 1U);
}

/// The frames inside the data folder's wrapper lines.
std::vector<std::string> unwrapped_frames(const std::string& path) {
    std::vector<std::string> frames;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const std::string key = "\"frame\": \"";
        std::size_t at = line.find(key);
        if (at == std::string::npos) {
            ADD_FAILURE() << "no frame in " << line;
            continue;
        }
        std::string frame;
        for (at += key.size(); line[at] != '"'; ++at) {
            at += line[at] == '\\' ? 1U : 0U;
            frame += line[at];
        }
        frames.push_back(frame);
    }
    return frames;
}

std::map<RecordKind, int> kinds_of(const std::vector<Record>& records) {
    std::map<RecordKind, int> kinds;
    for (const Record& record : records) {
        ++kinds[record.kind()];
    }
    return kinds;
}

TEST_F(PolygonWs, ThePublishedExamplesDecode) {
    const std::string folder = recorded_data();
    if (folder.empty()) {
        GTEST_SKIP() << "the recorded market data is not here (TICKSTOCK_TEST_DATA)";
    }
    std::vector<Record> all;
    for (const auto& frame :
         unwrapped_frames(folder + "/ws_messages/official_examples_stocks.jsonl")) {
        const auto records = harness.decode(frame);
        all.insert(all.end(), records.begin(), records.end());
    }
    auto kinds = kinds_of(all);
    EXPECT_EQ(kinds[RecordKind::Trade], 1);
    EXPECT_EQ(kinds[RecordKind::Quote], 1);
    EXPECT_EQ(kinds[RecordKind::Bar], 3);
    EXPECT_EQ(kinds[RecordKind::TradingStatus], 1);
    EXPECT_EQ(kinds[RecordKind::FairValue], 1);
    EXPECT_EQ(harness.dropped(Reason::UnsupportedMessage), 2U);  // NOI of type M, LV
    EXPECT_EQ(harness.ledger.counts().in, 9U);
}

TEST_F(PolygonWs, FramesCapturedLiveDecode) {
    const std::string folder = recorded_data();
    if (folder.empty()) {
        GTEST_SKIP() << "the recorded market data is not here (TICKSTOCK_TEST_DATA)";
    }
    std::vector<Record> all;
    for (const auto& frame : unwrapped_frames(folder + "/ws_messages/real_ws_frames.jsonl")) {
        const auto records = harness.decode(frame);
        all.insert(all.end(), records.begin(), records.end());
    }
    auto kinds = kinds_of(all);
    EXPECT_EQ(kinds[RecordKind::Trade], 7);
    EXPECT_EQ(kinds[RecordKind::Quote], 4);
    EXPECT_EQ(kinds[RecordKind::Bar], 3);
    EXPECT_EQ(kinds[RecordKind::TradingStatus], 1);
    EXPECT_EQ(kinds[RecordKind::FairValue], 1);
    EXPECT_EQ(harness.dropped(Reason::Unidentified), 4U);  // another vendor's messages
    EXPECT_EQ(harness.ledger.counts().dropped_total(),
              harness.dropped(Reason::Unidentified) + harness.dropped(Reason::UnsupportedMessage));
    for (const Record& record : all) {
        if (record.kind() == RecordKind::Quote && harness.symbol(record) == "UFO") {
            EXPECT_EQ(record.quote().bid_size, Size::from_shares(100)) << "2019: a lot";
        }
        if (record.kind() == RecordKind::Quote && harness.symbol(record) == "AAPL") {
            EXPECT_EQ(record.quote().bid_size, Size::from_shares(80)) << "2026: shares";
        }
    }
}

}  // namespace
}  // namespace tickstock

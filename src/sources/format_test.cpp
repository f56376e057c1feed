#include "sources/format.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

TEST(Format, NamesGoBothWays) {
    for (const Format format :
         {Format::PolygonWs, Format::PolygonTradesCsv, Format::PolygonQuotesCsv,
          Format::PolygonMinuteCsv, Format::PolygonDayCsv, Format::Csv, Format::Ndjson, Format::Dbn,
          Format::AlpacaWs, Format::Journal}) {
        EXPECT_EQ(parse_format(to_string(format)), format);
        EXPECT_NE(format_names().find(to_string(format)), std::string::npos);
    }
    EXPECT_EQ(to_string(Format::PolygonTradesCsv), "polygon-trades-csv");
    EXPECT_EQ(to_string(Format::PolygonWs), "polygon-ws");
    EXPECT_EQ(parse_format("polygon"), std::nullopt);
}

constexpr std::string_view bars = "ticker,volume,open,close,high,low,window_start,transactions\n";

TEST(Format, IsDetectedFromTheFirstLines) {
    const auto detect = [](std::string_view head) { return detect_format(head); };
    EXPECT_EQ(detect(R"([{"ev":"T","sym":"A"}])"), Format::PolygonWs);
    EXPECT_EQ(detect("\n\n  [{\"ev\":\"status\"}]\n"), Format::PolygonWs);
    EXPECT_EQ(detect(R"([{"T":"ATHR","h":3,"l":2,"ev":"LULD"}])"), Format::PolygonWs);
    EXPECT_EQ(detect(R"([{"T":"t","S":"A"}])"), Format::AlpacaWs);
    EXPECT_EQ(detect(R"( [ { "msg":"connected", "T" :"success"}])"), Format::AlpacaWs);
    EXPECT_EQ(detect(R"([{"X":"T"}])"), Format::PolygonWs);
    EXPECT_EQ(detect("DBN\3"), Format::Dbn);
    EXPECT_EQ(detect(R"({"ev":"AM","sym":"A"})"), Format::PolygonWs);
    EXPECT_EQ(detect(R"({"ev":"status","status":"connected"})"), Format::PolygonWs);
    EXPECT_EQ(detect(R"({"ev":"status","symbol":"A","action":"halt"})"), Format::Ndjson);
    EXPECT_EQ(detect(R"({"ev":"tick","symbol":"A"})"), Format::Ndjson);
    EXPECT_EQ(detect(R"({"symbol":"A","price":1})"), Format::Ndjson);
    EXPECT_EQ(detect("ticker,conditions,correction,exchange,id,participant_timestamp,price,"
                     "sequence_number,sip_timestamp,size,tape,trf_id,trf_timestamp\nSPY,"),
              Format::PolygonTradesCsv);
    EXPECT_EQ(detect("\xEF\xBB\xBFticker,price,size,sip_timestamp\r\n"), Format::PolygonTradesCsv);
    EXPECT_EQ(detect("ticker,ask_exchange,ask_price,ask_size,bid_exchange,bid_price,bid_size,"
                     "conditions,indicators,participant_timestamp,sequence_number,sip_timestamp"),
              Format::PolygonQuotesCsv);
    EXPECT_EQ(detect("symbol,price,size,timestamp\n"), Format::Csv);
    EXPECT_EQ(detect("type,symbol,timestamp,action\n"), Format::Csv);
    EXPECT_EQ(detect("symbol,fmv,timestamp\n"), Format::Csv);
    EXPECT_EQ(detect(std::string(journal_magic) + "..."), Format::Journal);
    EXPECT_EQ(detect(""), std::nullopt);
    EXPECT_EQ(detect("\n\n"), std::nullopt);
    EXPECT_EQ(detect("symbol,price\nA,1\n"), std::nullopt);
    EXPECT_EQ(detect("once upon a time"), std::nullopt);
    EXPECT_EQ(detect("\x7f"
                     "ELF"),
              std::nullopt);
}

TEST(Format, DayBarsBeginAtMidnightInNewYork) {
    const std::string header(bars);
    EXPECT_EQ(detect_format(header + "AIG,300,49,49,49,49,1381132800000000000,1\n"),
              Format::PolygonMinuteCsv);
    EXPECT_EQ(detect_format(header + "AIG,300,49,49,49,49,1381118400000000000,1\n"),
              Format::PolygonDayCsv);  // 04:00 UTC, summer
    EXPECT_EQ(detect_format(header + "AIG,300,49,49,49,49,1388725200000000000,1\n"),
              Format::PolygonDayCsv);  // 05:00 UTC, winter
    EXPECT_EQ(detect_format(header + "AIG,300,49,49,49,49,1381118400000000000,1\n"
                                     "AIG,300,49,49,49,49,1381118460000000000,1\n"),
              Format::PolygonMinuteCsv);
    EXPECT_EQ(detect_format(header + "AIG,300,49,49,49,49,1381118400000000000,1\nAIG,300,49,49"),
              Format::PolygonDayCsv)
        << "the cut last line does not count";
    EXPECT_EQ(detect_format(header), Format::PolygonMinuteCsv);
}

}  // namespace
}  // namespace tickstock

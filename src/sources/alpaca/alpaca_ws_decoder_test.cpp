#include "sources/alpaca/alpaca_ws_decoder.hpp"

#include <gtest/gtest.h>

#include "sources/alpaca/alpaca_codes.hpp"
#include "sources/files/test_support.hpp"
#include "sources/formats/csv_row.hpp"

namespace tickstock {
namespace {

class AlpacaWs : public ::testing::Test {
protected:
    DecoderHarness harness{Format::AlpacaWs};
};

std::vector<int> codes(const Record& record) {
    const auto given = record.trade().conditions.codes();
    return {given.begin(), given.end()};
}

TEST_F(AlpacaWs, ATrade) {
    const auto records =
        harness.decode(R"([{"T":"t","i":96921,"S":"AAPL","x":"D","p":126.55,"s":1,)"
                       R"("t":"2021-02-22T15:51:44.208123456Z","c":["@","I"],"z":"C"}])");
    ASSERT_EQ(records.size(), 1U);
    const Trade& trade = records[0].trade();
    EXPECT_EQ(harness.symbol(records[0]), "AAPL");
    EXPECT_EQ(trade.id.view(), "96921");
    EXPECT_EQ(trade.price, Price::from_cents(12655));
    EXPECT_EQ(trade.size, Size::from_shares(1));
    EXPECT_EQ(to_ns(trade.header.ts_event), 1614009104208123456);
    EXPECT_EQ(trade.header.ts_recv, trade.header.ts_event);
    EXPECT_EQ(codes(records[0]), (std::vector{0, 37}));
    EXPECT_EQ(trade.exchange, 4) << "D is FINRA";
    EXPECT_EQ(trade.tape, 3);
    EXPECT_EQ(trade.correction, 0);
    EXPECT_EQ(trade.ts_execution, time_unknown);
    EXPECT_EQ(trade.header.source_kind, SourceKind::Tick);
    EXPECT_EQ(trade.header.source, SourceId{3});
}

TEST_F(AlpacaWs, AQuote) {
    const auto records = harness.decode(
        R"([{"T":"q","S":"AMD","bx":"U","bp":87.66,"bs":1,"ax":"Q","ap":87.68,"as":4,)"
        R"("t":"2021-02-22T15:51:45.335689322Z","c":["R"],"z":"C"}])");
    ASSERT_EQ(records.size(), 1U);
    const Quote& quote = records[0].quote();
    EXPECT_EQ(quote.bid, Price::from_cents(8766));
    EXPECT_EQ(quote.ask, Price::from_cents(8768));
    EXPECT_EQ(quote.bid_size, Size::from_shares(100)) << "round lots in 2021";
    EXPECT_EQ(quote.ask_size, Size::from_shares(400));
    EXPECT_EQ(quote.bid_exchange, 21) << "U is MEMX";
    EXPECT_EQ(quote.ask_exchange, 12);
    EXPECT_EQ(quote.tape, 3);
    EXPECT_EQ(to_ns(quote.header.ts_event), 1614009105335689322);
}

TEST_F(AlpacaWs, BarsOfMinutesDaysAndTheRevisionOfOne) {
    const std::string bar =
        R"("S":"SPY","o":388.985,"h":389.13,"l":388.975,"c":389.12,"v":49378,"n":461,)"
        R"("vw":389.062639,"t":"2021-02-22T19:15:00Z"})";
    const auto records = harness.decode("[{\"T\":\"b\"," + bar + ",{\"T\":\"u\"," + bar +
                                        ",{\"T\":\"d\"," + bar + "]");
    ASSERT_EQ(records.size(), 3U);
    for (const Record& record : records) {
        EXPECT_EQ(record.bar().open.raw(), 388'985'000'000);
        EXPECT_EQ(record.bar().high.raw(), 389'130'000'000);
        EXPECT_EQ(record.bar().low.raw(), 388'975'000'000);
        EXPECT_EQ(record.bar().close.raw(), 389'120'000'000);
        EXPECT_EQ(record.bar().vwap.raw(), 389'062'639'000);
        EXPECT_EQ(record.bar().volume, Size::from_shares(49378));
        EXPECT_EQ(record.bar().transactions, 461U);
        EXPECT_EQ(to_ns(record.header().ts_event), 1614021300000000000);
        EXPECT_EQ(record.header().source_kind, SourceKind::Ohlcv);
    }
    EXPECT_EQ(records[0].bar().timeframe, Timeframe::Minute1);
    EXPECT_EQ(records[1].bar().timeframe, Timeframe::Minute1) << "it replaces the one before";
    EXPECT_EQ(records[2].bar().timeframe, Timeframe::Day1);
}

TEST_F(AlpacaWs, StatusesByTape) {
    const struct {
        std::string_view code;
        std::string_view tape;
        TradingStatus::Action action;
    } cases[] = {
        {"H", "C", TradingStatus::Action::Halt},   {"P", "C", TradingStatus::Action::Pause},
        {"Q", "C", TradingStatus::Action::Resume}, {"T", "C", TradingStatus::Action::Resume},
        {"2", "A", TradingStatus::Action::Halt},   {"3", "A", TradingStatus::Action::Resume},
        {"2", "B", TradingStatus::Action::Halt},   {"3", "B", TradingStatus::Action::Resume},
    };
    for (const auto& one : cases) {
        const auto records = harness.decode(
            R"([{"T":"s","S":"AAPL","sc":")" + std::string(one.code) +
            R"(","sm":"Words","rc":"T12","rm":"More words","t":"2021-02-22T19:15:00Z","z":")" +
            std::string(one.tape) + R"("}])");
        ASSERT_EQ(records.size(), 1U) << one.code << one.tape;
        EXPECT_EQ(records[0].status().action, one.action);
        EXPECT_STREQ(records[0].status().reason.data(), "T12");
    }
    for (const auto& [code, tape] :
         {std::pair{"H", "A"}, std::pair{"2", "C"}, std::pair{"5", "A"}, std::pair{"HH", "C"}}) {
        EXPECT_TRUE(harness
                        .decode(R"([{"T":"s","S":"A","sc":")" + std::string(code) +
                                R"(","t":"2021-02-22T19:15:00Z","z":")" + tape + R"("}])")
                        .empty())
            << code << tape;
    }
    EXPECT_EQ(harness.dropped(Reason::UnsupportedMessage), 4U);
}

TEST_F(AlpacaWs, Bands) {
    const auto records = harness.decode(
        R"([{"T":"l","S":"IONM","u":3.24,"d":2.65,"i":"B","t":"2023-04-06T13:34:45.565004401Z",)"
        R"("z":"C"}])");
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].status().action, TradingStatus::Action::None);
    EXPECT_EQ(records[0].status().band_upper, Price::from_cents(324));
    EXPECT_EQ(records[0].status().band_lower, Price::from_cents(265));
}

TEST_F(AlpacaWs, CancelsAndCorrectionsVoidThePrintOfTheirId) {
    const auto records = harness.decode(
        R"([{"T":"x","S":"GOOGL","i":465,"x":"D","p":100.5,"s":7,"a":"C","z":"C",)"
        R"("t":"2023-04-06T14:25:06.542305024Z"},)"
        R"({"T":"x","S":"GOOGL","i":466,"x":"D","p":100.5,"s":7,"a":"E","z":"C",)"
        R"("t":"2023-04-06T14:25:06.542305024Z"},)"
        R"({"T":"c","S":"EEM","x":"M","oi":52983525033527,"op":39.1582,"os":440000,)"
        R"("oc":[" ","7"],"ci":52983525034326,"cp":39.1809,"cs":430000,"cc":[" ","7"],"z":"B",)"
        R"("t":"2023-04-06T14:25:06.542305024Z"}])");
    ASSERT_EQ(records.size(), 3U);
    for (const std::size_t i : {0U, 1U}) {
        EXPECT_EQ(records[i].trade().correction, Trade::correction_cancel);
        EXPECT_EQ(records[i].trade().exchange, 4);
    }
    EXPECT_EQ(records[0].trade().id.view(), "465");
    EXPECT_EQ(records[2].trade().correction, Trade::correction_replace);
    EXPECT_EQ(records[2].trade().id.view(), "52983525033527") << "the original";
    EXPECT_EQ(records[2].trade().price.raw(), 39'180'900'000) << "the corrected price";
    EXPECT_EQ(records[2].trade().size, Size::from_shares(430000));
    EXPECT_EQ(records[2].trade().exchange, 9);
    EXPECT_EQ(records[2].trade().tape, 2);
}

TEST_F(AlpacaWs, ConditionLettersMeanWhatTheirPlanSays) {
    const auto trade = [&](const std::string& conditions, const std::string& tape) {
        const auto records = harness.decode(
            R"([{"T":"t","i":1,"S":"A","x":"N","p":1,"s":1,"t":"2021-02-22T15:51:44Z","c":)" +
            conditions + R"(,"z":")" + tape + R"("}])");
        return records.empty() ? std::vector{-1} : codes(records[0]);
    };
    EXPECT_EQ(trade(R"([" "])", "A"), std::vector{0});
    EXPECT_EQ(trade(R"(["B"])", "A"), std::vector{2}) << "CTA: average price";
    EXPECT_EQ(trade(R"(["B"])", "C"), std::vector{4}) << "UTP: bunched";
    EXPECT_EQ(trade(R"(["W"])", "C"), std::vector{2}) << "UTP: average price";
    EXPECT_EQ(trade(R"(["W"])", "B"), std::vector{255});
    EXPECT_EQ(trade(R"(["6", "T"])", "A"), (std::vector{19, 12}));
    EXPECT_EQ(trade(R"(["6","T"])", "C"), (std::vector{8, 12}));
    EXPECT_EQ(trade(R"(["I","?","TT"])", "C"), (std::vector{37, 255, 255}));
    EXPECT_EQ(trade("[]", "C"), std::vector<int>{});
    EXPECT_EQ(trade("null", "C"), std::vector<int>{});
    EXPECT_EQ(trade(R"([""])", "C"), std::vector<int>{});
    EXPECT_EQ(trade(R"(["@","@","@","@","@","@","@","@","@"])", "C"), std::vector{-1});
    EXPECT_EQ(harness.dropped(Reason::TooManyConditions), 1U);
    EXPECT_EQ(trade("\"T\"", "C"), std::vector{-1}) << "a list is wanted";
    EXPECT_EQ(harness.dropped(Reason::Malformed), 1U);
}

TEST_F(AlpacaWs, OtherMessagesAndBadOnesHarmNoNeighbour) {
    const std::string good =
        R"({"T":"t","i":1,"S":"A","x":"N","p":1,"s":1,"t":"2021-02-22T15:51:44Z","z":"A"})";
    const struct {
        Reason reason;
        std::string object;
    } bad[] = {
        {Reason::UnsupportedMessage, R"({"T":"success","msg":"connected"})"},
        {Reason::UnsupportedMessage, R"({"T":"subscription","trades":["AAPL"],"quotes":[]})"},
        {Reason::UnsupportedMessage, R"({"T":"error","code":407,"msg":"slow client"})"},
        {Reason::UnsupportedMessage, R"({"T":"i","S":"A","p":1,"t":"2021-02-22T15:51:44Z"})"},
        {Reason::UnsupportedMessage, R"({"T":"n","id":1,"headline":"words"})"},
        {Reason::Unidentified, R"({"T":"tt"})"},
        {Reason::Unidentified, R"({"T":""})"},
        {Reason::Unidentified, "{}"},
        {Reason::Malformed, "17"},
        {Reason::MissingField, R"({"T":"t","S":"A"})"},
        {Reason::MissingField, R"({"T":"s","S":"A","t":"2021-02-22T15:51:44Z"})"},
        {Reason::MissingField,
         R"({"T":"x","S":"A","x":"D","p":1,"s":1,"t":"2021-02-22T15:51:44Z"})"},
        {Reason::MissingField,
         R"({"T":"c","S":"A","x":"D","cp":1,"cs":1,"t":"2021-02-22T15:51:44Z"})"},
        {Reason::PriceOutOfRange, R"({"T":"t","S":"A","p":0,"s":1,"t":"2021-02-22T15:51:44Z"})"},
        {Reason::BadNumber, R"({"T":"t","S":"A","p":1,"s":1,"t":"yesterday"})"},
        {Reason::BadSymbol, R"({"T":"t","S":"A\nB","p":1,"s":1,"t":"2021-02-22T15:51:44Z"})"},
        {Reason::BarInconsistent,
         R"({"T":"b","S":"A","o":1,"h":1,"l":1,"c":2,"v":1,"t":"2021-02-22T15:51:44Z"})"},
    };
    for (const auto& one : bad) {
        const std::uint64_t before = harness.dropped(one.reason);
        EXPECT_EQ(harness.decode("[" + good + "," + one.object + "," + good + "]").size(), 2U)
            << one.object;
        EXPECT_EQ(harness.dropped(one.reason), before + 1) << one.object;
    }
}

TEST(AlpacaCodes, TapesAndExchanges) {
    EXPECT_EQ(tape_number("A"), 1);
    EXPECT_EQ(tape_number("C"), 3);
    EXPECT_EQ(tape_number("N"), 0);
    EXPECT_EQ(tape_number(""), 0);
    EXPECT_EQ(exchange_number("V"), 15);
    EXPECT_EQ(exchange_number("N"), 10);
    EXPECT_EQ(exchange_number("P"), 11);
    EXPECT_EQ(exchange_number("\xff"), 0);
    EXPECT_EQ(exchange_number("NN"), 0);
    EXPECT_EQ(condition_number('\xff', 1), 255);
}

/// Every letter of the recorded reference table leads to a row that has that letter.
TEST(AlpacaCodes, AgreeWithTheReferenceTable) {
    const std::string folder = recorded_data();
    std::ifstream file(folder + "/reference/massive_stock_trade_conditions.csv");
    if (folder.empty() || !file) {
        GTEST_SKIP() << "the recordings are not installed";
    }
    struct Row {
        std::string cta;
        std::string utp;
    };
    std::vector<Row> rows(256);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        line.append(line_padding, '\0');
        CsvRow row;
        ASSERT_TRUE(split_csv(std::string_view(line).substr(0, line.size() - line_padding), row));
        rows.at(std::stoul(std::string(row[0]))) = {std::string(row[2]), std::string(row[3])};
    }
    int letters = 0;
    for (std::size_t id = 0; id < rows.size(); ++id) {
        for (const std::uint8_t tape : {std::uint8_t{1}, std::uint8_t{3}}) {
            const std::string& text = tape == 3 ? rows[id].utp : rows[id].cta;
            if (text.size() != 1) {
                continue;
            }
            ++letters;
            const std::uint8_t found = condition_number(text.front(), tape);
            ASSERT_NE(found, 255) << text << " of " << id;
            EXPECT_EQ(tape == 3 ? rows[found].utp : rows[found].cta, text) << id;
        }
    }
    EXPECT_GT(letters, 50);
}

}  // namespace
}  // namespace tickstock

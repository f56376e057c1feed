#include "sources/record_writer.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sources/file_reader.hpp"
#include "sources/synthetic/market.hpp"
#include "sources/writing/record_writer_encoder.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// A folder of its own for each test, gone afterwards.
class RecordWriterTest : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "record_writer_XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    std::string text_of(const std::string& name) const {
        std::ifstream file(path(name), std::ios::binary);
        std::stringstream text;
        text << file.rdbuf();
        return text.str();
    }

    fs::path folder_;
};

/// One with what needs quoting in CSV.
const std::vector<SymbolText> symbols{SymbolText("AAPL"), SymbolText("BRK,B"), SymbolText("A/B")};

template <class T>
T at(std::uint32_t symbol, std::int64_t ns) {
    T record{};
    record.header.symbol = SymbolId{symbol};
    record.header.ts_event = unix_nanos(ns);
    record.header.ts_recv = unix_nanos(ns);
    return record;
}

constexpr std::int64_t noon_ns = 1'718'208'000'000'000'000;  // 2024-06-12 16:00 UTC

/// One of each, with every field set that any format holds.
RecordBatch one_of_each() {
    RecordBatch batch;
    batch.new_symbols = symbols;
    auto trade = at<Trade>(0, noon_ns + 123'456'789);
    trade.header.source_sequence = 77;
    trade.price = Price::from_raw(123'456'700'000);
    trade.size = Size::from_raw(10'500'000);
    trade.ts_execution = unix_nanos(noon_ns + 122'000'001);
    trade.conditions.add(12);
    trade.conditions.add(37);
    trade.exchange = 4;
    trade.tape = 3;
    trade.id = TradeId("52983525029461");
    batch.records.emplace_back(trade);

    auto cancel = trade;
    cancel.header.symbol = SymbolId{1};
    cancel.header.source_sequence = 78;
    cancel.conditions = {};
    cancel.exchange = 11;
    cancel.size = Size::from_shares(100);
    cancel.correction = Trade::correction_cancel;
    cancel.id = TradeId("a,b");
    batch.records.emplace_back(cancel);

    auto quote = at<Quote>(1, noon_ns + 200'000'000);
    quote.header.source_sequence = 79;
    quote.bid = Price::from_cents(9'999);
    quote.ask = Price::from_cents(10'001);
    quote.bid_size = Size::from_shares(300);
    quote.ask_size = Size::from_shares(1'250);
    quote.bid_exchange = 12;
    quote.ask_exchange = 19;
    quote.condition = 1;
    quote.tape = 2;
    batch.records.emplace_back(quote);

    auto bar = at<Bar>(2, noon_ns);
    bar.header.source_kind = SourceKind::Ohlcv;
    bar.open = Price::from_cents(100);
    bar.high = Price::from_cents(103);
    bar.low = Price::from_raw(999'900'000);
    bar.close = Price::from_cents(101);
    bar.volume = Size::from_raw(1'234'500'001);
    bar.vwap = Price::from_raw(1'012'345'678);
    bar.session_vwap = Price::from_raw(1'012'345'679);
    bar.transactions = 17;
    batch.records.emplace_back(bar);

    auto value = at<FairValue>(0, noon_ns + 300'000'001);
    value.header.source_kind = SourceKind::Fmv;
    value.value = Price::from_raw(123'400'100'000);
    batch.records.emplace_back(value);

    auto bands = at<TradingStatus>(0, noon_ns + 400'000'001);
    bands.header.source_sequence = 80;
    bands.band_lower = Price::from_cents(11'000);
    bands.band_upper = Price::from_cents(13'000);
    batch.records.emplace_back(bands);

    auto pause = bands;
    pause.action = TradingStatus::Action::Pause;
    pause.reason = {'L', 'U', 'L', 'D'};
    batch.records.emplace_back(pause);
    return batch;
}

struct Written {
    KindCounts written;
    KindCounts skipped;
};

Written write(const std::string& path, Format format, const RecordBatch& batch) {
    auto writer = open_writer(path, format);
    EXPECT_TRUE(writer.ok()) << writer.error().message;
    EXPECT_EQ((*writer)->write(batch), std::nullopt);
    EXPECT_EQ((*writer)->finish(), std::nullopt);
    EXPECT_EQ((*writer)->bytes(), fs::file_size(path));
    return {(*writer)->written(), (*writer)->skipped()};
}

struct Read {
    std::vector<Record> records;
    std::vector<SymbolText> symbols;
    StageCounts counts;

    std::string_view symbol(const Record& record) const {
        return symbols[record.header().symbol.value()].view();
    }
};

/// The format is detected, as for a user who gives none.
Read read(const std::string& path) {
    auto reader = open_files({{path, std::nullopt}}, FileReaderOptions{});
    EXPECT_TRUE(reader.ok()) << reader.error().message;
    Read result;
    RecordBatch batch;
    while ((*reader)->read(batch)) {
        result.records.insert(result.records.end(), batch.records.begin(), batch.records.end());
        result.symbols.insert(result.symbols.end(), batch.new_symbols.begin(),
                              batch.new_symbols.end());
    }
    result.counts = (*reader)->counts();
    return result;
}

/// What a format keeps of a record.
struct Fidelity {
    bool millis = false;       ///< times of trades, quotes and bars end at milliseconds
    bool quote_venues = true;  ///< bid and ask exchange, tape
    bool session_vwap = true;
    bool vwap = true;
};

UnixNanos kept(UnixNanos t, const Fidelity& fidelity) {
    return fidelity.millis ? UnixNanos{std::chrono::floor<milliseconds>(t)} : t;
}

void expect_equal(const Trade& in, const Trade& out, const Fidelity& fidelity) {
    EXPECT_EQ(out.header.ts_event, kept(in.header.ts_event, fidelity));
    EXPECT_EQ(out.header.source_sequence, in.header.source_sequence);
    EXPECT_EQ(out.price, in.price);
    EXPECT_EQ(out.size, in.size);
    EXPECT_EQ(out.ts_execution, kept(in.ts_execution, fidelity));
    const auto a = in.conditions.codes();
    const auto b = out.conditions.codes();
    EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end()));
    EXPECT_EQ(out.exchange, in.exchange);
    EXPECT_EQ(out.tape, in.tape);
    EXPECT_EQ(out.correction, in.correction);
    EXPECT_EQ(out.id, in.id);
}

void expect_equal(const Quote& in, const Quote& out, const Fidelity& fidelity) {
    EXPECT_EQ(out.header.ts_event, kept(in.header.ts_event, fidelity));
    EXPECT_EQ(out.header.source_sequence, in.header.source_sequence);
    EXPECT_EQ(out.bid, in.bid);
    EXPECT_EQ(out.ask, in.ask);
    EXPECT_EQ(out.bid_size, in.bid_size);
    EXPECT_EQ(out.ask_size, in.ask_size);
    EXPECT_EQ(out.condition, in.condition);
    if (fidelity.quote_venues) {
        EXPECT_EQ(out.bid_exchange, in.bid_exchange);
        EXPECT_EQ(out.ask_exchange, in.ask_exchange);
        EXPECT_EQ(out.tape, in.tape);
    }
}

void expect_equal(const Bar& in, const Bar& out, const Fidelity& fidelity) {
    EXPECT_EQ(out.header.ts_event, kept(in.header.ts_event, fidelity));
    EXPECT_EQ(out.open, in.open);
    EXPECT_EQ(out.high, in.high);
    EXPECT_EQ(out.low, in.low);
    EXPECT_EQ(out.close, in.close);
    EXPECT_EQ(out.volume, in.volume);
    EXPECT_EQ(out.transactions, in.transactions);
    EXPECT_EQ(out.timeframe, in.timeframe);
    EXPECT_EQ(out.vwap, fidelity.vwap ? in.vwap : Price{});
    EXPECT_EQ(out.session_vwap, fidelity.session_vwap ? in.session_vwap : Price{});
}

void expect_equal(const Record& in, const Record& out, const Fidelity& fidelity) {
    ASSERT_EQ(out.kind(), in.kind());
    EXPECT_EQ(out.header().source_kind, in.header().source_kind);
    switch (in.kind()) {
        case RecordKind::Trade: expect_equal(in.trade(), out.trade(), fidelity); break;
        case RecordKind::Quote: expect_equal(in.quote(), out.quote(), fidelity); break;
        case RecordKind::Bar: expect_equal(in.bar(), out.bar(), fidelity); break;
        case RecordKind::FairValue:
            EXPECT_EQ(out.header().ts_event, in.header().ts_event);
            EXPECT_EQ(out.fair_value().value, in.fair_value().value);
            EXPECT_EQ(out.fair_value().market_price, in.fair_value().market_price);
            EXPECT_EQ(out.fair_value().confidence, in.fair_value().confidence);
            break;
        case RecordKind::TradingStatus:
            EXPECT_EQ(out.header().ts_event, in.header().ts_event);
            EXPECT_EQ(out.header().source_sequence, in.header().source_sequence);
            EXPECT_EQ(out.status().action, in.status().action);
            EXPECT_EQ(out.status().band_lower, in.status().band_lower);
            EXPECT_EQ(out.status().band_upper, in.status().band_upper);
            EXPECT_EQ(out.status().reason, in.status().reason);
            break;
        case RecordKind::ClockTick: FAIL();
    }
}

struct RoundTrip {
    Format format;
    std::string name;
    Fidelity fidelity;
    bool (*holds)(const Record&);
};

TradingStatus::Action action_of(const Record& record) {
    return record.kind() == RecordKind::TradingStatus ? record.status().action
                                                      : TradingStatus::Action::None;
}

std::vector<RoundTrip> round_trips() {
    return {
        {Format::PolygonWs,
         "a.jsonl",
         {.millis = true},
         [](const Record& r) { return action_of(r) == TradingStatus::Action::None; }},
        {Format::PolygonTradesCsv,
         "trades.csv",
         {},
         [](const Record& r) { return r.kind() == RecordKind::Trade; }},
        {Format::PolygonQuotesCsv,
         "quotes.csv",
         {},
         [](const Record& r) { return r.kind() == RecordKind::Quote; }},
        {Format::PolygonMinuteCsv,
         "minutes.csv",
         {.session_vwap = false, .vwap = false},
         [](const Record& r) { return r.kind() == RecordKind::Bar; }},
        {Format::Csv,
         "all.csv",
         {.quote_venues = false, .session_vwap = false},
         [](const Record& r) {
             return r.kind() != RecordKind::TradingStatus ||
                    action_of(r) != TradingStatus::Action::None;
         }},
        {Format::Ndjson,
         "all.ndjson",
         {.quote_venues = false, .session_vwap = false},
         [](const Record& r) {
             return r.kind() != RecordKind::TradingStatus ||
                    action_of(r) != TradingStatus::Action::None;
         }},
    };
}

/// Writes, reads again, and compares record by record what the format holds.
void expect_round_trip(const RoundTrip& trip, const std::string& path, const RecordBatch& batch) {
    SCOPED_TRACE(to_string(trip.format));
    const Written counts = write(path, trip.format, batch);
    const Read back = read(path);
    EXPECT_EQ(back.counts.dropped_total(), 0U);
    std::size_t next = 0;
    KindCounts written{};
    KindCounts skipped{};
    for (const Record& record : batch.records) {
        const bool holds = trip.holds(record);
        ++(holds ? written : skipped)[static_cast<std::size_t>(record.kind())];
        if (!holds) {
            continue;
        }
        ASSERT_LT(next, back.records.size());
        EXPECT_EQ(back.symbol(back.records[next]),
                  batch.new_symbols[record.header().symbol.value()].view());
        expect_equal(record, back.records[next], trip.fidelity);
        ++next;
        ASSERT_FALSE(::testing::Test::HasFailure()) << "record " << next;
    }
    EXPECT_EQ(next, back.records.size());
    EXPECT_EQ(counts.written, written);
    EXPECT_EQ(counts.skipped, skipped);
}

TEST_F(RecordWriterTest, EveryFieldComesBack) {
    for (const RoundTrip& trip : round_trips()) {
        expect_round_trip(trip, path(trip.name), one_of_each());
    }
}

TEST_F(RecordWriterTest, JsonEscapesNames) {
    RecordBatch batch = one_of_each();
    batch.records.resize(1);
    batch.new_symbols = {SymbolText("A\"B\\")};
    for (const auto& [format, name] :
         {std::pair{Format::PolygonWs, "q.jsonl"}, std::pair{Format::Ndjson, "q.ndjson"}}) {
        write(path(name), format, batch);
        EXPECT_NE(text_of(name).find(R"("A\"B\\")"), std::string::npos) << text_of(name);
    }
}

TEST_F(RecordWriterTest, ASyntheticMorningComesBack) {
    SyntheticSettings settings;
    settings.date = "2026-03-11";  // quote sizes in shares; one_of_each() has them in lots
    settings.symbols = 30;
    settings.trades_per_second = 1;
    auto market = SyntheticMarket::open(settings, TradingCalendar{}, UnixNanos{});
    RecordBatch all;
    RecordBatch batch;
    while ((*market)->read(batch)) {
        all.records.insert(all.records.end(), batch.records.begin(), batch.records.end());
        all.new_symbols.insert(all.new_symbols.end(), batch.new_symbols.begin(),
                               batch.new_symbols.end());
    }
    ASSERT_GT(all.records.size(), 20'000U);
    for (const RoundTrip& trip : round_trips()) {
        expect_round_trip(trip, path(trip.name), all);
    }
}

TEST_F(RecordWriterTest, FlatFilesHaveTheVendorsColumns) {
    write(path("t.csv"), Format::PolygonTradesCsv, one_of_each());
    EXPECT_EQ(text_of("t.csv"),
              "ticker,conditions,correction,exchange,id,participant_timestamp,price,"
              "sequence_number,sip_timestamp,size,tape,trf_id,trf_timestamp\n"
              "AAPL,\"12,37\",0,4,52983525029461,1718208000122000001,123.4567,77,"
              "1718208000123456789,10.5,3,202,1718208000122000001\n"
              "\"BRK,B\",,2,11,\"a,b\",1718208000122000001,123.4567,78,"
              "1718208000123456789,100,3,0,0\n");
    write(path("q.csv"), Format::PolygonQuotesCsv, one_of_each());
    EXPECT_EQ(text_of("q.csv"),
              "ticker,ask_exchange,ask_price,ask_size,bid_exchange,bid_price,bid_size,conditions,"
              "indicators,participant_timestamp,sequence_number,sip_timestamp,tape,"
              "trf_timestamp\n"
              "\"BRK,B\",19,100.01,12.5,12,99.99,3,1,,1718208000200000000,79,"
              "1718208000200000000,2,0\n");
    write(path("m.csv"), Format::PolygonMinuteCsv, one_of_each());
    EXPECT_EQ(text_of("m.csv"),
              "ticker,volume,open,close,high,low,window_start,transactions\n"
              "A/B,1234.500001,1,1.01,1.03,0.9999,1718208000000000000,17\n");
}

TEST_F(RecordWriterTest, FramesAreWhatTheVendorSends) {
    write(path("f.jsonl"), Format::PolygonWs, one_of_each());
    const std::string text = text_of("f.jsonl");
    EXPECT_EQ(text.substr(0, text.find('\n')),
              R"([{"ev":"T","sym":"AAPL","x":4,"i":"52983525029461","z":3,"p":123.4567,"s":10,)"
              R"("ds":"10.5","c":[12,37],"t":1718208000123,"q":77,"trft":1718208000122},)"
              R"({"ev":"T","sym":"BRK,B","x":11,"i":"a,b","z":3,"p":123.4567,"s":100,)"
              R"("t":1718208000123,"q":78,"pt":1718208000122,"e":2}])");
}

TEST_F(RecordWriterTest, FramesHoldAtMostFiftyMessages) {
    RecordBatch batch = one_of_each();
    batch.records.assign(120, batch.records.front());
    write(path("f.jsonl"), Format::PolygonWs, batch);
    std::istringstream lines(text_of("f.jsonl"));
    std::vector<std::size_t> messages;
    for (std::string line; std::getline(lines, line);) {
        std::size_t count = 0;
        for (std::size_t i = line.find("\"ev\""); i != std::string::npos;
             i = line.find("\"ev\"", i + 1)) {
            ++count;
        }
        messages.push_back(count);
    }
    EXPECT_EQ(messages, (std::vector<std::size_t>{50, 50, 20}));
}

TEST_F(RecordWriterTest, MinutesFoldIntoDays) {
    RecordBatch batch;
    batch.new_symbols = {SymbolText("ZZ"), SymbolText("AA")};
    const auto minute = [&](std::uint32_t symbol, std::int64_t minutes_from_noon, int open,
                            int high, int low, int close) {
        auto bar = at<Bar>(symbol, noon_ns + minutes_from_noon * 60'000'000'000);
        bar.open = Price::from_cents(open);
        bar.high = Price::from_cents(high);
        bar.low = Price::from_cents(low);
        bar.close = Price::from_cents(close);
        bar.volume = Size::from_shares(10);
        bar.transactions = 2;
        batch.records.emplace_back(bar);
    };
    minute(0, -300, 500, 900, 100, 500);  // pre: volume only
    minute(0, 0, 200, 250, 190, 240);
    minute(0, 1, 240, 240, 180, 210);
    minute(1, 2, 100, 100, 100, 100);
    minute(0, 360, 500, 900, 100, 500);  // after
    write(path("d.csv"), Format::PolygonDayCsv, batch);
    EXPECT_EQ(text_of("d.csv"),
              "ticker,volume,open,close,high,low,window_start,transactions\n"
              "AA,10,1,1,1,1,1718164800000000000,2\n"
              "ZZ,40,2,2.1,2.5,1.8,1718164800000000000,8\n");
    const Read back = read(path("d.csv"));
    ASSERT_EQ(back.records.size(), 2U);
    EXPECT_EQ(back.records[0].bar().timeframe, Timeframe::Day1);
}

TEST_F(RecordWriterTest, CompressesByName) {
    RecordBatch batch = one_of_each();
    batch.records.assign(20'000, batch.records.front());
    write(path("plain.csv"), Format::PolygonTradesCsv, batch);
    for (const char* name : {"t.csv.gz", "t.csv.zst"}) {
        write(path(name), Format::PolygonTradesCsv, batch);
        EXPECT_LT(fs::file_size(path(name)), fs::file_size(path("plain.csv")) / 10) << name;
        EXPECT_EQ(read(path(name)).records.size(), 20'000U) << name;
    }
}

TEST_F(RecordWriterTest, TheNameAppearsOnlyWhenTheFileIsWhole) {
    {
        auto writer = open_writer(path("a.ndjson"), Format::Ndjson);
        ASSERT_TRUE(writer.ok());
        EXPECT_EQ((*writer)->write(one_of_each()), std::nullopt);
        EXPECT_FALSE(fs::exists(path("a.ndjson")));
        EXPECT_TRUE(fs::exists(path("a.ndjson.tmp")));
    }
    EXPECT_TRUE(fs::is_empty(folder_)) << "given up: nothing is left behind";
    write(path("a.ndjson"), Format::Ndjson, one_of_each());
    EXPECT_TRUE(fs::exists(path("a.ndjson")));
    EXPECT_FALSE(fs::exists(path("a.ndjson.tmp")));
}

TEST_F(RecordWriterTest, SaysWhatIsWrong) {
    const auto journal = open_writer(path("j"), Format::Journal);
    ASSERT_FALSE(journal.ok());
    EXPECT_NE(journal.error().message.find("journal"), std::string::npos);

    const auto nowhere = open_writer(path("none/a.csv"), Format::Csv);
    ASSERT_FALSE(nowhere.ok());
    EXPECT_NE(nowhere.error().message.find("none/a.csv.tmp"), std::string::npos);

    EXPECT_FALSE(open_writer(folder_.string(), Format::Csv).ok());

    if (!fs::exists("/dev/full")) {
        GTEST_SKIP() << "no /dev/full here to stand for a full disk";
    }
    for (const char* name : {"full", "full.gz", "full.zst"}) {
        fs::create_symlink("/dev/full", path(name));
        auto full = open_writer(path(name), Format::Csv);
        ASSERT_TRUE(full.ok());
        EXPECT_EQ((*full)->write(one_of_each()), std::nullopt) << "still in the buffer";
        const auto error = (*full)->finish();
        ASSERT_TRUE(error.has_value());
        EXPECT_NE(error->message.find("No space left"), std::string::npos);
    }
}

TEST_F(RecordWriterTest, OpensAJournalWhereOneIsPassed) {
    RecordWriterOptions options;
    std::string asked;
    options.open_journal = [&](const std::string& file) -> Result<std::unique_ptr<RecordWriter>> {
        asked = file;
        return Error{"no"};
    };
    EXPECT_EQ(open_writer("x", Format::Journal, options).error().message, "no");
    EXPECT_EQ(asked, "x");
}

TEST(RecordWriter, TheNameSuggestsTheFormat) {
    EXPECT_EQ(format_of_name("a/b.ndjson.gz"), Format::Ndjson);
    EXPECT_EQ(format_of_name("b.csv"), Format::Csv);
    EXPECT_EQ(format_of_name("b.jsonl.zst"), Format::PolygonWs);
    EXPECT_EQ(format_of_name("b.gz"), std::nullopt);
    EXPECT_EQ(format_of_name("-"), std::nullopt);
}

}  // namespace
}  // namespace tickstock

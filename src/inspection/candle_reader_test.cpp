// What is read backwards and forwards in pieces is what one pass over everything gives.

#include "inspection/candle_reader.hpp"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "inspection/candle_json.hpp"
#include "inspection/test_journals.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::live_to;
using testing::lively_tape;

std::unique_ptr<CandleReader> reader_of(Bench& bench, CandleReader::Limits limits = {}) {
    return CandleReader::create(bench.disk, bench.config.data.directory + "/journal",
                                bench.config.pipeline, limits)
        .value();
}

/// Asks, and lets it read to its end.
std::string ask(CandleReader& reader, const CandleRequest& request, Nanos now = 1s) {
    reader.watch(request, now);
    while (reader.read_on(100).value()) {
    }
    while (reader.read_back(100).value()) {
    }
    EXPECT_TRUE(reader.is_complete(request.symbol));
    return reader.answer(request);
}

/// The part of an answer that does not say from where it is whole.
std::string candles_in(const std::string& answer) {
    return answer.substr(answer.find("\"candles\""));
}

/// One pass over the tape up to `due`.
std::string plain(const Bench& bench, const CandleRequest& request, std::size_t due) {
    SymbolCandles candles(CandleRules::make(bench.config.pipeline).value());
    const RecordBatch& tape = bench.feeds.front()->tape;
    for (std::size_t i = 0; i < due; ++i) {
        const std::size_t symbol = tape.records[i].header().symbol.value();
        if (tape.new_symbols[symbol].view() == request.symbol) {
            candles.take(tape.records[i]);
        }
    }
    return candles_in(candles_json(request, candles, time_unknown, time_unknown));
}

/// Without the session, whose begin a short way back does not reach.
std::string without_session(const std::string& answer) {
    return answer.substr(0, answer.find("\"session\""));
}

TEST(CandleReader, GivesWhatOnePassGives) {
    Bench bench(lively_tape(201, 2'000, 4), 2);
    bench.config.journal.segment_bytes = 16 * 1024;
    bench.open();
    live_to(bench, 900);
    const auto reader = reader_of(bench);
    for (const std::size_t due :
         {std::size_t{900}, std::size_t{901}, std::size_t{1'500}, std::size_t{2'000}}) {
        live_to(bench, due);
        for (const std::int64_t interval : SymbolCandles::intervals) {
            const CandleRequest request{"YSYM", interval, 0, 1'000};
            const std::string answer = ask(*reader, request);
            EXPECT_EQ(without_session(candles_in(answer)),
                      without_session(plain(bench, request, due)))
                << due << " " << interval;
        }
    }
}

TEST(CandleReader, ReadsBackOnlyAsFarAsItMust) {
    Bench bench(lively_tape(202, 3'000, 3));
    bench.config.journal.segment_bytes = 16 * 1024;
    bench.open();
    live_to(bench, 3'000);
    const auto reader = reader_of(bench);
    const CandleRequest few{"YSYM", 15, 0, 5};
    const std::string answer = ask(*reader, few);
    EXPECT_EQ(without_session(candles_in(answer)), without_session(plain(bench, few, 3'000)));
    const std::uint64_t read = reader->entries_read();
    EXPECT_LT(read, 2'000U);
    const CandleRequest many{"YSYM", 60, 0, 1'000};
    EXPECT_EQ(without_session(candles_in(ask(*reader, many))),
              without_session(plain(bench, many, 3'000)));
    EXPECT_GT(reader->entries_read(), 3'000U);
}

TEST(CandleReader, APollReadsOnlyWhatIsNew) {
    Bench bench(lively_tape(203, 2'000, 3));
    bench.open();
    live_to(bench, 1'900);
    const auto reader = reader_of(bench);
    const CandleRequest request{"YSYM", 60, 0, 390};
    ask(*reader, request);
    live_to(bench, 2'000);
    const std::uint64_t before = reader->entries_read();
    const std::string answer = ask(*reader, request);
    EXPECT_EQ(without_session(candles_in(answer)), without_session(plain(bench, request, 2'000)));
    EXPECT_LE(reader->entries_read() - before, 120U);  // decisions and clock ticks too
}

TEST(CandleReader, AnUnknownSymbolHasNone) {
    Bench bench(lively_tape(204, 200, 2));
    bench.open();
    live_to(bench, 200);
    const auto reader = reader_of(bench);
    const std::string answer = ask(*reader, {"NOPE", 60, 0, 390});
    EXPECT_NE(answer.find("\"candles\":[],\"session\":null"), std::string::npos) << answer;
}

TEST(CandleReader, ASymbolThatComesLaterIsFound) {
    Bench bench(lively_tape(205, 400, 2));
    bench.open();
    live_to(bench, 0);
    const auto reader = reader_of(bench);
    const CandleRequest request{"YSYM", 60, 0, 390};
    ask(*reader, request);
    live_to(bench, 400);
    EXPECT_EQ(without_session(candles_in(ask(*reader, request))),
              without_session(plain(bench, request, 400)));
}

TEST(CandleReader, BeginsAnewWithItsMarket) {
    Bench bench(lively_tape(206, 300, 2));
    bench.feed().loops = 1;
    bench.open();
    const auto reader = reader_of(bench);
    live_to(bench, 100);
    const CandleRequest request{"YSYM", 60, 0, 390};
    ask(*reader, request);
    bench.feed().due = 300;
    bench.settle();  // through the second time
    const std::string wanted = without_session(plain(bench, request, 300));
    EXPECT_EQ(without_session(candles_in(ask(*reader, request))), wanted);
    const auto fresh = reader_of(bench);
    EXPECT_EQ(without_session(candles_in(ask(*fresh, request))), wanted);
}

TEST(CandleReader, LetsGoWhomNobodyAsksFor) {
    Bench bench(lively_tape(207, 300, 6));
    bench.open();
    live_to(bench, 300);
    CandleReader::Limits limits;
    limits.symbols = 2;
    const auto reader = reader_of(bench, limits);
    for (const char* symbol : {"ZSYM", "YSYM", "XSYM", "ZSYM", "VSYM"}) {
        const CandleRequest request{symbol, 60, 0, 390};
        EXPECT_EQ(without_session(candles_in(ask(*reader, request))),
                  without_session(plain(bench, request, 300)));
    }
    EXPECT_TRUE(reader->watches_any(1s + limits.idle));
    EXPECT_FALSE(reader->watches_any(2s + limits.idle));
}

TEST(CandleReader, WithoutAJournalSaysSo) {
    MemoryDisk disk;
    const auto reader = CandleReader::create(disk, "data/journal", {}).value();
    reader->watch({"A", 60, 0, 390}, 1s);
    EXPECT_FALSE(reader->read_on(10).ok());
}

}  // namespace
}  // namespace tickstock

#include "sources/synthetic/market.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "base/hash.hpp"

namespace tickstock {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

SyntheticSettings small(unsigned symbols = 40, double trades_per_second = 4) {
    SyntheticSettings settings;
    settings.date = "2024-06-12";
    settings.symbols = symbols;
    settings.trades_per_second = trades_per_second;
    return settings;
}

std::unique_ptr<SyntheticMarket> open(const SyntheticSettings& settings,
                                      const SyntheticMarket::Options& options = {}) {
    auto market = SyntheticMarket::open(settings, TradingCalendar{}, UnixNanos{}, options);
    EXPECT_TRUE(market.ok()) << market.error().message;
    return std::move(*market);
}

std::vector<Record> read_all(SyntheticMarket& market) {
    std::vector<Record> all;
    RecordBatch batch;
    while (market.read(batch)) {
        all.insert(all.end(), batch.records.begin(), batch.records.end());
    }
    EXPECT_TRUE(batch.records.empty());
    return all;
}

/// The numbers of a record as text, for comparing and hashing.
std::string fields(const Record& record) {
    std::string text;
    const auto add = [&text](auto value) { text += std::to_string(value) + ' '; };
    const RecordHeader& header = record.header();
    add(static_cast<int>(record.kind()));
    add(header.symbol.value());
    add(to_ns(header.ts_event));
    add(to_ns(header.ts_recv));
    add(header.source_sequence);
    switch (record.kind()) {
        case RecordKind::Trade: {
            const Trade& trade = record.trade();
            add(trade.price.raw());
            add(trade.size.raw());
            add(to_ns(trade.ts_execution));
            for (const auto code : trade.conditions.codes()) {
                add(code);
            }
            add(trade.exchange);
            add(trade.tape);
            add(trade.correction);
            text += trade.id.view();
            break;
        }
        case RecordKind::Quote: {
            const Quote& quote = record.quote();
            add(quote.bid.raw());
            add(quote.ask.raw());
            add(quote.bid_size.raw());
            add(quote.ask_size.raw());
            add(quote.bid_exchange);
            add(quote.ask_exchange);
            break;
        }
        case RecordKind::Bar: {
            const Bar& bar = record.bar();
            for (const Price price :
                 {bar.open, bar.high, bar.low, bar.close, bar.vwap, bar.session_vwap}) {
                add(price.raw());
            }
            add(bar.volume.raw());
            add(bar.transactions);
            break;
        }
        case RecordKind::FairValue: add(record.fair_value().value.raw()); break;
        case RecordKind::TradingStatus: {
            const TradingStatus& status = record.status();
            add(static_cast<int>(status.action));
            add(status.band_lower.raw());
            add(status.band_upper.raw());
            break;
        }
        case RecordKind::ClockTick: ADD_FAILURE() << "no source makes clock ticks"; break;
    }
    return text;
}

std::uint64_t hash_of(const std::vector<Record>& records) {
    StreamingHash hash;
    for (const Record& record : records) {
        hash.update(fields(record));
        hash.update("\n");
    }
    return hash.digest();
}

TEST(SyntheticMarket, SameSettingsSameRecordsOnEveryCompiler) {
    // A change of the model changes this number: then write down the new one.
    const auto records = read_all(*open(small()));
    EXPECT_EQ(hash_of(records), 4588056534268990369U) << records.size() << " records";
}

TEST(SyntheticMarket, BatchSizeChangesNothing) {
    const auto whole = read_all(*open(small()));
    for (const std::size_t max_batch : {1U, 7U, 100'000U}) {
        SyntheticMarket::Options options;
        options.max_batch = max_batch;
        auto market = open(small(), options);
        EXPECT_EQ(hash_of(read_all(*market)), hash_of(whole)) << max_batch;
    }
}

TEST(SyntheticMarket, BatchesKeepTheirLimitAndCountsClose) {
    SyntheticMarket::Options options;
    options.max_batch = 100;
    options.source = SourceId{3};
    auto market = open(small(), options);
    RecordBatch batch;
    std::uint64_t records = 0;
    bool first = true;
    while (market->read(batch)) {
        EXPECT_FALSE(batch.records.empty());
        EXPECT_LE(batch.records.size(), 100U);
        EXPECT_EQ(batch.source, SourceId{3});
        EXPECT_EQ(batch.records.front().header().source, SourceId{3});
        EXPECT_EQ(batch.new_symbols.size(), first ? 40U : 0U);
        first = false;
        records += batch.records.size();
    }
    EXPECT_EQ(market->counts().out, records);
    EXPECT_TRUE(market->counts().closes());
    EXPECT_GE(market->position(), market->day().end);
}

TEST(SyntheticMarket, AnotherSeedIsAnotherMarket) {
    SyntheticSettings other = small();
    other.seed = 2;
    EXPECT_NE(hash_of(read_all(*open(small()))), hash_of(read_all(*open(other))));
}

TEST(SyntheticMarket, LeavingOutKindsChangesNothingElse) {
    const auto trades_of = [](const SyntheticSettings& settings) {
        auto records = read_all(*open(settings));
        std::erase_if(records, [](const Record& r) { return r.kind() != RecordKind::Trade; });
        for (Record& record : records) {
            record.header().source_sequence = 0;  // trades and quotes share the numbering
        }
        return hash_of(records);
    };
    SyntheticSettings bare = small();
    bare.quotes = bare.bars = bare.fair_values = false;
    std::set<RecordKind> kinds;
    for (const Record& record : read_all(*open(bare))) {
        kinds.insert(record.kind());
    }
    EXPECT_EQ(kinds, (std::set{RecordKind::Trade, RecordKind::TradingStatus}));
    EXPECT_EQ(trades_of(bare), trades_of(small()));
}

TEST(SyntheticMarket, RecordsAreValidAndInOrderOfTime) {
    auto market = open(small(200, 20));
    const SyntheticDay day = market->day();
    std::vector<std::uint64_t> last_sequence(200, 0);
    std::set<std::tuple<std::uint32_t, int, std::string>> ids;
    UnixNanos last;
    for (const Record& record : read_all(*market)) {
        const RecordHeader& header = record.header();
        ASSERT_GE(header.ts_recv, last);
        last = header.ts_recv;
        ASSERT_LT(header.symbol.value(), 200U);
        ASSERT_GE(header.ts_event, day.begin);
        ASSERT_LT(header.ts_event, day.end + milliseconds{1});
        if (record.kind() != RecordKind::Bar && record.kind() != RecordKind::FairValue) {
            auto& sequence = last_sequence[header.symbol.value()];
            ASSERT_GT(header.source_sequence, sequence);
            sequence = header.source_sequence;
        }
        if (record.kind() == RecordKind::Quote) {
            ASSERT_GT(record.quote().bid, Price{});
            ASSERT_GE(record.quote().ask - record.quote().bid,
                      record.quote().bid >= Price::from_cents(100) ? Price::from_cents(1)
                                                                   : Price::from_raw(100'000));
        }
        if (record.kind() != RecordKind::Trade) {
            continue;
        }
        const Trade& trade = record.trade();
        ASSERT_GT(trade.price, Price{});
        ASSERT_LT(trade.price.raw(), Price::limit_raw);
        ASSERT_GT(trade.size, Size{});
        ASSERT_FALSE(trade.id.empty());
        ASSERT_NE(trade.ts_execution, time_unknown);
        ASSERT_LT(trade.ts_execution, header.ts_event);
        if (trade.correction == 0) {
            ASSERT_TRUE(ids.emplace(header.symbol.value(), trade.exchange, trade.id.view()).second);
        } else {
            ASSERT_TRUE(
                ids.contains({header.symbol.value(), trade.exchange, std::string(trade.id.view())}))
                << "a correction names a trade that was printed";
        }
    }
}

TEST(SyntheticMarket, FormTMarksTheExtendedSessionsAndOddLotsTheirCondition) {
    auto market = open(small(200, 20));
    const SyntheticDay day = market->day();
    std::map<bool, int> marked;
    for (const Record& record : read_all(*market)) {
        if (record.kind() != RecordKind::Trade || record.trade().correction != 0) {
            continue;
        }
        const Trade& trade = record.trade();
        const auto codes = trade.conditions.codes();
        const auto has = [&](unsigned code) {
            return std::find(codes.begin(), codes.end(), code) != codes.end();
        };
        if (has(sale::closing_print) || has(sale::official_close)) {
            continue;  // after the bell, but of the regular session
        }
        ASSERT_EQ(has(sale::form_t), !day.regular(trade.header.ts_event));
        ASSERT_EQ(has(sale::odd_lot), trade.size < Size::from_shares(100));
        ++marked[has(sale::form_t)];
    }
    EXPECT_GT(marked[true], 1000);
    EXPECT_GT(marked[false], 100'000);
}

TEST(SyntheticMarket, EverySymbolOpensAndClosesOnce) {
    auto market = open(small());
    const SyntheticDay day = market->day();
    std::map<unsigned, int> prints;
    std::set<std::uint32_t> stopped;
    for (const Record& record : read_all(*market)) {
        if (record.kind() == RecordKind::TradingStatus &&
            record.status().action != TradingStatus::Action::None) {
            stopped.insert(record.header().symbol.value());
        }
        if (record.kind() != RecordKind::Trade || record.trade().correction != 0) {
            continue;
        }
        for (const auto code : record.trade().conditions.codes()) {
            ++prints[code];
            if (code == sale::opening_print) {
                EXPECT_LT(record.header().ts_event - day.open, seconds{30});
            }
            if (code == sale::closing_print) {
                EXPECT_LT(record.header().ts_event - day.close, seconds{30});
            }
        }
    }
    EXPECT_EQ(prints[sale::opening_print], 40);
    EXPECT_EQ(prints[sale::official_open], 40);
    EXPECT_EQ(prints[sale::closing_print], 40);
    EXPECT_EQ(prints[sale::official_close], 80);
    EXPECT_EQ(prints[sale::reopening_print], static_cast<int>(stopped.size()));
}

TEST(SyntheticMarket, HaltedSymbolsDoNotTradeUntilTheyReopen) {
    auto market = open(small(1000, 100));
    const SyntheticDay day = market->day();
    std::map<std::uint32_t, UnixNanos> halted;
    std::map<TradingStatus::Action, int> actions;
    bool paused_in_the_morning = false;
    for (const Record& record : read_all(*market)) {
        const std::uint32_t symbol = record.header().symbol.value();
        if (record.kind() == RecordKind::Trade && halted.contains(symbol) &&
            record.trade().correction == 0) {
            // What was under way within the same second may still arrive.
            ASSERT_LT(record.header().ts_event - halted[symbol], seconds{1});
        }
        if (record.kind() != RecordKind::TradingStatus) {
            continue;
        }
        const TradingStatus& status = record.status();
        ++actions[status.action];
        ASSERT_LT(status.band_lower, status.band_upper);
        switch (status.action) {
            case TradingStatus::Action::None: break;
            case TradingStatus::Action::Pause:
                EXPECT_STREQ(status.reason.data(), "LULD");
                paused_in_the_morning =
                    paused_in_the_morning || (status.header.ts_event > day.open + minutes{45} &&
                                              status.header.ts_event < day.open + minutes{90});
                [[fallthrough]];
            case TradingStatus::Action::Halt:
                ASSERT_TRUE(halted.emplace(symbol, status.header.ts_event).second);
                break;
            case TradingStatus::Action::Resume:
                ASSERT_GE(status.header.ts_event - halted.at(symbol), minutes{5});
                halted.erase(symbol);
                break;
        }
    }
    EXPECT_TRUE(halted.empty());
    EXPECT_TRUE(paused_in_the_morning);
    EXPECT_GE(actions[TradingStatus::Action::Pause], 2);
    EXPECT_LE(actions[TradingStatus::Action::Pause], 20);
    EXPECT_GE(actions[TradingStatus::Action::Halt], 1);
    EXPECT_GE(actions[TradingStatus::Action::None], 1000);
}

TEST(SyntheticMarket, OdditiesComeAtTheirShares) {
    SyntheticMarket::Options options;
    options.model.late_share = 0.02;
    options.model.out_of_sequence_share = 0.01;
    options.model.average_price_share = 0.01;
    options.model.erroneous_share = 0.002;
    options.model.cancel_share = 0.01;
    options.model.correct_share = 0.005;
    auto market = open(small(100, 10), options);
    std::map<unsigned, int> by_code;
    std::map<int, int> by_correction;
    std::map<std::pair<std::uint32_t, std::string>, Price> printed;
    int late = 0;
    int trades = 0;
    for (const Record& record : read_all(*market)) {
        if (record.kind() != RecordKind::Trade) {
            continue;
        }
        const Trade& trade = record.trade();
        ++by_correction[trade.correction];
        const std::pair key{trade.header.symbol.value(), std::string(trade.id.view())};
        if (trade.correction == 0) {
            printed[key] = trade.price;
            ++trades;
            for (const auto code : trade.conditions.codes()) {
                ++by_code[code];
            }
            if (trade.header.ts_event - trade.ts_execution > seconds{10}) {
                ++late;
                EXPECT_EQ(trade.exchange, 4) << "late prints come from the TRF";
            }
        } else if (trade.correction == Trade::correction_cancel) {
            EXPECT_EQ(trade.price, printed.at(key));
        } else {
            EXPECT_NE(trade.price, printed.at(key));
        }
    }
    const double n = trades;
    EXPECT_NEAR(late / n, 0.02, 0.008);
    EXPECT_NEAR(by_code[sale::out_of_sequence] / n, 0.005, 0.005);
    EXPECT_NEAR(by_code[sale::average_price] / n, 0.01, 0.003);
    EXPECT_NEAR(by_correction[Trade::correction_cancel] / n, 0.0116, 0.003);
    EXPECT_NEAR(by_correction[Trade::correction_replace] / n, 0.005, 0.002);
}

TEST(SyntheticMarket, EarlyCloseEndsTheDayEarly) {
    SyntheticSettings settings = small();
    settings.date = "2024-11-29";
    auto market = open(settings);
    EXPECT_EQ(market->day().close - market->day().midnight, hours{13});
    EXPECT_EQ(market->day().end - market->day().midnight, hours{17});
    const auto records = read_all(*market);
    EXPECT_LT(records.back().header().ts_event, market->day().end);
}

TEST(SyntheticMarket, RefusesWhatItCannotMake) {
    const auto error_of = [](auto change) {
        SyntheticSettings settings = small();
        change(settings);
        const auto market = SyntheticMarket::open(settings, TradingCalendar{}, UnixNanos{});
        return market.ok() ? std::string{} : market.error().message;
    };
    EXPECT_NE(error_of([](auto& s) { s.symbols = 0; }).find("symbols 0"), std::string::npos);
    EXPECT_NE(error_of([](auto& s) { s.symbols = 1'000'000; }).find("1 to 100000"),
              std::string::npos);
    EXPECT_NE(error_of([](auto& s) { s.trades_per_second = -1; }).find("trades per second"),
              std::string::npos);
    EXPECT_NE(error_of([](auto& s) { s.date = "2024-06-15"; }).find("not a trading day"),
              std::string::npos);
}

TEST(SyntheticUniverse, NamesAreUniqueTickers) {
    const auto universe = make_universe(SyntheticModel{}, 7, 20'000);
    std::set<std::string> names;
    double activity = 0;
    for (const auto& symbol : universe) {
        EXPECT_TRUE(names.insert(symbol.text).second) << symbol.text;
        EXPECT_GE(symbol.text.size(), 1U);
        EXPECT_LE(symbol.text.size(), 5U);
        EXPECT_EQ(symbol.text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), std::string::npos);
        EXPECT_GT(symbol.previous_close, 0.2);
        EXPECT_LE(symbol.previous_close, 2000);
        activity += symbol.activity;
    }
    EXPECT_NEAR(activity, 1, 1e-9);
    EXPECT_GT(universe.front().activity, 50 * universe.back().activity);
}

}  // namespace
}  // namespace tickstock

// That the synthetic market looks like one: the facts that traders know, with wide tolerances.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "sources/synthetic/market.hpp"

namespace tickstock {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr unsigned symbol_count = 300;

/// One symbol-day's numbers, gathered once for all tests.
struct Day {
    SyntheticDay day;
    std::vector<SyntheticSymbol> universe;
    std::vector<Trade> trades;  ///< prints of the regular session at the market of the moment
    std::vector<Bar> bars;      ///< all
    std::vector<std::vector<double>> minute_returns;  ///< by symbol, regular session
    std::uint64_t prints = 0;                         ///< of the regular session, without auctions
    std::uint64_t odd_lots = 0;
    double deviation_max = 0;  ///< of fair values from the last trade
    double deviation_mean = 0;
};

bool at_market(const Trade& trade) {
    for (const auto code : trade.conditions.codes()) {
        if (code != sale::intermarket_sweep && code != sale::trade_through_exempt &&
            code != sale::odd_lot) {
            return false;
        }
    }
    return trade.header.ts_event - trade.ts_execution < seconds{10};
}

Day gather() {
    SyntheticSettings settings;
    settings.date = "2024-06-12";
    settings.symbols = symbol_count;
    settings.trades_per_second = 80;
    SyntheticMarket::Options options;
    options.model.erroneous_share = 0;
    auto market = SyntheticMarket::open(settings, TradingCalendar{}, UnixNanos{}, options);
    Day result;
    result.day = (*market)->day();
    result.universe = (*market)->universe();
    result.minute_returns.resize(symbol_count);
    std::vector<double> last_close(symbol_count, 0);
    std::vector<double> last_price(symbol_count, 0);
    std::uint64_t fair_values = 0;
    RecordBatch batch;
    while ((*market)->read(batch)) {
        for (const Record& record : batch.records) {
            const std::size_t symbol = record.header().symbol.value();
            const bool regular = result.day.regular(record.header().ts_event);
            if (record.kind() == RecordKind::Trade && record.trade().correction == 0) {
                const Trade& trade = record.trade();
                const auto codes = trade.conditions.codes();
                const bool odd = std::find(codes.begin(), codes.end(), 37) != codes.end();
                result.prints += regular ? 1 : 0;
                result.odd_lots += regular && odd ? 1 : 0;
                if (regular && at_market(trade)) {
                    result.trades.push_back(trade);
                    last_price[symbol] = trade.price.to_double();
                }
            } else if (record.kind() == RecordKind::Bar) {
                result.bars.push_back(record.bar());
                const double close = record.bar().close.to_double();
                if (regular && last_close[symbol] > 0) {
                    result.minute_returns[symbol].push_back(std::log(close / last_close[symbol]));
                }
                last_close[symbol] = regular ? close : 0;
            } else if (record.kind() == RecordKind::FairValue && last_price[symbol] > 0) {
                const double off =
                    std::abs(record.fair_value().value.to_double() / last_price[symbol] - 1);
                result.deviation_max = std::max(result.deviation_max, off);
                result.deviation_mean += off;
                ++fair_values;
            }
        }
    }
    result.deviation_mean /= static_cast<double>(fair_values);
    return result;
}

const Day& the_day() {
    static const Day day = gather();
    return day;
}

double mean(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Pearson's, of the first n = min(sizes) values.
double correlation(const std::vector<double>& a, const std::vector<double>& b) {
    const std::size_t n = std::min(a.size(), b.size());
    const double ma = mean({a.begin(), a.begin() + static_cast<std::ptrdiff_t>(n)});
    const double mb = mean({b.begin(), b.begin() + static_cast<std::ptrdiff_t>(n)});
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < n; ++i) {
        ab += (a[i] - ma) * (b[i] - mb);
        aa += (a[i] - ma) * (a[i] - ma);
        bb += (b[i] - mb) * (b[i] - mb);
    }
    return ab / std::sqrt(aa * bb);
}

double kurtosis(const std::vector<double>& values) {
    const double m = mean(values);
    double second = 0;
    double fourth = 0;
    for (const double value : values) {
        const double d = (value - m) * (value - m);
        second += d;
        fourth += d * d;
    }
    const auto n = static_cast<double>(values.size());
    return (fourth / n) / ((second / n) * (second / n));
}

TEST(SyntheticStatistics, TradesComeAtTheConfiguredRate) {
    const auto length =
        static_cast<double>((the_day().day.close - the_day().day.open).count()) / 1e9;
    EXPECT_NEAR(static_cast<double>(the_day().prints) / length, 80, 12);
}

TEST(SyntheticStatistics, OddLotsAreTwoFifths) {
    const double share =
        static_cast<double>(the_day().odd_lots) / static_cast<double>(the_day().prints);
    EXPECT_GT(share, 0.38);
    EXPECT_LT(share, 0.50);
}

TEST(SyntheticStatistics, ActivityIsUShaped) {
    std::map<std::int64_t, int> half_hours;
    for (const Trade& trade : the_day().trades) {
        ++half_hours[(trade.header.ts_event - the_day().day.open) / minutes{30}];
    }
    EXPECT_GT(half_hours[0], 2 * half_hours[6]);
    EXPECT_GT(half_hours[12], 1.5 * half_hours[6]);
}

TEST(SyntheticStatistics, PricesMoveByCents) {
    std::vector<Price> last(symbol_count);
    std::uint64_t moves = 0;
    std::uint64_t small = 0;
    std::uint64_t on_grid = 0;
    for (const Trade& trade : the_day().trades) {
        Price& before = last[trade.header.symbol.value()];
        if (before != Price{}) {
            const std::int64_t move = std::abs((trade.price - before).raw());
            ++moves;
            small += move <= Price::from_cents(2).raw() ? 1U : 0U;
            on_grid += trade.price.raw() % Price::from_cents(1).raw() == 0 ? 1U : 0U;
        }
        before = trade.price;
    }
    EXPECT_GT(static_cast<double>(small) / static_cast<double>(moves), 0.75);
    EXPECT_GT(static_cast<double>(on_grid) / static_cast<double>(moves), 0.85);
    EXPECT_LT(static_cast<double>(on_grid) / static_cast<double>(moves), 0.999);
}

TEST(SyntheticStatistics, ADayMovesByPercents) {
    std::vector<Price> first(symbol_count);
    std::vector<Price> last(symbol_count);
    for (const Trade& trade : the_day().trades) {
        Price& open = first[trade.header.symbol.value()];
        open = open == Price{} ? trade.price : open;
        last[trade.header.symbol.value()] = trade.price;
    }
    std::vector<double> moves;
    for (std::size_t i = 0; i < symbol_count; ++i) {
        ASSERT_NE(first[i], Price{});
        moves.push_back(std::abs(std::log(last[i].to_double() / first[i].to_double())));
    }
    std::sort(moves.begin(), moves.end());
    EXPECT_GT(moves[symbol_count / 2], 0.006);
    EXPECT_LT(moves[symbol_count / 2], 0.03);
    EXPECT_LT(moves[symbol_count - 1], 0.5);
}

TEST(SyntheticStatistics, MinuteReturnsHaveFatTails) {
    double sum = 0;
    int symbols = 0;
    for (const auto& returns : the_day().minute_returns) {
        if (returns.size() > 350) {
            sum += kurtosis(returns);
            ++symbols;
        }
    }
    ASSERT_GT(symbols, 50);
    EXPECT_GT(sum / symbols, 3.5);
}

TEST(SyntheticStatistics, VolatilityClusters) {
    double sum = 0;
    int symbols = 0;
    for (const auto& returns : the_day().minute_returns) {
        if (returns.size() > 350) {
            std::vector<double> size;
            // Without the first and last hour, which are restless on every day.
            for (std::size_t i = 60; i + 60 < returns.size(); ++i) {
                size.push_back(std::abs(returns[i]));
            }
            sum += correlation(size, {size.begin() + 1, size.end()});
            ++symbols;
        }
    }
    EXPECT_GT(sum / symbols, 0.03);
}

TEST(SyntheticStatistics, SymbolsMoveTogether) {
    double sum = 0;
    int pairs = 0;
    const auto& returns = the_day().minute_returns;
    for (std::size_t a = 0; a < 40; ++a) {
        for (std::size_t b = a + 1; b < 40; ++b) {
            if (returns[a].size() == 389 && returns[b].size() == 389) {  // every minute traded
                sum += correlation(returns[a], returns[b]);
                ++pairs;
            }
        }
    }
    ASSERT_GT(pairs, 100);
    EXPECT_GT(sum / pairs, 0.05);
    EXPECT_LT(sum / pairs, 0.8);
}

TEST(SyntheticStatistics, TradesCluster) {
    // Counts per second of one symbol would have variance = mean without self-excitation.
    std::map<std::int64_t, int> seconds_of_busiest;
    for (const Trade& trade : the_day().trades) {
        const Nanos since = trade.header.ts_event - the_day().day.open;
        if (trade.header.symbol == SymbolId{0} && since > minutes{120} && since < minutes{240}) {
            ++seconds_of_busiest[since / seconds{1}];
        }
    }
    double sum = 0;
    double squares = 0;
    for (const auto& [second, count] : seconds_of_busiest) {
        sum += count;
        squares += static_cast<double>(count) * count;
    }
    constexpr double n = 7200;
    const double m = sum / n;
    EXPECT_GT((squares / n - m * m) / m, 1.5);
}

TEST(SyntheticStatistics, FairValuesStandNearTheMarketAndSometimesFarOff) {
    EXPECT_LT(the_day().deviation_mean, 0.005);
    EXPECT_GT(the_day().deviation_max, 0.01);
    EXPECT_LT(the_day().deviation_max, 0.15);
}

struct NaiveBar {
    std::vector<Price> last;
    std::vector<Price> high_low;
    std::int64_t volume = 0;
    std::uint32_t transactions = 0;
};

/// The rules once more, as obvious as possible: one look-up table.
void add_naively(NaiveBar& bar, const Trade& trade, bool regular) {
    static const std::map<unsigned, std::string> table{
        {2, "nnY"},  {8, "YYY"},  {10, "YnY"}, {14, "YYY"}, {15, "nnn"}, {16, "nnn"}, {17, "YnY"},
        {25, "YYY"}, {28, "YYY"}, {32, "YnY"}, {37, "nnY"}, {41, "YYY"}, {53, "nnY"}};
    std::string flags = "YYY";
    for (const unsigned code : trade.conditions.codes()) {
        const std::string row = code == 12 ? (regular ? "nnY" : "YYY") : table.at(code);
        for (std::size_t i = 0; i < 3; ++i) {
            flags[i] = row[i] == 'n' ? 'n' : flags[i];
        }
    }
    if (trade.header.ts_event - trade.ts_execution > seconds{10}) {
        flags[0] = flags[1] = 'n';
    }
    if (flags[0] == 'Y') {
        bar.high_low.push_back(trade.price);
    }
    if (flags[1] == 'Y') {
        bar.last.push_back(trade.price);
    }
    if (flags[2] == 'Y') {
        bar.volume += trade.size.raw();
        ++bar.transactions;
    }
}

TEST(SyntheticBars, EqualANaiveAggregationOfTheTrades) {
    SyntheticSettings settings;
    settings.date = "2024-06-12";
    settings.symbols = 60;
    settings.trades_per_second = 15;
    SyntheticMarket::Options options;
    options.model.late_share = 0.01;
    options.model.out_of_sequence_share = 0.01;
    options.model.derivative_share = 0.01;
    options.model.cancel_share = 0.01;
    auto market = SyntheticMarket::open(settings, TradingCalendar{}, UnixNanos{}, options);
    std::map<std::pair<std::int64_t, std::uint32_t>, NaiveBar> naive;
    std::map<std::pair<std::int64_t, std::uint32_t>, Bar> bars;
    RecordBatch batch;
    while ((*market)->read(batch)) {
        for (const Record& record : batch.records) {
            const RecordHeader& header = record.header();
            const std::pair key{to_ns(std::chrono::floor<minutes>(header.ts_event)),
                                header.symbol.value()};
            if (record.kind() == RecordKind::Trade && record.trade().correction == 0) {
                add_naively(naive[key], record.trade(), (*market)->day().regular(header.ts_event));
            } else if (record.kind() == RecordKind::Bar) {
                ASSERT_TRUE(bars.emplace(key, record.bar()).second) << "one bar a minute";
                ASSERT_EQ(key.first, to_ns(header.ts_event)) << "a bar's time is its start";
                ASSERT_GT(header.ts_recv, header.ts_event + minutes{1});
                ASSERT_LT(header.ts_recv, header.ts_event + minutes{1} + seconds{1});
            }
        }
    }
    std::size_t compared = 0;
    for (const auto& [key, expected] : naive) {
        const auto found = bars.find(key);
        ASSERT_EQ(found != bars.end(), !expected.last.empty());
        if (expected.last.empty()) {
            continue;
        }
        const Bar& bar = found->second;
        ASSERT_EQ(bar.open, expected.last.front());
        ASSERT_EQ(bar.close, expected.last.back());
        ASSERT_EQ(bar.high, *std::max_element(expected.high_low.begin(), expected.high_low.end()));
        ASSERT_EQ(bar.low, *std::min_element(expected.high_low.begin(), expected.high_low.end()));
        ASSERT_EQ(bar.volume.raw(), expected.volume);
        ASSERT_EQ(bar.transactions, expected.transactions);
        ++compared;
    }
    EXPECT_EQ(compared, bars.size());
    EXPECT_GT(compared, 10'000U);
}

}  // namespace
}  // namespace tickstock

#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "model/calendar.hpp"
#include "model/record_reader.hpp"
#include "sources/synthetic/arrivals.hpp"
#include "sources/synthetic/bars.hpp"
#include "sources/synthetic/fair_values.hpp"
#include "sources/synthetic/luld.hpp"
#include "sources/synthetic/model.hpp"
#include "sources/synthetic/news.hpp"
#include "sources/synthetic/prices.hpp"
#include "sources/synthetic/schedule.hpp"
#include "sources/synthetic/tape.hpp"
#include "sources/synthetic/universe.hpp"

namespace tickstock {

/// A made-up stock market for one trading day, so that an empty machine shows a believable one.
///
/// How it works, in the order of the files:
///  1. universe: made-up symbols, a few very busy and most quiet (Zipf), log-normal
///     prices, a sector, betas, a volatility and a typical spread each.
///  2. schedule: the day from 04:00 to 20:00 New York time; how busy (U-shaped, thin
///     outside the regular session) and how restless each minute is.
///  3. arrivals: when which symbol trades; trades call forth trades, so they cluster.
///  4. prices: a fair price per symbol (market + sector + own moves, clustered, fat
///     tails, news) and the quote that follows it on the one-cent grid.
///  5. tape: each arrival becomes prints with venue, size, conditions, execution time and
///     id: odd lots, sweeps, Form T, auctions, late and out-of-sequence and erroneous prints,
///     cancels and corrections.
///  6. luld, news: bands, pauses and halts with reopening prints; what moves
///     single symbols.
///  7. bars, fair_values: minute bars of exactly these trades, fair values near
///     the quote.
/// model holds every parameter. All randomness comes from the seed, in streams of its
/// own per purpose and symbol, and no platform's math library is asked: the same settings give the
/// same records everywhere. Records leave in order of ts_recv (= ts_event, except bars, which
/// arrive after their minute). Memory is O(symbols + trades of about a second).
class SyntheticMarket final : public RecordReader {
public:
    struct Options {
        SourceId source{};
        std::size_t max_batch =
            4096;  ///< records a read() hands over at most; does not change them
        SyntheticModel model;
    };

    /// `now` is used only where settings.date is empty. Errors: date, symbols, trades_per_second.
    static Result<std::unique_ptr<SyntheticMarket>> open(const SyntheticSettings& settings,
                                                         const TradingCalendar& calendar,
                                                         UnixNanos now, const Options& options);
    static Result<std::unique_ptr<SyntheticMarket>> open(const SyntheticSettings& settings,
                                                         const TradingCalendar& calendar,
                                                         UnixNanos now);

    bool read(RecordBatch& batch) override;
    StageCounts counts() const override { return counts_; }

    const SyntheticDay& day() const { return day_; }
    const std::vector<SyntheticSymbol>& universe() const { return universe_; }

    /// Up to when the records are complete; for progress bars. Grows from day().begin to day().end.
    UnixNanos position() const { return slice_begin_; }

private:
    SyntheticMarket(const SyntheticSettings& settings, const SyntheticDay& day,
                    const Options& options);

    void next_slice();
    void start_minute();
    void break_news(UnixNanos end);
    void resume_halted(UnixNanos end);
    void happen(const Arrival& arrival);
    void trade(std::uint32_t symbol, UnixNanos now);
    void quote(std::uint32_t symbol, UnixNanos now, const SyntheticBook& book);
    void halt(std::uint32_t symbol, UnixNanos from, UnixNanos until, bool pause);
    void status(std::uint32_t symbol, UnixNanos now, TradingStatus::Action action,
                std::string_view reason);
    void schedule_crosses();
    std::int64_t cross_size(std::uint32_t symbol) const;
    void put_in_order(UnixNanos end);
    void hand_over(const Record& record, RecordBatch& batch);

    struct SymbolState {
        std::int64_t halted_until_ns = 0;  ///< the reopening print; 0 = never halted
        std::int64_t quoted_ns = 0;
        Price quoted_bid;
        Price quoted_ask;
        std::uint64_t source_sequence = 0;
    };
    struct Halt {
        std::uint32_t symbol;
        UnixNanos until;
        bool pause;  ///< LULD; else regulatory
    };

    const SyntheticSettings settings_;
    const SyntheticDay day_;
    const SyntheticModel model_;
    const SourceId source_;
    const std::size_t max_batch_;
    const Nanos slice_;
    const std::vector<SyntheticSymbol> universe_;
    const ActivityCurve curve_;
    ArrivalProcess arrivals_;
    PriceProcess prices_;
    SyntheticTape tape_;
    LuldBands luld_;
    FairValueProcess fair_values_;
    MinuteBars bars_;
    // Apart from each other, so that leaving out quotes or bars changes nothing else.
    Random random_;
    Random quote_random_;
    Random bar_random_;
    std::vector<News> news_;
    std::size_t next_news_ = 0;
    std::vector<SymbolState> symbols_;
    std::vector<Halt> halts_;

    UnixNanos slice_begin_;
    bool opened_ = false;
    bool closed_ = false;
    bool symbols_told_ = false;
    StageCounts counts_;

    // The slice's records as they were made, and the order in which they leave: (time, made).
    std::vector<Record> made_;
    std::vector<std::pair<std::int64_t, std::uint32_t>> order_;
    std::size_t leaving_ = 0;
    std::vector<Record> later_;
};

}  // namespace tickstock

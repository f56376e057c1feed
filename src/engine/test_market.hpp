#pragma once

// For tests of the engine: made-up tapes, and a source that hands one over as far as it may.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "engine/live_source.hpp"
#include "model/record.hpp"

namespace tickstock::testing {

inline constexpr std::int64_t ten_o_clock = 1'709'650'800;  ///< 2024-03-05 10:00 New York, s

/// A lively made-up tape: few symbols, steps of cents, some odd lots, quotes, bars and fair values.
inline RecordBatch lively_tape(std::uint64_t seed, std::size_t count, std::uint32_t symbols) {
    std::mt19937_64 random(seed);
    RecordBatch tape;
    std::vector<std::int64_t> cents;
    for (std::uint32_t i = 0; i < symbols; ++i) {
        tape.new_symbols.emplace_back(std::string(1, static_cast<char>('Z' - i)) + "SYM");
        cents.push_back(static_cast<std::int64_t>(1000 + random() % 9000));
    }
    std::int64_t ns = ten_o_clock * 1'000'000'000;
    for (std::size_t i = 0; i < count; ++i) {
        ns += static_cast<std::int64_t>(random() % 400'000'000);
        const auto symbol = static_cast<std::uint32_t>(random() % symbols);
        cents[symbol] = std::max<std::int64_t>(
            100, cents[symbol] + static_cast<std::int64_t>(random() % 41) - 20);
        RecordHeader header;
        header.symbol = SymbolId{symbol};
        header.ts_event = unix_nanos(ns);
        header.ts_recv = header.ts_event;
        const Price price = Price::from_cents(cents[symbol]);
        const std::uint64_t dice = random() % 20;
        if (dice == 0) {
            Quote quote;
            quote.header = header;
            quote.bid = Price::from_cents(cents[symbol] - 1);
            quote.ask = Price::from_cents(cents[symbol] + 1);
            tape.records.emplace_back(quote);
        } else if (dice == 1) {
            Bar bar;
            bar.header = header;
            bar.open = bar.high = bar.low = bar.close = price;
            bar.has_percent_change = true;
            bar.percent_change_micro = static_cast<std::int64_t>(random() % 12) * 1'000'000;
            bar.volume = Size::from_shares(static_cast<std::int64_t>(random() % 90'000));
            bar.has_average_volume = true;
            bar.average_volume = Size::from_shares(10'000);
            tape.records.emplace_back(bar);
        } else if (dice == 2) {
            FairValue value;
            value.header = header;
            const auto percent = static_cast<std::int64_t>(100 + random() % 4);
            value.value = Price::from_cents(cents[symbol] * percent / 100);
            tape.records.emplace_back(value);
        } else {
            Trade trade;
            trade.header = header;
            trade.price = price;
            trade.size = Size::from_shares(static_cast<std::int64_t>(1 + random() % 500));
            if (random() % 3 == 0) {
                trade.conditions.add(random() % 5 == 0 ? 15 : 37);  // 15 updates nothing
            }
            tape.records.emplace_back(trade);
        }
    }
    return tape;
}

/// Trades of one symbol, each 1 % above the last: every one but the first is a high.
inline RecordBatch rising_tape(std::size_t trades, Nanos apart = std::chrono::seconds(2)) {
    RecordBatch tape;
    tape.new_symbols.emplace_back("UP");
    std::int64_t cents = 10'000;
    for (std::size_t i = 0; i < trades; ++i) {
        Trade trade;
        trade.header.symbol = SymbolId{0};
        trade.header.ts_event =
            from_unix_second(ten_o_clock) + apart * static_cast<std::int64_t>(i);
        trade.header.ts_recv = trade.header.ts_event;
        trade.price = Price::from_cents(cents);
        trade.size = Size::from_shares(100);
        cents += cents / 100;
        tape.records.emplace_back(trade);
    }
    return tape;
}

/// The outer end of a source: outlives engines.
struct TapeFeed {
    RecordBatch tape;
    std::string identity = "tape";
    std::size_t due = std::numeric_limits<std::size_t>::max();  ///< records that may be taken
    bool ends = true;                ///< behind the last record; else it waits for ever
    std::uint64_t loops = 0;         ///< times that it begins again
    std::size_t longest = 40;        ///< records a poll
    UnixNanos clock = time_unknown;  ///< of the market, told while it waits
    Sequencer::SourceRule rule;
    std::mt19937_64 random{1};  ///< of the lengths
    // What happened:
    std::uint64_t taken = 0;  ///< of the pass, by the engine of now
    std::uint64_t resumed_pass = 0;
    std::uint64_t resumed_at = 0;

    bool is_through() const { return taken >= std::min(due, tape.records.size()); }
};

/// What an engine sees of it. `feed` outlives this.
class TapeSource final : public LiveSource {
public:
    explicit TapeSource(TapeFeed& feed) : feed_(feed) { feed_.taken = 0; }

    Poll poll(Nanos monotonic_now, RecordBatch& batch) override {
        batch.clear();
        const auto& records = feed_.tape.records;
        if (feed_.is_through()) {
            const bool at_end = feed_.taken >= records.size();
            if (at_end && pass_ <= feed_.loops) {
                ++pass_;
                feed_.taken = 0;
                known_ = 0;
                return {Status::Restarted, Nanos{0}, time_unknown, false};
            }
            if (at_end && feed_.ends) {
                return {};
            }
            return {Status::Wait, monotonic_now + std::chrono::milliseconds(1), feed_.clock, false};
        }
        const std::size_t at = feed_.taken;
        const std::size_t left = std::min(feed_.due, records.size()) - at;
        const std::size_t count = std::min<std::size_t>(left, 1 + feed_.random() % feed_.longest);
        for (std::size_t i = at; i < at + count; ++i) {
            for (; known_ <= records[i].header().symbol.value(); ++known_) {
                batch.new_symbols.push_back(feed_.tape.new_symbols[known_]);
            }
            batch.records.push_back(records[i]);
        }
        feed_.taken += count;
        given_ += count;
        return {Status::Records, Nanos{0}, time_unknown, false};
    }
    std::string name() const override { return "tape"; }
    std::string detail() const override { return "made up"; }
    std::string identity() const override { return feed_.identity; }
    void resume(std::uint64_t pass, std::uint64_t position) override {
        pass_ = feed_.resumed_pass = pass;
        feed_.taken = feed_.resumed_at = position;
    }
    Sequencer::SourceRule rule() const override { return feed_.rule; }
    StageCounts counts() const override {
        StageCounts counts;
        counts.in = counts.out = given_;
        return counts;
    }
    std::uint64_t passes() const override { return pass_; }
    std::string failure() const override { return ""; }

private:
    TapeFeed& feed_;
    std::uint64_t pass_ = 1;
    std::uint64_t given_ = 0;
    std::uint32_t known_ = 0;
};

}  // namespace tickstock::testing

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/price.hpp"
#include "base/state_archive.hpp"
#include "base/time.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"

namespace tickstock {

/// Folds the trades of each symbol into bars of one second of `ts_event` (SPEC 7.2). A bar closes
/// when the clock reaches its second's end. Several seconds of a symbol may be open, because live
/// records run ahead of the clock. O(1) per trade; one thread.
class SecondBars {
public:
    struct ClosedBar {
        SymbolId symbol;
        std::int64_t second = 0;  ///< its start, s since 1970
        Price close;
        Size volume;
        MarketPeriod period = MarketPeriod::Base;  ///< of its start
        SourceKind source = SourceKind::Tick;      ///< of the trade that made the close
    };

    /// A trade that is eligible for last or volume. `clock` is its record's clock.
    void on_trade(const Trade& trade, const IntakeNote& note, UnixNanos clock);

    /// Time of the earliest open second's end; time_never when none is open.
    UnixNanos next_deadline() const {
        return next_second_ == no_second ? time_never : from_unix_second(next_second_ + 1);
    }

    /// Calls `use` with the symbol of each second that ends at or before `through`; a symbol may
    /// come more than once, or with a second that its session has closed.
    template <class Use>
    void for_each_due(UnixNanos through, Use use) const {
        for (std::int64_t i = 0; in_wheel_ > 0 && i < wheel_size; ++i) {
            const std::int64_t second = wheel_start_ + i;
            if (from_unix_second(second + 1) > through) {
                break;
            }
            for (const SymbolId symbol : wheel_[static_cast<std::size_t>(second % wheel_size)]) {
                use(symbol);
            }
        }
        for (const auto& [second, symbol] : far_) {
            if (from_unix_second(second + 1) <= through) {
                use(symbol);
            }
        }
    }

    /// Closes all seconds that end at next_deadline() and appends their bars in no special order.
    void close_next(std::vector<ClosedBar>& bars);

    /// The symbol's session is over: closes its open seconds in order of time.
    void close_symbol(SymbolId symbol, std::vector<ClosedBar>& bars);

    /// Forgets what seconds without a close left over; after close_symbol().
    void reset(SymbolId symbol);

    std::uint64_t bars_closed() const { return bars_closed_; }
    /// Trades for a second that was closed already: no bar of theirs changes.
    std::uint64_t late_trades() const { return late_trades_; }
    std::size_t open_seconds() const { return open_; }

    // State to bytes and back.
    void save_symbol(SymbolId symbol, StateWriter& out) const;
    /// Nothing changes when `in` fails. REQUIRES: the symbol is unknown, or forgotten.
    void load_symbol(SymbolId symbol, StateReader& in);
    /// As if it had never been seen: its open seconds have no deadline any more.
    void forget_symbol(SymbolId symbol);
    void save_totals(StateWriter& out) const;
    /// Adds to what is there.
    void add_totals(StateReader& in);

private:
    struct OpenSecond {
        std::int64_t second = 0;
        Price close;  // 0 = no last-eligible trade yet
        std::int64_t volume_raw = 0;
        MarketPeriod period = MarketPeriod::Base;
        SourceKind source = SourceKind::Tick;
        bool used = false;

        template <class Archive>
        void archive(Archive& a) {
            a(used);
            if (used) {
                a(second, close, volume_raw, period, source);
            }
        }
    };
    struct SymbolState {
        OpenSecond newest;   // nearly always the only one
        OpenSecond earlier;  // live, when records run ahead of the clock
        std::int64_t carried_raw = 0;
        std::uint32_t others = 0;  // further open seconds, in others_
    };

    OpenSecond& open_second(SymbolId symbol, std::int64_t second, MarketPeriod period);
    void schedule(std::int64_t second, SymbolId symbol);
    std::int64_t earliest_second() const;
    std::int64_t earliest_open(SymbolId symbol, const SymbolState& state) const;
    void close_one(SymbolId symbol, std::int64_t second, std::vector<ClosedBar>& bars);
    void finish(SymbolId symbol, SymbolState& state, OpenSecond& second,
                std::vector<ClosedBar>& bars);

    // Symbols by the start of their open second: a wheel for the seconds near the clock, a heap for
    // the far ones. An entry whose second was closed with its session is stale and does nothing.
    static constexpr std::int64_t wheel_size = 64;
    static constexpr std::int64_t no_second = INT64_MAX;
    std::int64_t next_second_ = no_second;
    std::array<std::vector<SymbolId>, wheel_size> wheel_;
    std::int64_t wheel_start_ = 0;  // earliest second that the wheel may hold
    std::size_t in_wheel_ = 0;
    std::vector<std::pair<std::int64_t, SymbolId>> far_;  // min-heap

    std::vector<SymbolState> states_;
    // Of all symbols, by symbol and second: a third open second is rare, but a source may run an
    // hour ahead.
    std::map<std::pair<SymbolId, std::int64_t>, OpenSecond> others_;
    std::vector<SymbolId> closing_;  // reused
    std::uint64_t bars_closed_ = 0;
    std::uint64_t late_trades_ = 0;
    std::size_t open_ = 0;
};

}  // namespace tickstock

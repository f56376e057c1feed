#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/state_archive.hpp"
#include "model/enums.hpp"
#include "model/intake_note.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"
#include "rollout/smart_ticker_rollout.hpp"

namespace tickstock {

/// Each symbol's last regular sessions: volume, range, events. For its risk (SmartTickerRollout).
/// O(1) a trade; a session counts once it is over. One thread: the shard's.
class SymbolDays {
public:
    static constexpr std::size_t days_kept = 20;

    void on_trade(const Trade& trade, const IntakeNote& note);
    void on_event(SymbolId symbol);

    /// Of symbols with a session that is over; `text` is left to the caller.
    template <class Use>
    void for_each(Use use) const {
        for (std::size_t i = 0; i < symbols_.size(); ++i) {
            if (symbols_[i].count > 0) {
                use(SymbolId{static_cast<std::uint32_t>(i)}, means_of(symbols_[i]));
            }
        }
    }

    void save_symbol(SymbolId symbol, StateWriter& out) const;
    void load_symbol(SymbolId symbol, StateReader& in);
    void forget_symbol(SymbolId symbol);

private:
    struct Day {
        float volume = 0;      // shares
        float volatility = 0;  // (high − low) / close
        float events = 0;

        template <class Archive>
        void archive(Archive& a) {
            a(volume, volatility, events);
        }
    };
    struct Days {
        std::array<Day, days_kept> days{};
        std::uint8_t count = 0;
        std::uint8_t next = 0;
        std::int64_t session_key = 0;  // of the open day; 0 = none
        double volume = 0;
        Price high, low, close;
        std::uint32_t events = 0;

        template <class Archive>
        void archive(Archive& a) {
            a(days, count, next, session_key, volume, high, low, close, events);
        }
    };

    Days& of(SymbolId symbol);
    static void end_day(Days& days);
    static SymbolStatistics means_of(const Days& days);

    std::vector<Days> symbols_;  // by id
};

}  // namespace tickstock

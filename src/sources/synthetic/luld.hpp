#pragma once

#include <cstdint>
#include <vector>

#include "base/price.hpp"
#include "base/time.hpp"
#include "sources/synthetic/prices.hpp"
#include "sources/synthetic/schedule.hpp"
#include "sources/synthetic/universe.hpp"

namespace tickstock {

/// Limit up–limit down: price bands around each symbol's recent mean price, and the pause when the
/// quote has left them. Only in the regular session; in its last fifteen minutes the price is held
/// inside the bands instead, so that no pause runs into the close.
class LuldBands {
public:
    struct Bands {
        Price lower;
        Price upper;
    };
    enum class Verdict : std::uint8_t {
        Inside,
        NewBands,  ///< the bands moved by more than 1 %: tell them
        Broken,    ///< the quote is wholly outside
    };

    LuldBands(const std::vector<SyntheticSymbol>& universe, const SyntheticDay& day);

    /// Each time the symbol's quote may have changed.
    Verdict check(std::uint32_t symbol, UnixNanos now, const SyntheticBook& book);

    /// Starts anew around `price` (opening, reopening).
    void reset(std::uint32_t symbol, UnixNanos now, Price price);

    const Bands& bands(std::uint32_t symbol) const { return symbols_[symbol].bands; }
    bool may_pause(UnixNanos now) const;

private:
    struct State {
        double reference = 0;  ///< raw price units; 0 = no bands yet
        double announced = 0;
        std::int64_t seen_ns = 0;
        std::int64_t announced_ns = 0;
        Bands bands;
    };
    void announce(State& state, double share, UnixNanos now) const;

    const std::vector<SyntheticSymbol>& universe_;
    const SyntheticDay day_;
    std::vector<State> symbols_;
};

}  // namespace tickstock

#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/price.hpp"
#include "base/time.hpp"
#include "sources/synthetic/model.hpp"
#include "sources/synthetic/random.hpp"
#include "sources/synthetic/universe.hpp"

namespace tickstock {

/// Best bid and offer on the symbol's price grid.
struct SyntheticBook {
    std::int64_t bid = 0;   ///< in ticks; < ask
    std::int64_t ask = 0;   ///< in ticks
    std::int64_t tick = 0;  ///< raw price units: one cent, or 0.0001 USD below one dollar
    double lean = 0.5;      ///< where the fair price stands: 0 = at the bid, 1 = at the ask

    Price bid_price() const { return Price::from_raw(bid * tick); }
    Price ask_price() const { return Price::from_raw(ask * tick); }
    Price middle() const { return Price::from_raw((bid + ask) * tick / 2); }
};

/// What each symbol is worth, and the quote around it.
///
/// The fair price moves by market and sector factors (stepped once a slice, common to all), by the
/// symbol's own moves, half by the clock and half by its trades (so bursts are restless), with
/// volatility that clusters and tails that are fat, and by news that is worked off over time. The
/// quote follows on its grid: it moves only when the fair price leaves it, so a trade is a cent or
/// none away from the one before while a day moves by percents. O(1) a step, state per symbol.
class PriceProcess {
public:
    PriceProcess(const SyntheticModel& model, std::uint64_t seed,
                 const std::vector<SyntheticSymbol>& universe, UnixNanos begin,
                 double trades_per_second, double regular_seconds);

    /// Steps the factors to `begin`. `variance` = ActivityCurve::variance; `regular` widens or
    /// narrows the spreads.
    void begin_slice(UnixNanos begin, Nanos length, double variance, bool regular);

    /// Carries the symbol's fair price to `now`, one trade nearer, and returns its quote.
    const SyntheticBook& advance(std::uint32_t symbol, UnixNanos now);

    /// The quote as it stands.
    const SyntheticBook& book(std::uint32_t symbol) const { return symbols_[symbol].book; }

    double fair(std::uint32_t symbol) const { return symbols_[symbol].fair; }

    /// News: the price will move by the factor e^log_return, most of it within `absorb_s` seconds.
    void add_news(std::uint32_t symbol, double log_return, double absorb_s);

    /// Works off all pending news at once (reopening after a halt).
    void settle(std::uint32_t symbol, UnixNanos now);

    /// Keeps the fair price inside [lower, upper] USD.
    void hold_inside(std::uint32_t symbol, double lower, double upper);

    /// Makes the whole market restless for a while (a release of economic figures).
    void heat_market(double by) { market_heat_ += by; }

private:
    struct State {
        Random random;
        double fair;
        double heat = 1;     ///< variance against its mean
        double pending = 0;  ///< log return of news not yet worked off
        double absorb_s = 1;
        double market_seen = 0;  ///< factor levels already in `fair`
        double sector_seen = 0;
        double variance_seen = 0;
        std::int64_t seen_ns;
        double trade_variance;  ///< of one trade
        double own_variance;    ///< of a session, the clock's half
        SyntheticBook book;
    };

    void step_factor(double& level, double volatility, double variance);
    double own_move(State& state, double elapsed_s, double clock_variance);
    double news_move(State& state, double elapsed_s);
    void move(State& state, double log_return);
    void quote(State& state, const SyntheticSymbol& symbol);

    const SyntheticModel model_;
    const std::vector<SyntheticSymbol>& universe_;
    Random random_;
    std::vector<State> symbols_;
    double market_ = 0;  ///< factors: summed log returns
    std::array<double, synthetic_sector_count> sectors_{};
    double market_heat_ = 1;
    double variance_ = 0;       ///< of the session, passed until the slice's begin
    double variance_rate_ = 0;  ///< per second in this slice
    double slice_s_ = 0;
    double spread_factor_ = 1;
    std::int64_t slice_begin_ns_;
};

}  // namespace tickstock

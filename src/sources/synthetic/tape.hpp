#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/record.hpp"
#include "sources/synthetic/model.hpp"
#include "sources/synthetic/prices.hpp"
#include "sources/synthetic/random.hpp"
#include "sources/synthetic/schedule.hpp"
#include "sources/synthetic/universe.hpp"

namespace tickstock {

/// Sale-condition codes that the synthetic market prints (the vendor's ids).
namespace sale {
inline constexpr unsigned average_price = 2;
inline constexpr unsigned closing_print = 8;
inline constexpr unsigned derivatively_priced = 10;
inline constexpr unsigned form_t = 12;
inline constexpr unsigned intermarket_sweep = 14;
inline constexpr unsigned official_close = 15;
inline constexpr unsigned official_open = 16;
inline constexpr unsigned opening_trade = 17;
inline constexpr unsigned opening_print = 25;
inline constexpr unsigned reopening_print = 28;
inline constexpr unsigned out_of_sequence = 32;
inline constexpr unsigned odd_lot = 37;
inline constexpr unsigned trade_through_exempt = 41;
inline constexpr unsigned contingent = 53;
}  // namespace sale

/// Turns "someone trades now" into prints as they stand on the consolidated tape: venue, size,
/// price in or at the quote, sale conditions, execution time, trade id; and now and then the
/// oddities that a feed brings (late, out of sequence, far off, cancelled).
class SyntheticTape {
public:
    SyntheticTape(const SyntheticModel& model, std::uint64_t seed,
                  const std::vector<SyntheticSymbol>& universe, const SyntheticDay& day);

    /// Appends one print, or several of a sweep, to `out`; all at `now` or less than 1 ms later.
    void print(std::uint32_t symbol, UnixNanos now, const SyntheticBook& book,
               std::vector<Record>& out);

    /// The auction that opens or closes the symbol's day, and its official price (twice at the
    /// close, as the tape repeats it). `size` in shares.
    void opening_cross(std::uint32_t symbol, UnixNanos now, Price price, std::int64_t size,
                       std::vector<Record>& out);
    void closing_cross(std::uint32_t symbol, UnixNanos now, Price price, std::int64_t size,
                       std::vector<Record>& out);
    void reopening(std::uint32_t symbol, UnixNanos now, Price price, std::vector<Record>& out);

    /// Appends the cancels and corrections that are due before `end`.
    void corrections(UnixNanos end, std::vector<Record>& out);

private:
    struct State {
        explicit State(Random numbers) : random(numbers), next_id(1 + random.below(1000)) {}

        Random random;
        std::uint64_t next_id;
        bool last_buy = true;
        Price first_price;  ///< of the day, for prints reported hours late
        UnixNanos first_time;
        std::array<Price, 2> stale_price{};  ///< 12 … 60 s old, for prints reported late
        std::array<UnixNanos, 2> stale_time{};
        Price recent_price;  ///< 2 … 9 s old, for prints out of sequence
        UnixNanos recent_time;
    };
    struct Correction {
        UnixNanos due;
        Trade trade;
    };
    /// Most corrections that wait at a time; further ones do not happen.
    static constexpr std::size_t corrections_limit = 4096;

    /// How a correction of the print at hand comes to be.
    enum class Fate : std::uint8_t { Stands, Cancelled, Replaced };

    Trade start(std::uint32_t symbol, UnixNanos now) const;
    void auction(std::uint32_t symbol, UnixNanos now, Price price, std::int64_t shares,
                 unsigned code, std::vector<Record>& out);
    void finish(State& state, Trade& trade, bool form_t);
    /// A usual print; `depth` = its place in a sweep, −1 outside of one.
    void fill_usual(State& state, Trade& trade, const SyntheticBook& book, int depth);
    /// One of the rare kinds, at their shares; false = none. `erroneous` = far off the market.
    bool fill_oddity(State& state, Trade& trade, const SyntheticBook& book, bool& erroneous);
    bool fill_late(State& state, Trade& trade);
    bool fill_out_of_sequence(State& state, Trade& trade);
    void fill_negotiated(State& state, Trade& trade, const SyntheticBook& book, unsigned code);
    void fill_erroneous(State& state, Trade& trade, const SyntheticBook& book);
    Price price_of(State& state, const SyntheticBook& book, bool off_exchange, int through);
    Size size_of(State& state, const SyntheticSymbol& symbol, bool off_exchange);
    std::uint8_t venue_of(State& state, const SyntheticSymbol& symbol) const;
    Fate draw_fate(State& state, bool erroneous);
    void plan_correction(State& state, const Trade& trade, Fate fate, Price step);
    void remember(State& state, const Trade& trade);

    const SyntheticModel model_;
    const std::vector<SyntheticSymbol>& universe_;
    const SyntheticDay day_;
    std::vector<State> symbols_;
    std::vector<Correction> corrections_;
    std::array<std::array<std::uint8_t, 256>, 2> venues_{};  ///< NYSE-listed, all others
};

}  // namespace tickstock

#include "sources/synthetic/luld.hpp"

#include <cmath>

namespace tickstock {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr double reference_memory_s = 300;
constexpr std::int64_t grid = Price::units_per_dollar / 100;

Price on_grid(double raw) {
    return Price::from_raw(static_cast<std::int64_t>(raw / grid + 0.5) * grid);
}

}  // namespace

LuldBands::LuldBands(const std::vector<SyntheticSymbol>& universe, const SyntheticDay& day)
    : universe_(universe), day_(day), symbols_(universe.size()) {}

bool LuldBands::may_pause(UnixNanos now) const {
    return now >= day_.open && now < day_.close - minutes{15};
}

void LuldBands::announce(State& state, double share, UnixNanos now) const {
    // Doubled near the open and the close.
    const bool wide = now < day_.open + minutes{15} || now >= day_.close - minutes{25};
    const double width = wide ? 2 * share : share;
    state.bands = {on_grid(state.reference * (1 - width)), on_grid(state.reference * (1 + width))};
    state.announced = state.reference;
    state.announced_ns = to_ns(now);
}

void LuldBands::reset(std::uint32_t symbol, UnixNanos now, Price price) {
    State& state = symbols_[symbol];
    state.reference = static_cast<double>(price.raw());
    state.seen_ns = to_ns(now);
    announce(state, universe_[symbol].band, now);
}

LuldBands::Verdict LuldBands::check(std::uint32_t symbol, UnixNanos now,
                                    const SyntheticBook& book) {
    State& state = symbols_[symbol];
    const double middle = static_cast<double>(book.middle().raw());
    if (state.reference == 0) {
        reset(symbol, now, book.middle());
        return Verdict::NewBands;
    }
    const double elapsed_s = static_cast<double>(to_ns(now) - state.seen_ns) / 1e9;
    state.seen_ns = to_ns(now);
    state.reference += (middle - state.reference) * elapsed_s / (elapsed_s + reference_memory_s);
    if (book.bid_price() > state.bands.upper || book.ask_price() < state.bands.lower) {
        return Verdict::Broken;
    }
    const bool moved = std::abs(state.reference - state.announced) > 0.01 * state.announced;
    const bool widened =
        now >= day_.close - minutes{25} && state.announced_ns < to_ns(day_.close - minutes{25});
    const bool narrowed =
        now >= day_.open + minutes{15} && state.announced_ns < to_ns(day_.open + minutes{15});
    const bool waited = to_ns(now) - state.announced_ns >= Nanos{seconds{30}}.count();
    if ((moved && waited) || widened || narrowed) {
        announce(state, universe_[symbol].band, now);
        return Verdict::NewBands;
    }
    return Verdict::Inside;
}

}  // namespace tickstock

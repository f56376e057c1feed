#include "sources/synthetic/prices.hpp"

#include <algorithm>
#include <cmath>

namespace tickstock {
namespace {

constexpr std::int64_t cent = Price::units_per_dollar / 100;
constexpr std::int64_t sub_penny = Price::units_per_dollar / 10'000;

// Correctly rounded by IEEE 754, unlike exp and log.
double root(double x) {
    return std::sqrt(x);
}

/// Of a move's standard normal number, fat tail included.
double mean_square(const SyntheticModel& model) {
    return 1 + model.fat_tail_share * (model.fat_tail_factor * model.fat_tail_factor - 1);
}

}  // namespace

PriceProcess::PriceProcess(const SyntheticModel& model, std::uint64_t seed,
                           const std::vector<SyntheticSymbol>& universe, UnixNanos begin,
                           double trades_per_second, double regular_seconds)
    : model_(model), universe_(universe), random_(seed, 2), slice_begin_ns_(to_ns(begin)) {
    symbols_.reserve(universe.size());
    for (std::size_t i = 0; i < universe.size(); ++i) {
        const SyntheticSymbol& symbol = universe[i];
        const double variance = symbol.own_volatility * symbol.own_volatility;
        const double trades =
            std::max(200.0, symbol.activity * trades_per_second * regular_seconds);
        State state{.random = Random(seed, 0x1'0000'0000 + i),
                    .fair = symbol.previous_close,
                    .seen_ns = to_ns(begin),
                    .trade_variance = 0.5 * variance / trades,
                    .own_variance = 0.5 * variance,
                    .book = {}};
        // Overnight gap, most of it small.
        const double gap = 0.6 * symbol.own_volatility * state.random.normal();
        move(state, state.random.chance(0.03) ? 4 * gap : gap);
        quote(state, symbol);
        symbols_.push_back(state);
    }
}

void PriceProcess::step_factor(double& level, double volatility, double variance) {
    double z = random_.normal();
    if (random_.chance(model_.fat_tail_share)) {
        z *= model_.fat_tail_factor;
    }
    level += volatility * root(variance * market_heat_) * z;
}

void PriceProcess::begin_slice(UnixNanos begin, Nanos length, double variance, bool regular) {
    variance_ += variance_rate_ * slice_s_;
    slice_begin_ns_ = to_ns(begin);
    slice_s_ = static_cast<double>(length.count()) / 1e9;
    variance_rate_ = variance;
    spread_factor_ = regular ? 1 : model_.extended_spread_factor;

    const double passed = variance * slice_s_;
    const double memory = slice_s_ / (slice_s_ + model_.heat_memory_s);
    const double before = market_;
    step_factor(market_, model_.market_volatility, passed);
    if (passed > 0) {
        const double z = (market_ - before) / (model_.market_volatility * root(passed));
        market_heat_ +=
            root(memory) * model_.heat_gain * (z * z / mean_square(model_) - market_heat_);
    }
    market_heat_ = std::clamp(market_heat_ + memory * (1 - market_heat_), 0.3, 10.0);
    for (auto& sector : sectors_) {
        step_factor(sector, model_.sector_volatility, passed);
    }
}

double PriceProcess::own_move(State& state, double elapsed_s, double clock_variance) {
    const double memory = elapsed_s / (elapsed_s + model_.heat_memory_s);
    state.heat += memory * (1 - state.heat);
    double z = state.random.normal();
    if (state.random.chance(model_.fat_tail_share)) {
        z *= model_.fat_tail_factor;
    }
    const double variance = state.own_variance * clock_variance + state.trade_variance;
    const double result = z * root(variance * state.heat);
    state.heat += root(memory) * model_.heat_gain * state.heat * (z * z - mean_square(model_));
    state.heat = std::clamp(state.heat, 0.3, 12.0);
    return result;
}

double PriceProcess::news_move(State& state, double elapsed_s) {
    if (state.pending == 0) {
        return 0;
    }
    const double part = state.pending * elapsed_s / (elapsed_s + state.absorb_s);
    state.pending -= part;
    if (std::abs(state.pending) < 1e-5) {
        state.pending = 0;
    }
    return part;
}

void PriceProcess::move(State& state, double log_return) {
    const double r = std::clamp(log_return, -0.5, 0.5);
    state.fair *= std::abs(r) < 0.01 ? 1 + r + 0.5 * r * r : stable_exp(r);
    state.fair = std::clamp(state.fair, 0.05, 5000.0);
}

const SyntheticBook& PriceProcess::advance(std::uint32_t symbol, UnixNanos now) {
    State& state = symbols_[symbol];
    const SyntheticSymbol& profile = universe_[symbol];
    const double elapsed_s = std::max(static_cast<double>(to_ns(now) - state.seen_ns) / 1e9, 1e-9);
    const double in_slice = static_cast<double>(to_ns(now) - slice_begin_ns_) / 1e9;
    const double variance_now = variance_ + variance_rate_ * in_slice;
    const double sector = sectors_[profile.sector];

    const double common = profile.market_beta * (market_ - state.market_seen) +
                          profile.sector_beta * (sector - state.sector_seen);
    const double passed = std::max(variance_now - state.variance_seen, 0.0);
    move(state, common + own_move(state, elapsed_s, passed) + news_move(state, elapsed_s));
    state.market_seen = market_;
    state.sector_seen = sector;
    state.variance_seen = variance_now;
    state.seen_ns = to_ns(now);
    quote(state, profile);
    return state.book;
}

void PriceProcess::quote(State& state, const SyntheticSymbol& symbol) {
    SyntheticBook& book = state.book;
    const std::int64_t tick = state.fair < 1 ? sub_penny : cent;
    const double x = state.fair * static_cast<double>(Price::units_per_dollar / tick);
    bool renew = tick != book.tick;
    std::int64_t spread = book.ask - book.bid;
    if (renew || (state.random.next() & 7) == 0) {
        // A dear moment widens the spread; 1 % is the most.
        const double relative =
            std::min(symbol.spread * spread_factor_ * (0.7 + 0.3 * state.heat), 0.01);
        const double wanted = relative * x * (0.5 + state.random.unit());
        const std::int64_t drawn =
            std::max<std::int64_t>(1, static_cast<std::int64_t>(wanted + 0.5));
        renew = renew || drawn != spread;
        spread = drawn;
    }
    if (renew || x < static_cast<double>(book.bid) || x > static_cast<double>(book.ask)) {
        const double below = 0.5 * static_cast<double>(spread - 1);
        book.bid = std::max<std::int64_t>(1, static_cast<std::int64_t>(x - below));
        book.ask = book.bid + spread;
        book.tick = tick;
    }
    book.lean = std::clamp(
        (x - static_cast<double>(book.bid)) / static_cast<double>(book.ask - book.bid), 0.0, 1.0);
}

void PriceProcess::add_news(std::uint32_t symbol, double log_return, double absorb_s) {
    State& state = symbols_[symbol];
    state.pending += log_return;
    state.absorb_s = absorb_s;
    state.heat = std::min(state.heat + (absorb_s < 60 ? 3.0 : 0.5), 12.0);
}

void PriceProcess::settle(std::uint32_t symbol, UnixNanos now) {
    State& state = symbols_[symbol];
    move(state, state.pending);
    state.pending = 0;
    advance(symbol, now);
}

void PriceProcess::hold_inside(std::uint32_t symbol, double lower, double upper) {
    State& state = symbols_[symbol];
    const double held = std::clamp(state.fair, lower, upper);
    if (held != state.fair) {
        state.fair = held;
        quote(state, universe_[symbol]);
    }
}

}  // namespace tickstock

#include "sources/synthetic/tape.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace tickstock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint8_t trf = 4;  // off-exchange trades
constexpr std::uint8_t away_venue = 19;
constexpr std::int64_t sub_penny = Price::units_per_dollar / 10'000;

struct VenueShare {
    std::uint8_t exchange;
    int of_256;
};
/// Where trades happen: the vendor's exchange ids.
constexpr std::array<VenueShare, 15> nyse_listed{{{trf, 96},
                                                  {10, 44},
                                                  {12, 26},
                                                  {11, 18},
                                                  {8, 17},
                                                  {19, 14},
                                                  {21, 11},
                                                  {15, 8},
                                                  {20, 5},
                                                  {18, 5},
                                                  {7, 4},
                                                  {3, 3},
                                                  {2, 3},
                                                  {17, 1},
                                                  {9, 1}}};
constexpr std::array<VenueShare, 15> other_listed{{{trf, 100},
                                                   {12, 50},
                                                   {11, 28},
                                                   {8, 19},
                                                   {19, 16},
                                                   {21, 12},
                                                   {15, 8},
                                                   {20, 5},
                                                   {18, 4},
                                                   {7, 4},
                                                   {10, 3},
                                                   {3, 2},
                                                   {2, 2},
                                                   {17, 2},
                                                   {9, 1}}};

void fill(std::array<std::uint8_t, 256>& table, const std::array<VenueShare, 15>& shares) {
    std::size_t at = 0;
    for (const auto& share : shares) {
        for (int i = 0; i < share.of_256 && at < table.size(); ++i) {
            table[at++] = share.exchange;
        }
    }
    while (at < table.size()) {
        table[at++] = trf;
    }
}

TradeId make_id(std::uint64_t number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return TradeId(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

bool is_odd(Size size) {
    return size < Size::from_shares(100);
}

}  // namespace

SyntheticTape::SyntheticTape(const SyntheticModel& model, std::uint64_t seed,
                             const std::vector<SyntheticSymbol>& universe, const SyntheticDay& day)
    : model_(model), universe_(universe), day_(day) {
    fill(venues_[0], nyse_listed);
    fill(venues_[1], other_listed);
    symbols_.reserve(universe.size());
    for (std::size_t i = 0; i < universe.size(); ++i) {
        symbols_.emplace_back(Random(seed, 0x2'0000'0000 + i));
    }
}

Trade SyntheticTape::start(std::uint32_t symbol, UnixNanos now) const {
    Trade trade;
    trade.header.symbol = SymbolId{symbol};
    trade.header.ts_event = now;
    trade.header.ts_recv = now;
    trade.tape = universe_[symbol].tape;
    return trade;
}

/// Gives the id, the conditions that follow from size and time, and remembers the print.
void SyntheticTape::finish(State& state, Trade& trade, bool form_t) {
    state.next_id += 1 + (state.random.next() & 3);
    trade.id = make_id(state.next_id);
    if (form_t) {
        trade.conditions.add(sale::form_t);
    }
    if (is_odd(trade.size)) {
        trade.conditions.add(sale::odd_lot);
    }
    if (trade.conditions.codes().size() > 0 &&
        trade.conditions.codes().front() == sale::intermarket_sweep) {
        trade.conditions.add(sale::trade_through_exempt);
    }
    remember(state, trade);
}

void SyntheticTape::remember(State& state, const Trade& trade) {
    const UnixNanos now = trade.header.ts_event;
    if (trade.ts_execution + seconds{1} < now) {
        return;  // old news itself
    }
    if (state.first_time == time_unknown) {
        state.first_price = trade.price;
        state.first_time = trade.ts_execution;
    }
    if (now - state.recent_time > seconds{4}) {
        state.recent_price = trade.price;
        state.recent_time = trade.ts_execution;
    }
    if (now - state.stale_time[1] > seconds{30}) {
        state.stale_price[0] = state.stale_price[1];
        state.stale_time[0] = state.stale_time[1];
        state.stale_price[1] = trade.price;
        state.stale_time[1] = trade.ts_execution;
    }
}

std::uint8_t SyntheticTape::venue_of(State& state, const SyntheticSymbol& symbol) const {
    return venues_[symbol.tape == 1 ? 0 : 1][state.random.next() >> 56];
}

/// Buyers lift the offer, sellers hit the bid; the side persists, and leans to where the fair price
/// stands. Off exchange a part prints inside the quote, some of it in fractions of a cent.
Price SyntheticTape::price_of(State& state, const SyntheticBook& book, bool off_exchange,
                              int through) {
    if (!state.random.chance(0.5)) {
        state.last_buy = state.random.chance(book.lean);
    }
    const bool buy = state.last_buy;
    if (off_exchange && through == 0) {
        const double inside = state.random.unit();
        if (inside < 0.16) {
            return book.middle();
        }
        if (inside < 0.26 && book.tick > sub_penny) {
            const auto better = Price::from_raw(sub_penny * state.random.between(1, 30));
            return buy ? book.ask_price() - better : book.bid_price() + better;
        }
    }
    const std::int64_t ticks =
        buy ? book.ask + through : std::max(book.bid - through, std::int64_t{1});
    return Price::from_raw(ticks * book.tick);
}

Size SyntheticTape::size_of(State& state, const SyntheticSymbol& symbol, bool off_exchange) {
    Random& random = state.random;
    if (random.chance(symbol.odd_lot_share)) {
        if (off_exchange && random.chance(model_.fractional_share)) {
            return Size::from_raw(random.between(1'000, 20'000'000));
        }
        constexpr std::array<std::int64_t, 8> usual{1, 1, 2, 5, 10, 20, 25, 50};
        if (random.chance(0.35)) {
            return Size::from_shares(usual[random.next() >> 61]);
        }
        const double u = random.unit();
        return Size::from_shares(1 + static_cast<std::int64_t>(u * u * 99));
    }
    const double kind = random.unit();
    if (kind < 0.006) {
        return Size::from_shares(100 * random.between(20, 250));  // a block
    }
    if (kind < 0.14) {
        return Size::from_shares(random.between(101, 480));  // mixed lot
    }
    std::int64_t lots = 1;
    while (lots < 40 && random.chance(0.35)) {
        lots += random.chance(0.2) ? 4 : 1;
    }
    return Size::from_shares(100 * lots);
}

/// Reported by the TRF long after it was done, at the price of then.
bool SyntheticTape::fill_late(State& state, Trade& trade) {
    const bool hours = state.random.chance(0.05);
    const UnixNanos done = hours ? state.first_time : state.stale_time[0];
    if (done == time_unknown || trade.header.ts_event - done <= seconds{10}) {
        return false;
    }
    trade.exchange = trf;
    trade.price = hours ? state.first_price : state.stale_price[0];
    trade.ts_execution = done;
    return true;
}

bool SyntheticTape::fill_out_of_sequence(State& state, Trade& trade) {
    if (state.recent_time == time_unknown ||
        trade.header.ts_event - state.recent_time > seconds{9}) {
        return false;
    }
    trade.price = state.recent_price;
    trade.ts_execution = state.recent_time;
    trade.conditions.add(sale::out_of_sequence);
    return true;
}

/// Priced by a formula or an agreement rather than by the quote of the moment.
void SyntheticTape::fill_negotiated(State& state, Trade& trade, const SyntheticBook& book,
                                    unsigned code) {
    Random& random = state.random;
    const double steps = static_cast<double>(book.middle().raw() / sub_penny);
    const double price = steps * (1 + 0.002 * random.normal());
    trade.price =
        Price::from_raw(std::max<std::int64_t>(1, static_cast<std::int64_t>(price)) * sub_penny);
    trade.size = Size::from_shares(100 * random.between(2, 80));
    trade.exchange = trf;
    trade.ts_execution = trade.header.ts_event - milliseconds{random.between(20, 2000)};
    trade.conditions.add(code);
}

void SyntheticTape::fill_erroneous(State& state, Trade& trade, const SyntheticBook& book) {
    const double off = 0.25 + 0.35 * state.random.unit();
    const double ticks =
        static_cast<double>(book.bid) * (state.random.chance(0.5) ? 1 + off : 1 - off);
    trade.price =
        Price::from_raw(std::max<std::int64_t>(1, static_cast<std::int64_t>(ticks)) * book.tick);
    trade.size = Size::from_shares(100 * state.random.between(1, 5));
    trade.ts_execution = trade.header.ts_event - Nanos{300'000};
}

bool SyntheticTape::fill_oddity(State& state, Trade& trade, const SyntheticBook& book,
                                bool& erroneous) {
    double kind = state.random.unit();
    const auto falls_in = [&kind](double share) {
        kind -= share;
        return kind < 0;
    };
    if (falls_in(model_.late_share)) {
        return fill_late(state, trade);
    }
    if (falls_in(model_.out_of_sequence_share)) {
        return fill_out_of_sequence(state, trade);
    }
    if (falls_in(model_.erroneous_share)) {
        fill_erroneous(state, trade, book);
        erroneous = true;
        return true;
    }
    for (const auto& [share, code] : {std::pair{model_.average_price_share, sale::average_price},
                                      {model_.derivative_share, sale::derivatively_priced},
                                      {model_.contingent_share, sale::contingent}}) {
        if (falls_in(share)) {
            fill_negotiated(state, trade, book, code);
            return true;
        }
    }
    return false;
}

void SyntheticTape::fill_usual(State& state, Trade& trade, const SyntheticBook& book, int depth) {
    Random& random = state.random;
    const bool off_exchange = trade.exchange == trf;
    trade.price = price_of(state, book, off_exchange, depth >= 3 ? 1 : 0);
    // Venues report within a fraction of a millisecond, the TRF within up to seconds.
    std::int64_t delay_us = 0;
    if (!off_exchange) {
        delay_us = random.between(15, 700);
    } else if (random.chance(0.9)) {
        delay_us = random.between(600, 20'000);
    } else {
        delay_us = random.between(20'000, 4'000'000);
    }
    trade.ts_execution = trade.header.ts_event - std::chrono::microseconds{delay_us};
    if (!off_exchange && (depth >= 0 || random.chance(model_.iso_share))) {
        trade.conditions.add(sale::intermarket_sweep);
    }
}

SyntheticTape::Fate SyntheticTape::draw_fate(State& state, bool erroneous) {
    const double u = state.random.unit();
    if (u < (erroneous ? 0.8 : model_.cancel_share)) {
        return Fate::Cancelled;
    }
    return !erroneous && u < model_.cancel_share + model_.correct_share ? Fate::Replaced
                                                                        : Fate::Stands;
}

void SyntheticTape::plan_correction(State& state, const Trade& trade, Fate fate, Price step) {
    if (corrections_.size() >= corrections_limit) {
        return;
    }
    Correction correction{trade.header.ts_event + milliseconds{state.random.between(800, 90'000)},
                          trade};
    correction.trade.correction =
        fate == Fate::Cancelled ? Trade::correction_cancel : Trade::correction_replace;
    if (fate == Fate::Replaced) {
        correction.trade.price = trade.price + step;
    }
    corrections_.push_back(correction);
}

void SyntheticTape::print(std::uint32_t symbol, UnixNanos now, const SyntheticBook& book,
                          std::vector<Record>& out) {
    State& state = symbols_[symbol];
    const SyntheticSymbol& profile = universe_[symbol];
    const bool sweep = state.random.chance(model_.sweep_share);
    const int prints = sweep ? 2 + static_cast<int>(state.random.below(4)) : 1;
    UnixNanos at = now;
    for (int n = 0; n < prints; ++n) {
        Trade trade = start(symbol, at);
        trade.exchange = venue_of(state, profile);
        if (sweep && trade.exchange == trf) {
            trade.exchange = profile.listing;
        }
        trade.size = size_of(state, profile, trade.exchange == trf);
        bool erroneous = false;
        if (sweep || !fill_oddity(state, trade, book, erroneous)) {
            fill_usual(state, trade, book, sweep ? n : -1);
        }
        finish(state, trade, !day_.regular(at));
        out.emplace_back(trade);
        const Fate fate = draw_fate(state, erroneous);
        if (fate != Fate::Stands) {
            plan_correction(state, trade, fate, Price::from_raw(book.tick));
        }
        at += std::chrono::microseconds{1 + state.random.below(180)};
    }
}

void SyntheticTape::corrections(UnixNanos end, std::vector<Record>& out) {
    std::erase_if(corrections_, [&](Correction& correction) {
        if (correction.due >= end) {
            return false;
        }
        correction.trade.header.ts_event = correction.due;
        correction.trade.header.ts_recv = correction.due;
        out.emplace_back(correction.trade);
        return true;
    });
}

/// One print of an auction on the listing venue.
void SyntheticTape::auction(std::uint32_t symbol, UnixNanos now, Price price, std::int64_t shares,
                            unsigned code, std::vector<Record>& out) {
    Trade trade = start(symbol, now);
    trade.exchange = code == sale::opening_trade ? away_venue : universe_[symbol].listing;
    trade.price = price;
    trade.size = Size::from_shares(shares);
    trade.ts_execution = now - Nanos{150'000};
    trade.conditions.add(code);
    finish(symbols_[symbol], trade, false);
    out.emplace_back(trade);
}

void SyntheticTape::opening_cross(std::uint32_t symbol, UnixNanos now, Price price,
                                  std::int64_t size, std::vector<Record>& out) {
    Random& random = symbols_[symbol].random;
    auction(symbol, now, price, size, sale::opening_print, out);
    auction(symbol, now + Nanos{random.between(200'000, 4'000'000)}, price, size,
            sale::official_open, out);
    if (random.chance(0.3)) {
        auction(symbol, now + milliseconds{random.between(5, 900)}, price, 100, sale::opening_trade,
                out);
    }
}

void SyntheticTape::closing_cross(std::uint32_t symbol, UnixNanos now, Price price,
                                  std::int64_t size, std::vector<Record>& out) {
    auction(symbol, now, price, size, sale::closing_print, out);
    auction(symbol, now + milliseconds{3}, price, size, sale::official_close, out);
    auction(symbol, now + milliseconds{1500}, price, size, sale::official_close, out);
}

void SyntheticTape::reopening(std::uint32_t symbol, UnixNanos now, Price price,
                              std::vector<Record>& out) {
    const std::int64_t lots = symbols_[symbol].random.between(5, 120);
    auction(symbol, now, price, 100 * lots, sale::reopening_print, out);
}

}  // namespace tickstock

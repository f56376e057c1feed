#include "sources/synthetic/market.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>

namespace tickstock {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr unsigned symbols_max = 100'000;
constexpr double trades_per_second_max = 10'000'000;
/// From the word that trading resumes to the auction's print, the first of all.
constexpr Nanos reopening_delay = milliseconds{1};

/// At most three thousand trades a slice on average: short enough to sort in cache, long enough
/// that the work per slice does not show. Divides a second.
Nanos slice_length(double trades_per_second) {
    constexpr std::int64_t parts[] = {1, 2, 4, 5, 10, 20, 40, 50, 100, 200, 500, 1000};
    for (const auto part : parts) {
        if (trades_per_second <= 3000.0 * static_cast<double>(part)) {
            return Nanos{1'000'000'000 / part};
        }
    }
    return Nanos{1'000'000};
}

double regular_seconds(const SyntheticDay& day) {
    return static_cast<double>((day.close - day.open) / seconds{1});
}

}  // namespace

Result<std::unique_ptr<SyntheticMarket>> SyntheticMarket::open(const SyntheticSettings& settings,
                                                               const TradingCalendar& calendar,
                                                               UnixNanos now) {
    return open(settings, calendar, now, Options{});
}

Result<std::unique_ptr<SyntheticMarket>> SyntheticMarket::open(const SyntheticSettings& settings,
                                                               const TradingCalendar& calendar,
                                                               UnixNanos now,
                                                               const Options& options) {
    if (settings.symbols < 1 || settings.symbols > symbols_max) {
        return Error{"symbols " + std::to_string(settings.symbols) + ": accepted is 1 to " +
                     std::to_string(symbols_max)};
    }
    if (!(settings.trades_per_second > 0 && settings.trades_per_second <= trades_per_second_max)) {
        return Error{"trades per second " + std::to_string(settings.trades_per_second) +
                     ": accepted is above 0, up to 10000000"};
    }
    auto day = resolve_day(calendar, settings.date, now);
    if (!day) {
        return day.error();
    }
    return std::unique_ptr<SyntheticMarket>(new SyntheticMarket(settings, *day, options));
}

SyntheticMarket::SyntheticMarket(const SyntheticSettings& settings, const SyntheticDay& day,
                                 const Options& options)
    : settings_(settings),
      day_(day),
      model_(options.model),
      source_(options.source),
      max_batch_(std::max<std::size_t>(options.max_batch, 1)),
      slice_(slice_length(settings.trades_per_second)),
      universe_(make_universe(model_, settings.seed, settings.symbols)),
      curve_(day),
      arrivals_(model_, settings.seed, universe_, day.begin, slice_, settings.trades_per_second),
      prices_(model_, settings.seed, universe_, day.begin, settings.trades_per_second,
              regular_seconds(day)),
      tape_(model_, settings.seed, universe_, day),
      luld_(universe_, day),
      fair_values_(model_, settings.seed, universe_.size(), day.begin),
      bars_(universe_.size()),
      random_(settings.seed, 4),
      quote_random_(settings.seed, 5),
      bar_random_(settings.seed, 6),
      news_(make_news(model_, settings.seed, universe_, day, settings.trades_per_second)),
      symbols_(universe_.size()),
      slice_begin_(day.begin) {}

bool SyntheticMarket::read(RecordBatch& batch) {
    batch.clear();
    batch.source = source_;
    const std::size_t enough = std::min<std::size_t>(max_batch_, 256);
    while (batch.records.size() < enough) {
        if (leaving_ == order_.size()) {
            if (slice_begin_ >= day_.end + minutes{1}) {
                break;
            }
            next_slice();
            continue;
        }
        const std::size_t room = max_batch_ - batch.records.size();
        const std::size_t end = std::min(order_.size(), leaving_ + room);
        for (; leaving_ < end; ++leaving_) {
            hand_over(made_[order_[leaving_].second], batch);
        }
    }
    if (batch.records.empty()) {
        return false;
    }
    if (!symbols_told_) {
        symbols_told_ = true;
        for (const auto& symbol : universe_) {
            batch.new_symbols.emplace_back(symbol.text);
        }
    }
    counts_.in += batch.records.size();
    counts_.out += batch.records.size();
    return true;
}

/// The last step of a record, in the order of time: what depends on that order is done here.
void SyntheticMarket::hand_over(const Record& record, RecordBatch& batch) {
    batch.records.push_back(record);
    RecordHeader& header = batch.records.back().header();
    header.source = source_;
    const RecordKind kind = record.kind();
    if (kind == RecordKind::Trade && settings_.bars) {
        bars_.add(record.trade(), day_.regular(header.ts_event));
    }
    if (kind != RecordKind::Bar && kind != RecordKind::FairValue) {
        // Rises by one to four: the tape numbers other lines between.
        std::uint64_t& sequence = symbols_[header.symbol.value()].source_sequence;
        sequence += 1 + ((sequence * 0x9E3779B97F4A7C15) >> 62);
        header.source_sequence = sequence;
    }
}

void SyntheticMarket::next_slice() {
    const UnixNanos begin = slice_begin_;
    const UnixNanos end = begin + slice_;
    made_.clear();
    std::swap(made_, later_);
    if (begin == day_.begin || begin.time_since_epoch() % minutes{1} == Nanos{0}) {
        start_minute();
    }
    if (begin < day_.end) {
        prices_.begin_slice(begin, slice_, curve_.variance(begin), day_.regular(begin));
        if (begin >= day_.open && !opened_) {
            opened_ = true;
            schedule_crosses();
        }
        if (begin >= day_.close && !closed_) {
            closed_ = true;
            schedule_crosses();
        }
        resume_halted(end);
        break_news(end);
        for (const Arrival& arrival : arrivals_.next_slice(curve_.trades(begin))) {
            happen(arrival);
        }
        tape_.corrections(end, made_);
    }
    slice_begin_ = end;
    put_in_order(end);
}

void SyntheticMarket::start_minute() {
    if (settings_.bars && slice_begin_ > day_.begin && slice_begin_ <= day_.end) {
        bars_.close(slice_begin_ - minutes{1}, bar_random_, made_);
    }
    // Figures at 10:00 and 14:00 make everybody nervous.
    const Nanos since_midnight = slice_begin_ - day_.midnight;
    if (since_midnight == std::chrono::hours{10} || since_midnight == std::chrono::hours{14}) {
        prices_.heat_market(1 + 4 * random_.unit());
    }
}

/// Crosses of all symbols: Nasdaq's within about a second, NYSE's within half a minute.
void SyntheticMarket::schedule_crosses() {
    const auto kind = closed_ ? Arrival::Kind::ClosingCross : Arrival::Kind::OpeningCross;
    for (std::uint32_t symbol = 0; symbol < universe_.size(); ++symbol) {
        const double u = random_.unit();
        const double delay_s = universe_[symbol].tape == 1 ? 0.3 + 25 * u * u * u : 0.02 + 1.2 * u;
        const auto delay = Nanos{static_cast<std::int64_t>(delay_s * 1e9)};
        arrivals_.schedule({to_ns(slice_begin_ + delay), symbol, kind});
    }
}

/// About 1 % of the symbol's day, in round lots.
std::int64_t SyntheticMarket::cross_size(std::uint32_t symbol) const {
    const double day_trades =
        universe_[symbol].activity * settings_.trades_per_second * regular_seconds(day_);
    return 100 * std::clamp<std::int64_t>(static_cast<std::int64_t>(day_trades * 0.008), 1, 30'000);
}

void SyntheticMarket::break_news(UnixNanos end) {
    for (; next_news_ < news_.size() && news_[next_news_].at < end; ++next_news_) {
        const News& news = news_[next_news_];
        if (news.halt > Nanos{0} && to_ns(news.at) >= symbols_[news.symbol].halted_until_ns) {
            halt(news.symbol, news.at, news.at + news.halt, false);
        }
        prices_.add_news(news.symbol, news.log_return, news.absorb_s);
        arrivals_.add_burst(news.symbol, news.trades, news.decay_s);
    }
}

void SyntheticMarket::halt(std::uint32_t symbol, UnixNanos from, UnixNanos until, bool pause) {
    symbols_[symbol].halted_until_ns = to_ns(until + reopening_delay);
    halts_.push_back({symbol, until, pause});
    status(symbol, from, pause ? TradingStatus::Action::Pause : TradingStatus::Action::Halt,
           pause ? "LULD" : "T1");
}

void SyntheticMarket::resume_halted(UnixNanos end) {
    std::erase_if(halts_, [&](const Halt& halt) {
        if (halt.until >= end) {
            return false;
        }
        const UnixNanos reopened = std::max(halt.until, slice_begin_);
        prices_.settle(halt.symbol, reopened);
        const Price price = prices_.book(halt.symbol).bid_price();
        luld_.reset(halt.symbol, reopened, price);
        status(halt.symbol, reopened, TradingStatus::Action::Resume, halt.pause ? "LULD" : "T3");
        tape_.reopening(halt.symbol, reopened + reopening_delay, price, made_);
        arrivals_.add_burst(halt.symbol, 200, 60);
        return true;
    });
}

void SyntheticMarket::status(std::uint32_t symbol, UnixNanos now, TradingStatus::Action action,
                             std::string_view reason) {
    TradingStatus record;
    record.header.symbol = SymbolId{symbol};
    record.header.ts_event = now;
    record.header.ts_recv = now;
    record.action = action;
    record.band_lower = luld_.bands(symbol).lower;
    record.band_upper = luld_.bands(symbol).upper;
    std::memcpy(record.reason.data(), reason.data(), std::min(reason.size(), record.reason.size()));
    made_.emplace_back(record);
}

void SyntheticMarket::happen(const Arrival& arrival) {
    const UnixNanos now = unix_nanos(arrival.at_ns);
    if (to_ns(now) <= symbols_[arrival.symbol].halted_until_ns) {
        return;
    }
    if (arrival.kind == Arrival::Kind::Trade) {
        trade(arrival.symbol, now);
        return;
    }
    const SyntheticBook& book = prices_.advance(arrival.symbol, now);
    const Price price = book.lean < 0.5 ? book.bid_price() : book.ask_price();
    const std::int64_t size = cross_size(arrival.symbol);
    if (arrival.kind == Arrival::Kind::OpeningCross) {
        luld_.reset(arrival.symbol, now, price);
        status(arrival.symbol, now, TradingStatus::Action::None, "");
        tape_.opening_cross(arrival.symbol, now, price, size, made_);
    } else {
        tape_.closing_cross(arrival.symbol, now, price, 2 * size, made_);
    }
}

void SyntheticMarket::trade(std::uint32_t symbol, UnixNanos now) {
    const SyntheticBook& book = prices_.advance(symbol, now);
    if (day_.regular(now)) {
        const auto verdict = luld_.check(symbol, now, book);
        if (verdict == LuldBands::Verdict::NewBands) {
            status(symbol, now, TradingStatus::Action::None, "");
        } else if (verdict == LuldBands::Verdict::Broken) {
            if (luld_.may_pause(now)) {
                halt(symbol, now, now + minutes{5}, true);
                return;
            }
            const auto& bands = luld_.bands(symbol);
            prices_.hold_inside(symbol, bands.lower.to_double(), bands.upper.to_double());
        }
    }
    if (settings_.quotes) {
        quote(symbol, now, book);
    }
    tape_.print(symbol, now, book, made_);
    if (settings_.fair_values) {
        if (const auto value = fair_values_.at(symbol, now, book)) {
            made_.emplace_back(*value);
        }
    }
}

/// Thinned: told when it changed and the last one is old enough.
void SyntheticMarket::quote(std::uint32_t symbol, UnixNanos now, const SyntheticBook& book) {
    SymbolState& state = symbols_[symbol];
    const auto gap_ns = static_cast<std::int64_t>(model_.quote_gap_s * 1e9);
    if (to_ns(now) - state.quoted_ns < gap_ns ||
        (book.bid_price() == state.quoted_bid && book.ask_price() == state.quoted_ask)) {
        return;
    }
    state.quoted_ns = to_ns(now);
    state.quoted_bid = book.bid_price();
    state.quoted_ask = book.ask_price();
    Quote quote;
    quote.header.symbol = SymbolId{symbol};
    quote.header.ts_event = now;
    quote.header.ts_recv = now;
    quote.bid = state.quoted_bid;
    quote.ask = state.quoted_ask;
    const std::uint64_t draw = quote_random_.next();
    quote.bid_size = Size::from_shares(100 * static_cast<std::int64_t>(1 + (draw & 7)));
    quote.ask_size = Size::from_shares(100 * static_cast<std::int64_t>(1 + (draw >> 3 & 7)));
    constexpr std::uint8_t venues[] = {12, 11, 8, 19, 21, 10, 12, 11};
    quote.bid_exchange = venues[draw >> 6 & 7];
    quote.ask_exchange = venues[draw >> 9 & 7];
    quote.condition = 1;
    quote.tape = universe_[symbol].tape;
    made_.emplace_back(quote);
}

/// Sorts what leaves before `end`; what was made for later waits.
void SyntheticMarket::put_in_order(UnixNanos end) {
    order_.clear();
    leaving_ = 0;
    for (std::size_t i = 0; i < made_.size(); ++i) {
        const UnixNanos leaves = made_[i].header().ts_recv;
        if (leaves < end) {
            order_.emplace_back(to_ns(leaves), static_cast<std::uint32_t>(i));
        } else {
            later_.push_back(made_[i]);
        }
    }
    std::sort(order_.begin(), order_.end());
}

}  // namespace tickstock

#include "regression/random_tape.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace tickstock::naive {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t second = 1000 * ms;
constexpr std::int64_t minute = 60 * second;

/// Consecutive trading days of the oracle's table that a tape may walk through.
struct Walk {
    std::size_t first_day;
    std::size_t last_day;
};
constexpr Walk walks[] = {{2, 3}, {4, 6}, {5, 6}, {7, 8}, {9, 9}};

/// Minutes of the day at which a session or period begins or ends, on full or early days.
constexpr int borders[] = {4 * 60,       9 * 60 + 30, 9 * 60 + 45, 12 * 60 + 30, 13 * 60,
                           15 * 60 + 30, 16 * 60,     17 * 60,     20 * 60};

class TapeMaker {
public:
    TapeMaker(Flavour flavour, std::uint64_t seed) : flavour_(flavour) {
        Dice dice(seed);
        const std::size_t symbols = 1 + dice.below(3);
        static const char* const names[] = {"ZED", "ABC", "MID"};
        static constexpr std::int64_t bases[] = {10'000'000'000, 100'000'000'000, 33'330'000'000,
                                                 5'000'000'000, 1'234'567'891};
        for (std::size_t i = 0; i < symbols; ++i) {
            tape_.symbols.emplace_back(names[i]);
            Ladder ladder;
            ladder.base = ladder.high = ladder.low = dice.pick(bases);
            ladders_.push_back(ladder);
        }
        const Walk walk = dice.pick(walks);
        const std::int64_t midnight = (trading_days()[walk.first_day].noon - 12 * 3600) * second;
        end_ = (trading_days()[walk.last_day].noon + 10 * 3600) * second;
        now_ = midnight + dice.pick(borders) * minute - std::int64_t(dice.below(4)) * second;
        if (flavour == Flavour::Live || flavour == Flavour::Borders) {
            tape_.delay = Nanos{250 * ms};
        }
    }

    void add(std::uint64_t word) {
        Dice dice(word);
        advance(dice);
        const std::size_t symbol = dice.below(tape_.symbols.size());
        const std::size_t kind = dice.below(100);
        const std::size_t correction_share = flavour_ == Flavour::Corrections ? 30 : 6;
        const std::size_t status_share = flavour_ == Flavour::Halts ? 15 : 2;
        if (kind < correction_share) {
            correct(dice, symbol);
        } else if (kind < correction_share + status_share) {
            status(dice, symbol);
        } else if (kind < correction_share + status_share + 4) {
            bystander(dice, symbol);
        } else {
            trade(dice, symbol);
        }
    }

    Tape take() { return std::move(tape_); }

private:
    struct Ladder {
        std::int64_t base = 0;
        std::int64_t high = 0;
        std::int64_t low = 0;
        std::int64_t absurd = 0;
        std::vector<Trade> trades;
        std::vector<Trade> movers;  // that passed the ladder's high or low
        int next_id = 0;
    };

    void advance(Dice& dice) {
        static constexpr std::int64_t steps[] = {0,          0,           1,           300 * ms,
                                                 second - 1, second,      second + 1,  second / 2,
                                                 5 * second, 60 * second, 300 * second};
        if (flavour_ == Flavour::Borders) {
            static constexpr std::int64_t short_steps[] = {0, 0, 1, 10 * ms, 100 * ms, second};
            static constexpr std::int64_t before[] = {-1,      0,           1,          -100 * ms,
                                                      -second, -2 * second, -second / 2};
            now_ = dice.one_in(12) ? std::max(now_, next_border() + dice.pick(before))
                                   : now_ + dice.pick(short_steps);
        } else if (flavour_ == Flavour::Cooldown || !dice.one_in(12)) {
            now_ += dice.pick(steps);
        } else if (dice.one_in(2)) {
            now_ = next_border() + std::int64_t(dice.below(3)) - 1;
        } else {
            static constexpr std::int64_t jumps[] = {20 * minute, 60 * minute, 300 * minute,
                                                     900 * minute};
            now_ += dice.pick(jumps);
        }
        now_ = std::min(now_, end_);
    }

    std::int64_t next_border() const {
        std::int64_t best = end_;
        for (const Day& day : trading_days()) {
            for (const int border : borders) {
                const std::int64_t at = (day.noon + (border - 12 * 60) * 60) * second;
                if (at > now_) {
                    best = std::min(best, at);
                }
            }
        }
        return best;
    }

    RecordHeader header(Dice& dice, std::size_t symbol) {
        RecordHeader result;
        result.symbol = SymbolId(static_cast<std::uint32_t>(symbol));
        result.source_sequence = tape_.records.size() + 7;
        std::int64_t event = now_;
        std::int64_t receive = now_;
        if (flavour_ == Flavour::Live || flavour_ == Flavour::Borders) {
            static constexpr std::int64_t latency[] = {0,        ms,       100 * ms,   249 * ms,
                                                       250 * ms, 251 * ms, 2 * second, -3 * second};
            event = now_ - dice.pick(latency);
        }
        if (dice.one_in(10)) {
            static constexpr std::int64_t late[] = {1,           second,      2 * second,
                                                    40 * second, 30 * minute, 360 * minute};
            event = receive = now_ - dice.pick(late);
            if (dice.one_in(2)) {
                receive = now_;
            }
        } else if (dice.one_in(10) && !tape_.records.empty()) {
            event = to_ns(tape_.records.back().header().ts_event);  // the very same time again
        }
        result.ts_event = unix_nanos(event);
        result.ts_recv = unix_nanos(receive);
        return result;
    }

    std::int64_t price(Dice& dice, Ladder& ladder) {
        const bool guard = flavour_ == Flavour::Guard;
        if (dice.one_in(guard ? 2 : 25)) {
            return absurd_price(dice, ladder);
        }
        const std::int64_t tenth_percent_up = (ladder.high + 999) / 1000;
        const std::int64_t tenth_percent_down = (ladder.low + 999) / 1000;
        const std::int64_t up[] = {1,
                                   100'000,
                                   10'000'000,
                                   9'999'999,
                                   15'000'000,
                                   20'000'000,
                                   19'999'999,
                                   tenth_percent_up,
                                   tenth_percent_up - 1,
                                   tenth_percent_up * 2,
                                   (ladder.high * 3 + 1999) / 2000,
                                   (ladder.high * 3 + 1999) / 2000 - 1};
        const std::int64_t down[] = {1,
                                     10'000'000,
                                     9'999'999,
                                     15'000'000,
                                     20'000'000,
                                     tenth_percent_down,
                                     tenth_percent_down - 1,
                                     tenth_percent_down * 2};
        switch (dice.below(8)) {
            case 0:
            case 1:
            case 2: return ladder.high + dice.pick(up);
            case 3:
            case 4:
            case 5: return ladder.low - dice.pick(down);
            case 6: return dice.one_in(2) ? ladder.high : ladder.low;
            default: return (ladder.high + ladder.low) / 2;
        }
    }

    static std::int64_t absurd_price(Dice& dice, Ladder& ladder) {
        const std::int64_t level = dice.one_in(2) ? ladder.high : ladder.base;
        if (ladder.absurd != 0 && !dice.one_in(4)) {
            static constexpr std::int64_t near[] = {1'000'000, 1'010'000, 1'010'001,
                                                    990'000,   989'999,   1'005'000};
            return std::max<std::int64_t>(1, ladder.absurd / 1'000'000 * dice.pick(near));
        }
        static constexpr std::int64_t times[] = {
            1'200'000, 1'200'001, 800'000,   799'999, 1'500'000, 1'500'001, 500'000,
            499'999,   1'010'000, 1'010'001, 990'000, 989'999,   3'000'000};
        ladder.absurd = std::max<std::int64_t>(1, level / 1'000'000 * dice.pick(times));
        return ladder.absurd;
    }

    void trade(Dice& dice, std::size_t symbol) {
        Ladder& ladder = ladders_[symbol];
        Trade trade;
        trade.header = header(dice, symbol);
        trade.price = Price::from_raw(std::max<std::int64_t>(1, price(dice, ladder)));
        static constexpr std::int64_t sizes[] = {
            0, 1, 1'000'000, 100'000'000, 100'000'000, 1'000'000'000, 250'000'000'000'000};
        trade.size = Size::from_raw(dice.pick(sizes));
        trade.exchange = static_cast<std::uint8_t>(dice.one_in(5) ? 4 : 11);
        if (!dice.one_in(20)) {
            const int id = dice.one_in(15) ? ladder.next_id : ++ladder.next_id;
            trade.id = TradeId("t" + std::to_string(id));
        }
        conditions(dice, trade);
        if (dice.one_in(6)) {
            static constexpr std::int64_t before[] = {
                0, second, 10 * second - 1, 10 * second, 10 * second + 1, 360 * minute, -second};
            trade.ts_execution = trade.header.ts_event - Nanos{dice.pick(before)};
        }
        if (trade.price.raw() > ladder.high || trade.price.raw() < ladder.low) {
            ladder.movers.push_back(trade);
        }
        ladder.trades.push_back(trade);
        if (ladder.absurd != trade.price.raw()) {
            ladder.high = std::max(ladder.high, trade.price.raw());
            ladder.low = std::min(ladder.low, trade.price.raw());
        }
        if (ladder.high - ladder.low > ladder.base / 4) {  // do not walk away for ever
            ladder.high = ladder.low = ladder.base;
        }
        tape_.records.emplace_back(trade);
    }

    static void conditions(Dice& dice, Trade& trade) {
        if (!dice.one_in(3)) {
            return;
        }
        static constexpr unsigned codes[] = {12, 12, 12, 37, 37, 15, 16, 22, 38,  41,  28,
                                             5,  10, 2,  13, 29, 32, 53, 99, 200, 300, 0};
        const std::size_t count = 1 + dice.below(3);
        for (std::size_t i = 0; i < count; ++i) {
            trade.conditions.add(dice.pick(codes));
        }
    }

    void correct(Dice& dice, std::size_t symbol) {
        Ladder& ladder = ladders_[symbol];
        if (ladder.trades.empty()) {
            return trade(dice, symbol);
        }
        Trade correction;
        const std::vector<Trade>& pool =
            ladder.movers.empty() || dice.one_in(6) ? ladder.trades : ladder.movers;
        const std::size_t back = std::min(pool.size() - 1, dice.below(8) / 3);
        correction = pool[pool.size() - 1 - back];
        correction.header = header(dice, symbol);
        static constexpr std::uint8_t codes[] = {1, 2, 2, 2, 2, 8, 10, 12};
        correction.correction = dice.pick(codes);
        if (dice.one_in(10)) {
            correction.exchange = 3;
        }
        if (dice.one_in(3)) {
            correction.price = Price::from_raw(ladder.high + 50'000'000);
        }
        tape_.records.emplace_back(correction);
    }

    void status(Dice& dice, std::size_t symbol) {
        using Action = TradingStatus::Action;
        static constexpr Action actions[] = {Action::Halt,   Action::Pause,  Action::Resume,
                                             Action::Resume, Action::Resume, Action::None};
        TradingStatus status;
        status.header = header(dice, symbol);
        status.action = dice.pick(actions);
        std::memcpy(status.reason.data(), "LUDP", 4);
        tape_.records.emplace_back(status);
    }

    /// A record that must change no high and no low.
    void bystander(Dice& dice, std::size_t symbol) {
        if (dice.one_in(2)) {
            Quote quote;
            quote.header = header(dice, symbol);
            quote.bid = Price::from_raw(ladders_[symbol].low);
            quote.ask = Price::from_raw(ladders_[symbol].high);
            tape_.records.emplace_back(quote);
        } else {
            Bar bar;
            bar.header = header(dice, symbol);
            bar.open = bar.low = bar.close = Price::from_raw(ladders_[symbol].base);
            bar.high = bar.open;
            bar.volume = Size::from_shares(100);
            bar.timeframe = Timeframe::Second1;
            tape_.records.emplace_back(bar);
        }
    }

    const Flavour flavour_;
    Tape tape_;
    std::vector<Ladder> ladders_;
    std::int64_t now_ = 0;
    std::int64_t end_ = 0;
};

}  // namespace

Tape random_tape(Flavour flavour, std::uint64_t seed, const std::vector<std::uint64_t>& words) {
    TapeMaker maker(flavour, seed);
    for (const std::uint64_t word : words) {
        maker.add(word);
    }
    return maker.take();
}

}  // namespace tickstock::naive

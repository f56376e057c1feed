#include "regression/trend_surge_tape.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "regression/random_tape.hpp"

namespace tickstock::naive {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t second = 1000 * ms;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t dollar = 1'000'000'000;

/// Minutes of a full day before which a tape may start: two sessions' ends, two period changes,
/// and the quiet middle.
constexpr int starts[] = {4 * 60,       9 * 60 + 20,  9 * 60 + 29,  9 * 60 + 35,
                          9 * 60 + 40,  11 * 60,      15 * 60 + 20, 15 * 60 + 27,
                          15 * 60 + 50, 16 * 60 + 30, 19 * 60 + 50, 12 * 60 + 55};

class Market {
public:
    Market(std::uint64_t seed, bool feed) : dice_(seed), feed_(feed) {
        static constexpr std::int64_t prices[] = {
            3 * dollar,   9'990'000'000, 25 * dollar,       50 * dollar,           100 * dollar,
            199 * dollar, 500 * dollar,  1'234'560'000'000, 1'500'000'000 * dollar};
        static const char* const names[] = {"ZED", "ABC", "MID", "B"};
        const std::size_t symbols = 1 + dice_.below(4);
        for (std::size_t i = 0; i < symbols; ++i) {
            tape_.symbols.emplace_back(names[i]);
            Walk walk;
            walk.price = walk.base = walk.grid_base = dice_.pick(prices);
            walk.on_grid = dice_.one_in(3);
            walks_.push_back(walk);
        }
        // Trading days with none between them that the oracle does not know.
        static constexpr std::array<std::size_t, 2> walks[] = {
            {2, 3}, {4, 6}, {5, 6}, {7, 8}, {9, 9}};
        const auto [first, last] = dice_.pick(walks);
        now_ = (trading_days()[first].noon - 12 * 3600) * second + dice_.pick(starts) * minute;
        end_ = (trading_days()[last].noon + 10 * 3600) * second;
        tape_.source = dice_.one_in(4) ? SourceKind::WebSocket : SourceKind::Tick;
        live_ = dice_.one_in(3);
        // A delayed feed has many seconds open when its session ends.
        const bool delayed = !live_ && dice_.one_in(2);
        tape_.delay = Nanos{live_ ? 250 * ms : delayed ? 5 * second : 0};
        static constexpr std::int64_t paces[] = {100 * ms, 300 * ms, 800 * ms, 3 * second};
        pace_ = dice_.pick(paces);
    }

    Tape make(std::size_t records) {
        while (tape_.records.size() < records && now_ < end_) {
            step();
        }
        return std::move(tape_);
    }

private:
    /// What a symbol's price and volume do for a while.
    struct Walk {
        std::int64_t base = 0;
        std::int64_t price = 0;
        std::int64_t grid_base = 0;
        bool on_grid = false;  // prices and sizes in steps that meet thresholds exactly
        std::int64_t until = 0;
        std::int64_t drift_ppm = 0;  // of the price, a trade
        std::int64_t jitter_ppm = 0;
        std::int64_t size_factor = 1;
        int next_id = 0;
    };

    void step() {
        advance();
        const std::size_t symbol = dice_.below(walks_.size());
        Walk& walk = walks_[symbol];
        if (now_ >= walk.until) {
            new_mood(walk);
        }
        const std::size_t kind = dice_.below(feed_ ? 600 : 1000);
        if (kind == 0) {
            status(symbol, TradingStatus::Action::Halt);
            resume_at_ = now_ + std::int64_t(dice_.below(90)) * second;
            resume_symbol_ = symbol;
        } else if (kind == 1) {
            trade(symbol, true);
        } else if (feed_ && dice_.one_in(2)) {
            feed_bar(symbol);
        } else {
            trade(symbol, false);
        }
        if (resume_at_ != 0 && now_ >= resume_at_) {
            resume_at_ = 0;
            status(resume_symbol_, TradingStatus::Action::Resume);
        }
    }

    void advance() {
        const std::size_t kind = dice_.below(1500);
        if (kind == 0) {
            static constexpr std::int64_t hours[] = {30 * minute, 90 * minute, 400 * minute};
            now_ += dice_.pick(hours);
        } else if (kind < 4) {
            now_ = std::max(now_, next_border() - std::int64_t(dice_.below(20)) * second);
            dense_ = 200;
        } else if (dense_ > 0) {
            --dense_;
            now_ += std::int64_t(dice_.below(400)) * ms;
        } else if (kind < 9) {
            // Silences at and around the lengths of the windows.
            static constexpr std::int64_t gaps[] = {19,  20,  21,  100, 119, 120, 121, 179, 180,
                                                    181, 359, 360, 361, 599, 600, 601, 700};
            now_ +=
                (dice_.one_in(2) ? dice_.pick(gaps) : 1 + std::int64_t(dice_.below(700))) * second;
        } else if (kind < 30) {
            now_ += std::int64_t(dice_.below(30)) * second;
        } else if (!dice_.one_in(4)) {
            now_ += static_cast<std::int64_t>(dice_.next() % static_cast<std::uint64_t>(2 * pace_));
        }
        if (dice_.one_in(12)) {
            now_ = (now_ / second + 1) * second;  // a deadline's very instant
        }
    }

    /// The next change of period or session.
    std::int64_t next_border() const {
        static constexpr std::array<int, 9> borders{4 * 60,       9 * 60 + 30, 9 * 60 + 45,
                                                    12 * 60 + 30, 13 * 60,     15 * 60 + 30,
                                                    16 * 60,      17 * 60,     20 * 60};
        std::int64_t best = end_;
        for (const Day& day : trading_days()) {
            for (const int border : borders) {
                const std::int64_t at = (day.noon + (border - 12 * 60) * 60) * second;
                best = at > now_ ? std::min(best, at) : best;
            }
        }
        return best;
    }

    void new_mood(Walk& walk) {
        walk.until = now_ + std::int64_t(5 + dice_.below(300)) * second;
        walk.size_factor = 1;
        walk.jitter_ppm = dice_.one_in(2) ? 100 : 1000;
        static constexpr std::int64_t drifts[] = {-400, -150, -40, -10, 0, 0, 10, 40, 150, 400};
        walk.drift_ppm = dice_.pick(drifts) * pace_ / (300 * ms);
        if (dice_.one_in(3)) {  // a burst
            walk.until = now_ + std::int64_t(1 + dice_.below(25)) * second;
            static constexpr std::int64_t bursts[] = {-2500, -1200, 0, 1200, 2500};
            walk.drift_ppm = dice_.pick(bursts);
            static constexpr std::int64_t factors[] = {1, 2, 3, 6, 12, 40};
            walk.size_factor = dice_.pick(factors);
        } else if (dice_.one_in(4)) {
            walk.jitter_ppm = 0;
        }
    }

    RecordHeader header(std::size_t symbol) {
        RecordHeader header;
        header.symbol = SymbolId(static_cast<std::uint32_t>(symbol));
        header.source_sequence = tape_.records.size() + 1;
        header.source_kind = tape_.source;
        std::int64_t event = now_;
        std::int64_t receive = now_;
        if (live_) {
            // The clock is 250 ms behind: some records run ahead of it, some are late.
            static constexpr std::int64_t latency[] = {0,        ms,       20 * ms,
                                                       249 * ms, 250 * ms, 400 * ms};
            event -= dice_.pick(latency);
        }
        if (dice_.one_in(60)) {
            // Among the 64 newest emissions of a type: older ones have an n of their own in ids.
            static constexpr std::int64_t late[] = {1, second, 2 * second, 40 * second};
            event -= dice_.pick(late);
        } else if (dice_.one_in(live_ ? 25 : 400)) {
            static constexpr std::int64_t ahead[] = {second, 3 * second, 65 * second};
            event += dice_.pick(ahead);
        }
        header.ts_event = unix_nanos(event);
        header.ts_recv = unix_nanos(receive);
        return header;
    }

    std::int64_t next_price(Walk& walk) {
        if (walk.on_grid) {  // steps of 0.05 % of a fixed price
            if (!dice_.one_in(3)) {
                const std::int64_t cell = std::max<std::int64_t>(walk.grid_base / 2000, 1);
                const std::int64_t up = walk.drift_ppm > 0   ? 1
                                        : walk.drift_ppm < 0 ? -1
                                                             : std::int64_t(dice_.below(3)) - 1;
                const std::int64_t steps = walk.size_factor > 1 ? 4 : 1;
                walk.price += up * steps * cell;
            }
        } else {
            const std::int64_t jitter =
                walk.jitter_ppm == 0
                    ? 0
                    : std::int64_t(dice_.below(static_cast<std::size_t>(2 * walk.jitter_ppm + 1))) -
                          walk.jitter_ppm;
            walk.price += walk.price / 1'000'000 * (walk.drift_ppm + jitter);
            walk.price -= walk.price % (dollar / 10'000);
        }
        if (walk.price > walk.base * 2 || walk.price < walk.base / 2) {
            walk.drift_ppm = -walk.drift_ppm;
            walk.price = std::clamp(walk.price, walk.base / 2, walk.base * 2);
        }
        return walk.price;
    }

    void trade(std::size_t symbol, bool correction) {
        Walk& walk = walks_[symbol];
        Trade trade;
        trade.header = header(symbol);
        trade.price = Price::from_raw(next_price(walk));
        static constexpr std::int64_t sizes[] = {100, 100, 100, 200, 300, 7, 0};
        trade.size = Size::from_shares((walk.on_grid ? 100 : dice_.pick(sizes)) * walk.size_factor);
        if (dice_.one_in(300)) {
            static constexpr std::int64_t odd[] = {1, 123'456, 250'000'000'000'000};
            trade.size = Size::from_raw(dice_.pick(odd));
        }
        trade.exchange = 11;
        trade.id = TradeId("t" + std::to_string(++walk.next_id));
        if (correction) {
            trade.correction = Trade::correction_cancel;
            trade.id = TradeId("t" + std::to_string(walk.next_id - 1));
        } else if (dice_.one_in(12)) {
            static constexpr unsigned codes[] = {37, 37, 12, 15, 16, 22, 38, 41, 2, 10, 29, 28};
            trade.conditions.add(dice_.pick(codes));
        }
        if (dice_.one_in(80)) {
            trade.ts_execution = trade.header.ts_event - Nanos{11 * second};  // a late report
        }
        if (dice_.one_in(500)) {
            trade.price = Price::from_raw(trade.price.raw() / 2);  // for the guard
        }
        tape_.records.emplace_back(trade);
    }

    void feed_bar(std::size_t symbol) {
        Walk& walk = walks_[symbol];
        Bar bar;
        bar.header = header(symbol);
        // The second that is over; at times once more, or an earlier one again.
        const std::int64_t start = (now_ / second - 1) * second;
        std::int64_t& newest = newest_bar_[symbol];
        const bool again = newest != 0 && dice_.one_in(20);
        if (start <= newest && !again) {
            return;
        }
        newest = std::max(newest, start);
        bar.header.ts_event =
            unix_nanos(again ? newest - std::int64_t(dice_.below(3)) * second : start);
        bar.timeframe = Timeframe::Second1;
        bar.open = bar.high = bar.low = bar.close = Price::from_raw(next_price(walk));
        bar.volume = Size::from_shares(std::int64_t(1 + dice_.below(300)) * walk.size_factor);
        if (dice_.one_in(2)) {
            bar.session_vwap = Price::from_raw(walk.base);
        }
        tape_.records.emplace_back(bar);
    }

    void status(std::size_t symbol, TradingStatus::Action action) {
        TradingStatus status;
        status.header = header(symbol);
        status.action = action;
        std::memcpy(status.reason.data(), "LUDP", 4);
        tape_.records.emplace_back(status);
    }

    Dice dice_;
    const bool feed_;
    bool live_ = false;
    int dense_ = 0;  // steps that a border's crowd still lasts
    Tape tape_;
    std::vector<Walk> walks_;
    std::array<std::int64_t, 4> newest_bar_{};
    std::int64_t now_ = 0;
    std::int64_t end_ = 0;
    std::int64_t pace_ = 0;
    std::int64_t resume_at_ = 0;
    std::size_t resume_symbol_ = 0;
};

}  // namespace

Tape trend_surge_tape(std::uint64_t seed, std::size_t records, bool feed) {
    return Market(seed, feed).make(records);
}

PipelineSettings trend_surge_settings(std::uint64_t seed) {
    Dice dice(seed * 7 + 5);
    PipelineSettings settings;
    settings.bars.enabled = false;
    settings.valuation.enabled = false;
    if (dice.one_in(4)) {
        return settings;
    }
    for (TrendPeriodSettings& period : settings.trend.periods) {
        static constexpr std::int64_t intervals[] = {3, 10, 30, 90, 300};
        static constexpr std::int64_t warm_ups[] = {0, 5, 60, 120};
        static constexpr Micro directions[] = {5'000, 10'000, 25'000, 40'000};
        static constexpr Micro multipliers[] = {1'000'000, 1'500'000, 2'000'000};
        static constexpr Micro retracements[] = {0, 200'000, 300'000, 500'000, 900'000};
        period.interval = std::chrono::seconds(dice.pick(intervals));
        period.warm_up = std::chrono::seconds(dice.pick(warm_ups));
        period.direction_threshold = dice.pick(directions);
        period.strength_threshold = 2 * period.direction_threshold;
        period.threshold_multiplier = dice.pick(multipliers);
        period.retracement = dice.pick(retracements);
        period.min_data_points = 1 + static_cast<unsigned>(dice.below(5));
    }
    for (SurgePeriodSettings& period : settings.surge.periods) {
        static constexpr SurgeMode modes[] = {SurgeMode::Strict, SurgeMode::Either,
                                              SurgeMode::Adaptive, SurgeMode::Adaptive};
        static constexpr Micro multipliers[] = {200'000, 400'000, 600'000, 1'000'000};
        static constexpr Micro volumes[] = {1'500'000, 2'000'000, 3'000'000};
        period.mode = dice.pick(modes);
        period.threshold_multiplier = dice.pick(multipliers);
        period.volume_threshold = dice.pick(volumes);
        period.min_data_points = 1 + static_cast<unsigned>(dice.below(5));
    }
    static constexpr std::int64_t cooldowns[] = {1, 10, 40};
    settings.surge.cooldown = std::chrono::seconds(dice.pick(cooldowns));
    static constexpr std::int64_t expirations[] = {5, 30};
    settings.surge.expiration = std::chrono::seconds(dice.pick(expirations));
    return settings;
}

}  // namespace tickstock::naive

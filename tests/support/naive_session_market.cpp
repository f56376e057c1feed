#include "support/naive_session_market.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <tuple>

#include "base/decimal.hpp"
#include "support/naive_sample_market.hpp"

namespace tickstock::naive {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

// ---------------------------------------------------------------- XXH64

constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87U;
constexpr std::uint64_t prime2 = 0xC2B2AE3D27D4EB4FU;
constexpr std::uint64_t prime3 = 0x165667B19E3779F9U;
constexpr std::uint64_t prime4 = 0x85EBCA77C2B2AE63U;
constexpr std::uint64_t prime5 = 0x27D4EB2F165667C5U;

std::uint64_t rotate(std::uint64_t value, int by) {
    return value << by | value >> (64 - by);
}

std::uint64_t little_endian(std::string_view bytes, std::size_t at, int count) {
    std::uint64_t value = 0;
    for (int i = count - 1; i >= 0; --i) {
        value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
    }
    return value;
}

std::uint64_t round_of(std::uint64_t lane, std::uint64_t input) {
    return rotate(lane + input * prime2, 31) * prime1;
}

}  // namespace

std::uint64_t xxh64(std::string_view bytes) {
    std::size_t at = 0;
    std::uint64_t hash = prime5;
    if (bytes.size() >= 32) {
        std::array<std::uint64_t, 4> lanes{prime1 + prime2, prime2, 0, 0 - prime1};
        for (; at + 32 <= bytes.size(); at += 32) {
            for (std::size_t i = 0; i < 4; ++i) {
                lanes[i] = round_of(lanes[i], little_endian(bytes, at + 8 * i, 8));
            }
        }
        hash =
            rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18);
        for (const std::uint64_t lane : lanes) {
            hash = (hash ^ round_of(0, lane)) * prime1 + prime4;
        }
    }
    hash += bytes.size();
    for (; at + 8 <= bytes.size(); at += 8) {
        hash ^= round_of(0, little_endian(bytes, at, 8));
        hash = rotate(hash, 27) * prime1 + prime4;
    }
    if (at + 4 <= bytes.size()) {
        hash = rotate(hash ^ little_endian(bytes, at, 4) * prime1, 23) * prime2 + prime3;
        at += 4;
    }
    for (; at < bytes.size(); ++at) {
        hash = rotate(hash ^ little_endian(bytes, at, 1) * prime5, 11) * prime1;
    }
    hash = (hash ^ hash >> 33) * prime2;
    hash = (hash ^ hash >> 29) * prime3;
    return hash ^ hash >> 32;
}

// ---------------------------------------------------------------- sessions (SPEC 3)

const std::vector<Day>& trading_days() {
    // Noon in New York is 17:00 UTC in winter, 16:00 UTC in summer.
    static const std::vector<Day> days{
        {"2013-10-07", 1381161600, false}, {"2013-10-08", 1381248000, false},
        {"2024-03-08", 1709917200, false},  // Friday before the clocks go forward
        {"2024-03-11", 1710172800, false},  // Monday after
        {"2024-07-02", 1719936000, false}, {"2024-07-03", 1720022400, true},
        {"2024-07-05", 1720195200, false},  // the 4th is a holiday
        {"2024-11-01", 1730476800, false},  // Friday before the clocks go back
        {"2024-11-04", 1730739600, false},  // Monday after
        {"2024-11-29", 1732899600, true},
    };
    return days;
}

Session session_at(std::int64_t ts_ns) {
    struct Stretch {
        int from_minute;  // of the day in New York
        int to_minute;
        TradingSession name;
        MarketPeriod period;
        int session_end_minute;
    };
    std::int64_t number = 0;
    for (const Day& day : trading_days()) {
        const int close = day.early ? 13 * 60 : 16 * 60;
        const int after_end = day.early ? 17 * 60 : 20 * 60;
        const int open = 9 * 60 + 30;
        const std::array<Stretch, 5> stretches{{
            {4 * 60, open, TradingSession::Pre, MarketPeriod::Premarket, open},
            {open, open + 15, TradingSession::Regular, MarketPeriod::Opening, close},
            {open + 15, close - 30, TradingSession::Regular, MarketPeriod::Midday, close},
            {close - 30, close, TradingSession::Regular, MarketPeriod::Closing, close},
            {close, after_end, TradingSession::After, MarketPeriod::Afterhours, after_end},
        }};
        for (const Stretch& stretch : stretches) {
            const auto at = [&](int minute) {
                return (day.noon + (minute - 12 * 60) * 60) * second_ns;
            };
            if (ts_ns >= at(stretch.from_minute) && ts_ns < at(stretch.to_minute)) {
                return {stretch.name, stretch.period,
                        number + 1 + static_cast<std::int64_t>(stretch.name),
                        at(stretch.session_end_minute)};
            }
        }
        number += 10;
    }
    return {};
}

// ---------------------------------------------------------------- eligibility (SPEC 3)

Rights rights_of(const Trade& trade, TradingSession session) {
    Rights rights;
    for (const unsigned code : trade.conditions.codes()) {
        switch (code) {
            case 15:
            case 16: rights = {false, false, false}; break;
            case 38: rights.volume = false; break;
            case 5:
            case 10:
            case 17:
            case 22:
            case 32:
            case 33: rights.last = false; break;
            case 12:
                if (session != TradingSession::Regular) {
                    break;
                }
                [[fallthrough]];
            case 2:
            case 7:
            case 13:
            case 20:
            case 21:
            case 29:
            case 37:
            case 52:
            case 53:
                rights.high_low = false;
                rights.last = false;
                break;
            default: break;
        }
    }
    return rights;
}

namespace {

constexpr std::int64_t ns_of(UnixNanos t) {
    return to_ns(t);
}

/// |a − b| > percent of b, exactly; percent in 1e-6.
bool further_than(std::int64_t a, std::int64_t b, Micro percent) {
    const int128 distance = a > b ? int128{a} - b : int128{b} - a;
    return distance * 100 * 1'000'000 > int128{b} * percent;
}

class Guard {
public:
    /// True: accepted.
    bool accept(std::int64_t price, bool last_eligible, TradingSession session,
                const IntakeSettings& settings) {
        std::int64_t level = 0;
        Micro limit = 0;
        if (level_of_session_ != 0) {
            level = level_of_session_;
            limit = session == TradingSession::Regular ? settings.guard_percent_regular
                                                       : settings.guard_percent_extended;
        } else if (level_of_earlier_ != 0) {
            level = level_of_earlier_;
            limit = settings.guard_percent_first;
        }
        const bool outside = level != 0 && further_than(price, level, limit);
        if (!outside) {
            held_back_.clear();
            if (last_eligible) {
                level_of_session_ = price;
            }
            return true;
        }
        if (!held_back_.empty() &&
            further_than(price, held_back_.front(), settings.guard_agreement_percent)) {
            held_back_.clear();
        }
        held_back_.push_back(price);
        if (held_back_.size() < settings.guard_agreement_count) {
            return false;
        }
        held_back_.clear();
        level_of_session_ = price;
        return true;
    }

    void session_change() {
        if (level_of_session_ != 0) {
            level_of_earlier_ = level_of_session_;
        }
        level_of_session_ = 0;
        held_back_.clear();
    }

private:
    std::int64_t level_of_session_ = 0;
    std::int64_t level_of_earlier_ = 0;
    std::vector<std::int64_t> held_back_;  // in agreement, the reference first
};

// ---------------------------------------------------------------- one symbol (SPEC 7.1)

struct Extreme {
    std::int64_t price = 0;
    std::int64_t ts = 0;
    std::optional<Trade> trade;            // nothing after a step back
    std::size_t volume_trades_before = 0;  // when it was set
    MarketPeriod period = MarketPeriod::Base;
    bool emitted = false;
};

struct Emitted {
    EventType type;
    std::int64_t clock;
};

struct Side {
    EventType type;
    std::vector<Extreme> extremes;  // the current one last
    bool prior_known = false;       // the one before the last may be stepped back to
    std::int64_t last_emitted = 0;
    std::uint32_t coalesced = 0;
    std::optional<std::int64_t> pending_until;
    std::optional<Fact> last_fact;
};

struct VolumeTrade {
    std::int64_t price;
    std::int64_t size;
};

class SymbolMarket {
public:
    SymbolMarket(std::string symbol, const PipelineSettings& settings,
                 const std::vector<std::int64_t>& clocks, std::vector<Fact>& out)
        : symbol_(std::move(symbol)),
          settings_(settings),
          clocks_(clocks),
          out_(out),
          samples_(symbol_, settings, out) {}

    void on_record(const Record& record, std::int64_t clock, std::uint64_t sequence) {
        fire_deadlines(clock);
        clock_ = clock;
        sequence_ = sequence;
        if (record.kind() == RecordKind::Trade) {
            record.trade().correction == 0 ? on_trade(record.trade())
                                           : on_correction(record.trade());
        } else if (record.kind() == RecordKind::TradingStatus) {
            on_status(record.status());
        } else if (record.kind() == RecordKind::Bar &&
                   record.bar().timeframe == Timeframe::Second1 &&
                   settings_.intake.second_bars_from_feed && enter_session(record.header())) {
            enter_detectors_session();
            samples_.on_feed_bar(record.bar(), {clock_, sequence_, 1}, halted_);
        }
    }

    void finish() {
        fire_deadlines(INT64_MAX);
        samples_.reset(0);  // that its counts are told
        kept.branches = samples_.branches;
    }

    Kept kept;

private:
    Side& high() { return sides_[0]; }
    Side& low() { return sides_[1]; }

    /// Enters the record's session; false when it is closed or an earlier one.
    bool enter_session(const RecordHeader& header) {
        session_ = session_at(ns_of(header.ts_event));
        if (session_.number == 0) {
            ++kept.closed;
            return false;
        }
        if (session_.number < current_session_) {
            ++kept.late_session;
            return false;
        }
        if (session_.number > current_session_) {
            current_session_ = session_.number;
            guard_.session_change();
        }
        return true;
    }

    /// The detectors' session is that of the symbol: a trade of a later one changes it even when it
    /// is quarantined or may update nothing.
    void enter_detectors_session() {
        if (session_.number == detectors_session_) {
            return;
        }
        flush_old_session();
        detectors_session_ = session_.number;
        sides_ = {Side{EventType::High, {}, false, 0, 0, {}, {}},
                  Side{EventType::Low, {}, false, 0, 0, {}, {}}};
        emissions_.clear();
        volume_trades_.clear();
        samples_.reset(detectors_session_);
    }

    void on_trade(const Trade& trade) {
        if (!enter_session(trade.header)) {
            return;
        }
        enter_detectors_session();
        Rights rights = rights_of(trade, session_.name);
        if (trade.ts_execution != time_unknown &&
            trade.header.ts_event - trade.ts_execution > settings_.intake.late_print_after) {
            rights.high_low = false;
            rights.last = false;
        }
        if ((rights.high_low || rights.last) &&
            !guard_.accept(trade.price.raw(), rights.last, session_.name, settings_.intake)) {
            ++kept.quarantined;
            return;
        }
        if (!rights.high_low && !rights.last && !rights.volume) {
            return;
        }
        const bool a_price = rights.high_low || rights.last;  // a late report resumes nothing
        const bool resumes = halted_ && a_price && (resume_announced_ || is_reopening(trade));
        if (resumes) {
            halted_ = false;
            resume_announced_ = false;
        }
        const std::size_t before = volume_trades_.size();
        if (rights.volume) {
            volume_trades_.push_back({trade.price.raw(), trade.size.raw()});
        }
        samples_.on_trade(trade, rights, clock_);
        if (rights.high_low) {
            on_price(trade, before);
        }
        if (resumes) {
            emit_control(trade.header, "resume", "");
        }
    }

    static bool is_reopening(const Trade& trade) {
        const auto codes = trade.conditions.codes();
        return std::count(codes.begin(), codes.end(), 18) +
                   std::count(codes.begin(), codes.end(), 28) >
               0;
    }

    void on_price(const Trade& trade, std::size_t volume_trades_before) {
        const Extreme extreme{trade.price.raw(),
                              ns_of(trade.header.ts_event),
                              trade,
                              volume_trades_before,
                              session_.period,
                              false};
        if (high().extremes.empty()) {
            open_ = extreme.price;
            for (Side& side : sides_) {
                side.extremes.push_back(extreme);
                side.last_emitted = open_;
            }
            return;
        }
        if (extreme.price > high().extremes.back().price) {
            on_new_extreme(high(), extreme);
        } else if (extreme.price < low().extremes.back().price) {
            on_new_extreme(low(), extreme);
        }
    }

    void on_new_extreme(Side& side, const Extreme& extreme) {
        side.extremes.push_back(extreme);
        side.prior_known = true;
        ++side.coalesced;
        if (halted_ || side.pending_until || !qualifies(side, extreme)) {
            return;
        }
        const std::optional<std::int64_t> last_emission = last_clock_of(side.type);
        const std::int64_t cooldown = settings_.high_low.cooldown.count();
        if (!last_emission || clock_ >= *last_emission + cooldown) {
            emit(side, clock_, sequence_, 1);
            return;
        }
        const std::int64_t deadline = std::min(*last_emission + cooldown, session_.end_ns);
        if (deadline <= clock_) {
            emit(side, clock_, sequence_, 1);
        } else {
            side.pending_until = deadline;
        }
    }

    /// Δ$ ≥ minimum × multiplier and Δ% ≥ minimum × multiplier, in integers.
    bool qualifies(const Side& side, const Extreme& extreme) const {
        const int128 delta = side.type == EventType::High
                                 ? int128{extreme.price} - side.last_emitted
                                 : int128{side.last_emitted} - extreme.price;
        const int128 million = 1'000'000;
        const int128 multiplier =
            settings_.high_low.multiplier[static_cast<std::size_t>(extreme.period)];
        // delta / 1e9 ≥ (change / 1e6) · (multiplier / 1e6)
        const bool dollars = delta * 1000 >= settings_.high_low.min_price_change * multiplier;
        // 100 · delta / last ≥ (percent / 1e6) · (multiplier / 1e6)
        const bool percent = delta * 100 * million * million >=
                             settings_.high_low.min_percent_change * multiplier * side.last_emitted;
        return dollars && percent;
    }

    std::optional<std::int64_t> last_clock_of(EventType type) const {
        std::optional<std::int64_t> clock;
        for (const Emitted& emitted : emissions_) {
            if (emitted.type == type) {
                clock = emitted.clock;
            }
        }
        return clock;
    }

    double vwap() const {
        int128 notional = 0;
        int128 volume = 0;
        for (const VolumeTrade& trade : volume_trades_) {
            notional += int128{trade.price} * trade.size;
            volume += trade.size;
        }
        return static_cast<double>(notional) / static_cast<double>(volume) / 1e9;
    }
    bool any_volume() const {
        return std::any_of(volume_trades_.begin(), volume_trades_.end(),
                           [](const VolumeTrade& trade) { return trade.size > 0; });
    }

    double relative_volume(const Extreme& extreme) const {
        int128 volume = 0;
        for (std::size_t i = 0; i < extreme.volume_trades_before; ++i) {
            volume += volume_trades_[i].size;
        }
        if (volume == 0) {
            return 0;
        }
        // size / (volume / count)
        return static_cast<double>(extreme.trade->size.raw()) *
               static_cast<double>(extreme.volume_trades_before) / static_cast<double>(volume);
    }

    Reversal reversal(EventType type, std::int64_t clock) const {
        const std::int64_t window = settings_.high_low.reversal_window.count();
        const bool is_high = type == EventType::High;
        const std::size_t n = emissions_.size();
        if (n >= 2) {
            const Emitted& middle = emissions_[n - 1];
            const Emitted& first = emissions_[n - 2];
            if (middle.type != type && first.type == type && clock - middle.clock <= window &&
                middle.clock - first.clock <= window) {
                return is_high ? Reversal::WBottom : Reversal::MTop;
            }
        }
        const std::optional<std::int64_t> other =
            last_clock_of(is_high ? EventType::Low : EventType::High);
        if (other && clock - *other <= window) {
            return is_high ? Reversal::VBottom : Reversal::VTop;
        }
        return Reversal::None;
    }

    std::uint32_t count_of(EventType type) const {
        return static_cast<std::uint32_t>(
            std::count_if(emissions_.begin(), emissions_.end(),
                          [&](const Emitted& emitted) { return emitted.type == type; }));
    }

    void emit(Side& side, std::int64_t fire, std::uint64_t sequence, int phase) {
        Extreme& extreme = side.extremes.back();
        const Extreme& prior = side.extremes[side.extremes.size() - 2];
        const Trade& trade = *extreme.trade;
        const double price = static_cast<double>(extreme.price) / 1e9;

        Fact fact;
        fact.fire = fire;
        fact.sequence = sequence;
        fact.phase = phase;
        fact.symbol = symbol_;
        fact.type = side.type;
        fact.direction = side.type == EventType::High ? Direction::Up : Direction::Down;
        fact.price = extreme.price;
        fact.ts = extreme.ts;
        fact.session = session_at(extreme.ts).name;
        fact.volume = trade.size.raw();

        HighLowData& data = fact.data;
        data.session_high = Price::from_raw(high().extremes.back().price);
        data.session_low = Price::from_raw(low().extremes.back().price);
        data.has_vwap = any_volume();
        data.vwap = data.has_vwap ? vwap() : 0;
        data.previous_high = Price::from_raw(high().last_emitted);
        data.previous_low = Price::from_raw(low().last_emitted);
        data.trend_flag = samples_.trend_flag();
        data.surge_flag = samples_.surge_flag(fire);
        data.reversal = reversal(side.type, fire);
        emissions_.push_back({side.type, fire});
        data.count_up = count_of(EventType::High);
        data.count_down = count_of(EventType::Low);
        data.coalesced = side.coalesced;
        data.percent_change =
            100.0 * static_cast<double>(extreme.price - open_) / static_cast<double>(open_);
        data.vwap_divergence = data.has_vwap ? 100.0 * (price - data.vwap) / data.vwap : 0;
        data.rel_volume = relative_volume(extreme);
        data.significance = 0.5 * std::min(20.0 * std::fabs(data.percent_change), 100.0) +
                            0.5 * std::min(25.0 * data.rel_volume, 100.0);

        Evidence& evidence = fact.evidence;
        evidence.trade_id = trade.id;
        evidence.source_sequence = trade.header.source_sequence;
        evidence.conditions = trade.conditions;
        evidence.exchange = trade.exchange;
        evidence.prior_extreme = Price::from_raw(prior.price);
        evidence.prior_extreme_ts = unix_nanos(prior.ts);
        evidence.period = extreme.period;
        const Micro multiplier =
            settings_.high_low.multiplier[static_cast<std::size_t>(extreme.period)];
        evidence.thresholds.add("min_price_change",
                                settings_.high_low.min_price_change * multiplier);
        evidence.thresholds.add("min_percent_change",
                                settings_.high_low.min_percent_change * multiplier);
        evidence.rule_version = "high_low/1";

        extreme.emitted = true;
        side.last_emitted = extreme.price;
        side.coalesced = 0;
        side.pending_until.reset();
        side.last_fact = fact;
        out_.push_back(fact);
    }

    void on_correction(const Trade& correction) {
        if (!enter_session(correction.header)) {
            return;
        }
        enter_detectors_session();
        const bool known = correction.correction == Trade::correction_replace ||
                           correction.correction == Trade::correction_cancel;
        for (Side& side : sides_) {
            if (!known || side.extremes.empty() || !side.prior_known) {
                continue;
            }
            const Extreme& current = side.extremes.back();
            if (!current.emitted || !current.trade || correction.id.empty() ||
                !(current.trade->id == correction.id) ||
                current.trade->exchange != correction.exchange) {
                continue;
            }
            take_back(side);
            return;
        }
        ++kept.without_effect;
    }

    void take_back(Side& side) {
        side.extremes.pop_back();
        Extreme& prior = side.extremes.back();
        prior.trade.reset();
        prior.emitted = false;
        side.prior_known = false;
        side.last_emitted = prior.price;
        Fact fact = *side.last_fact;
        fact.fire = clock_;
        fact.sequence = sequence_;
        fact.phase = 1;
        fact.price = prior.price;
        fact.data.cancelled = true;
        fact.revises = true;
        out_.push_back(fact);
    }

    void on_status(const TradingStatus& status) {
        using Action = TradingStatus::Action;
        if (status.action == Action::Halt || status.action == Action::Pause) {
            resume_announced_ = false;
            if (!halted_) {  // muted already: that has been said
                halted_ = true;
                high().pending_until.reset();
                low().pending_until.reset();
                session_ = session_at(ns_of(status.header.ts_event));
                emit_control(
                    status.header, "halt",
                    {status.reason.data(), strnlen(status.reason.data(), status.reason.size())});
            }
        } else if (status.action == Action::Resume && halted_) {
            resume_announced_ = true;
        }
    }

    void emit_control(const RecordHeader& header, const std::string& kind, std::string reason) {
        Fact fact;
        fact.fire = clock_;
        fact.sequence = sequence_;
        fact.symbol = symbol_;
        fact.type = EventType::Control;
        fact.ts = ns_of(header.ts_event);
        fact.session = session_.name;
        fact.control_kind = kind;
        fact.control_reason = std::move(reason);
        out_.push_back(fact);
    }

    /// The earliest end of an open second or of a pending extreme's wait.
    std::optional<std::int64_t> earliest_deadline() const {
        std::optional<std::int64_t> earliest = samples_.next_end();
        for (const Side& side : sides_) {
            if (side.pending_until && (!earliest || *side.pending_until < *earliest)) {
                earliest = side.pending_until;
            }
        }
        return earliest;
    }

    /// One of the deadlines at `at`: second bar before high before low.
    void fire_one(std::int64_t at, std::int64_t fire, std::uint64_t sequence) {
        if (samples_.next_end() == at) {
            samples_.close_next({fire, sequence, 0}, halted_);
        } else {
            emit(high().pending_until == at ? high() : low(), fire, sequence, 0);
        }
    }

    void fire_deadlines(std::int64_t through) {
        for (auto at = earliest_deadline(); at && *at <= through; at = earliest_deadline()) {
            fire_one(*at, *at, first_sequence_at_or_after(*at));
        }
    }

    void flush_old_session() {
        for (auto at = earliest_deadline(); at; at = earliest_deadline()) {
            fire_one(*at, clock_, sequence_);
        }
    }

    std::uint64_t first_sequence_at_or_after(std::int64_t deadline) const {
        const auto entry = std::lower_bound(clocks_.begin(), clocks_.end(), deadline);
        return entry == clocks_.end() ? ~std::uint64_t{0}
                                      : static_cast<std::uint64_t>(entry - clocks_.begin()) + 1;
    }

    const std::string symbol_;
    const PipelineSettings& settings_;
    const std::vector<std::int64_t>& clocks_;  // of all records, in sequence order
    std::vector<Fact>& out_;

    std::int64_t clock_ = 0;
    std::uint64_t sequence_ = 0;
    Session session_;  // of the record at hand
    std::int64_t current_session_ = 0;
    std::int64_t detectors_session_ = 0;
    Guard guard_;
    bool halted_ = false;
    bool resume_announced_ = false;

    std::int64_t open_ = 0;
    std::array<Side, 2> sides_{Side{EventType::High, {}, false, 0, 0, {}, {}},
                               Side{EventType::Low, {}, false, 0, 0, {}, {}}};
    std::vector<Emitted> emissions_;          // of the session
    std::vector<VolumeTrade> volume_trades_;  // of the session
    SampleMarket samples_;
};

void put_in_order(std::vector<Fact>& facts) {
    std::stable_sort(facts.begin(), facts.end(), [](const Fact& a, const Fact& b) {
        return std::tie(a.fire, a.sequence, a.phase, a.symbol, a.type) <
               std::tie(b.fire, b.sequence, b.phase, b.symbol, b.type);
    });
}

void give_ids(std::vector<Fact>& facts) {
    std::map<std::string, int> earlier;
    std::map<std::pair<std::string, EventType>, const Fact*> newest;
    for (Fact& fact : facts) {
        const Fact*& last = newest[{fact.symbol, fact.type}];
        if (fact.revises) {
            fact.id = last->id;
            fact.revision = last->revision + 1;
        } else {
            const std::string parts =
                fact.symbol + "|" + std::string(to_string(fact.type)) + "|" + fact.control_kind +
                "|" + std::string(to_string(fact.source)) + "|" +
                std::string(to_string(fact.direction)) + "|" + std::to_string(fact.ts) + "|";
            fact.id = xxh64(parts + std::to_string(earlier[parts]++));
        }
        last = &fact;
    }
}

}  // namespace

Played play(const Tape& tape, const PipelineSettings& settings) {
    std::vector<std::int64_t> clocks;
    clocks.reserve(tape.records.size());
    std::int64_t clock = 0;
    for (const Record& record : tape.records) {
        clock = std::max(clock, ns_of(record.header().ts_recv - tape.delay));
        clocks.push_back(clock);
    }
    Played played;
    Kept& kept = played.kept;
    std::vector<SymbolMarket> markets;
    markets.reserve(tape.symbols.size());
    for (const std::string& symbol : tape.symbols) {
        markets.emplace_back(symbol, settings, clocks, played.facts);
    }
    for (std::size_t i = 0; i < tape.records.size(); ++i) {
        const Record& record = tape.records[i];
        markets[record.header().symbol.value()].on_record(record, clocks[i], i + 1);
    }
    for (SymbolMarket& market : markets) {
        market.finish();
        kept.closed += market.kept.closed;
        kept.late_session += market.kept.late_session;
        kept.quarantined += market.kept.quarantined;
        kept.without_effect += market.kept.without_effect;
        for (const auto& [name, count] : market.kept.branches) {
            kept.branches[name] += count;
        }
    }
    for (Fact& fact : played.facts) {
        fact.source = tape.source;
    }
    put_in_order(played.facts);
    give_ids(played.facts);
    return played;
}

std::vector<Fact> events_of(const Tape& tape, const PipelineSettings& settings) {
    return play(tape, settings).facts;
}

Kept kept_away(const Tape& tape, const PipelineSettings& settings) {
    return play(tape, settings).kept;
}

}  // namespace tickstock::naive

#include "detectors/high_low.hpp"

#include <cmath>

#include "base/assert.hpp"
#include "base/mutant.hpp"

namespace tickstock {
namespace {

constexpr int high = 0;
constexpr int low = 1;

constexpr EventType type_of(int side) {
    return side == high ? EventType::High : EventType::Low;
}

double percent(Price change, Price base) {
    return 100 * static_cast<double>(change.raw()) / static_cast<double>(base.raw());
}

}  // namespace

bool has_own_limits(const HighLowSettings& settings, MarketPeriod period) {
    const HighLowSettings fallback;
    const auto index = static_cast<std::size_t>(period);
    return settings.min_price_change != fallback.min_price_change ||
           settings.min_percent_change != fallback.min_percent_change ||
           settings.multiplier[index] != fallback.multiplier[index];
}

void HighLowDetector::reconfigure(const HighLowSettings& settings) {
    settings_ = settings;
    for (SymbolState& state : states_) {
        for (Side& side : state.sides) {
            side.pending_until = settings.enabled ? side.pending_until : time_never;
        }
    }
    for (std::size_t period = 0; period < thresholds_.size(); ++period) {
        const int128 multiplier = settings.multiplier[period];
        thresholds_[period] = {settings.min_price_change * multiplier,
                               settings.min_percent_change * multiplier};
    }
}

HighLowDetector::SymbolState& HighLowDetector::state_of(SymbolId symbol) {
    if (symbol.value() >= states_.size()) {
        const std::size_t size = std::max<std::size_t>(symbol.value() + 1, states_.size() * 2);
        states_.resize(size);
        backgrounds_.resize(size);
    }
    return states_[symbol.value()];
}

void HighLowDetector::reset(SymbolId symbol) {
    SymbolState& state = state_of(symbol);
    state = SymbolState{};
    state.reversal_window = settings_.reversal_window;
}

void HighLowDetector::restore(const SessionRestore& session) {
    SymbolState& state = state_of(session.symbol);
    TS_ASSERT(!state.started);
    state.started = true;
    state.open = session.open;
    const auto restore_side = [&](int side, Price price, UnixNanos ts, std::uint32_t count) {
        const auto index = static_cast<std::size_t>(side);
        Side& restored = state.sides[index];
        restored.extreme = price;
        restored.last_emitted = price;
        restored.count = count;
        backgrounds_[session.symbol.value()][index].extreme_ts = ts;
    };
    restore_side(high, session.high, session.high_ts, session.highs);
    restore_side(low, session.low, session.low_ts, session.lows);
}

void HighLowDetector::on_trade(const Trade& trade, const IntakeNote& note,
                               const SessionStats& stats, double mean_size_before,
                               const Moment& moment, DetectionSink& sink) {
    SymbolState& state = state_of(trade.header.symbol);
    if (!state.started) {
        state.started = true;
        state.open = trade.price;
        if (state.reversal_window < Nanos{0}) {
            state.reversal_window = settings_.reversal_window;
        }
        for (const int side : {high, low}) {
            state.sides[static_cast<std::size_t>(side)].last_emitted = trade.price;
            set_extreme(state, side, trade, note, mean_size_before);
            state.sides[static_cast<std::size_t>(side)].coalesced = 0;
            state.sides[static_cast<std::size_t>(side)].prior_known = false;
        }
        return;
    }
    int side = 0;
    if (TICKSTOCK_MUTANT(31) && trade.size < Size::from_shares(100)) {
        return;  // odd lots make no highs
    }
    if (trade.price > state.sides[high].extreme) {
        side = high;
    } else if (trade.price < state.sides[low].extreme) {
        side = low;
    } else {
        return;
    }
    Side& moved = state.sides[static_cast<std::size_t>(side)];
    set_extreme(state, side, trade, note, mean_size_before);
    if (stats.muted || !settings_.enabled || !qualifies(moved, note.period)) {
        return;
    }
    const UnixNanos cooldown_end = moved.emission_clock + settings_.cooldown;
    if (!moved.emitted_before || moment.fire >= cooldown_end) {
        emit(trade.header.symbol, side, stats, moment, sink);
    } else if (moved.pending_until == time_never) {
        const UnixNanos until = std::min(cooldown_end, stats.session_end);
        if (until <= moment.fire) {
            emit(trade.header.symbol, side, stats, moment, sink);
        } else {
            moved.pending_until = until;
            sink.open_deadline({until, trade.header.symbol, type_of(side)});
        }
    }
}

void HighLowDetector::set_extreme(SymbolState& state, int side, const Trade& trade,
                                  const IntakeNote& note, double mean_size_before) {
    const auto index = static_cast<std::size_t>(side);
    Side& moved = state.sides[index];
    Background& background = backgrounds_[trade.header.symbol.value()][index];
    background.prior = moved.extreme;
    background.prior_ts = background.extreme_ts;
    background.extreme_ts = trade.header.ts_event;
    background.trade = trade;
    background.period = note.period;
    background.luld_band = note.luld_band;
    background.rel_volume = mean_size_before > 0 ? trade.size.to_double() / mean_size_before : 0;
    moved.extreme = trade.price;
    moved.extreme_emitted = false;
    moved.prior_known = true;
    ++moved.coalesced;
}

bool HighLowDetector::qualifies(const Side& side, MarketPeriod period) const {
    const Thresholds& least = thresholds_[static_cast<std::size_t>(period)];
    const std::int64_t change = side.extreme > side.last_emitted
                                    ? (side.extreme - side.last_emitted).raw()
                                    : (side.last_emitted - side.extreme).raw();
    // Δ$: change is 1e-9 USD, the threshold 1e-12. Δ%: 100·change/base against 1e-12 percent.
    return int128{change} * 1'000 >= least.price_change &&
           int128{change} * 100 * 1'000'000'000'000 >=
               least.percent_change * side.last_emitted.raw();
}

void HighLowDetector::emit(SymbolId symbol, int side, const SessionStats& stats,
                           const Moment& moment, DetectionSink& sink) {
    SymbolState& state = states_[symbol.value()];
    const auto index = static_cast<std::size_t>(side);
    Side& moved = state.sides[index];
    Background& background = backgrounds_[symbol.value()][index];
    const Thresholds& least = thresholds_[static_cast<std::size_t>(background.period)];
    const Trade& trade = background.trade;

    HighLowData data;
    data.session_high = state.sides[high].extreme;
    data.session_low = state.sides[low].extreme;
    data.previous_high = state.sides[high].last_emitted;
    data.previous_low = state.sides[low].last_emitted;
    data.coalesced = moved.coalesced;
    data.reversal = reversal_of(state, side, moment.fire);
    ++moved.count;
    data.count_up = state.sides[high].count;
    data.count_down = state.sides[low].count;
    data.percent_change = percent(moved.extreme - state.open, state.open);
    data.has_vwap = stats.has_vwap();
    if (data.has_vwap) {
        data.vwap = stats.vwap();
        data.vwap_divergence = 100 * (moved.extreme.to_double() - data.vwap) / data.vwap;
    }
    data.rel_volume = background.rel_volume;
    data.significance = 0.5 * std::min(20 * std::abs(data.percent_change), 100.0) +
                        0.5 * std::min(25 * data.rel_volume, 100.0);
    data.trend_flag = stats.trend_flag;
    data.surge_flag = stats.surge_flag(moment.fire);

    Detection detection;
    detection.symbol = symbol;
    detection.type = type_of(side);
    detection.direction = side == high ? Direction::Up : Direction::Down;
    detection.source = trade.header.source_kind;
    detection.session = stats.session;
    detection.session_key = stats.session_key;
    detection.price = moved.extreme;
    detection.ts = trade.header.ts_event;
    detection.volume = trade.size;
    detection.score = data.significance;
    detection.data = data;
    detection.evidence.trade_id = trade.id;
    detection.evidence.source_sequence = trade.header.source_sequence;
    detection.evidence.conditions = trade.conditions;
    detection.evidence.luld_band = background.luld_band;
    detection.evidence.exchange = trade.exchange;
    detection.evidence.prior_extreme = background.prior;
    detection.evidence.prior_extreme_ts = background.prior_ts;
    detection.evidence.period = background.period;
    detection.evidence.thresholds.add("min_price_change",
                                      static_cast<std::int64_t>(least.price_change));
    detection.evidence.thresholds.add("min_percent_change",
                                      static_cast<std::int64_t>(least.percent_change));
    detection.evidence.configured = has_own_limits(settings_, background.period);
    detection.evidence.rule_version = "high_low/1";
    detection.context = {trade.header.source, trade.header.ts_recv, trade.header.sequence};

    moved.last_emitted = moved.extreme;
    moved.emission_clock = moment.fire;
    moved.emitted_before = true;
    moved.extreme_emitted = true;
    moved.coalesced = 0;
    moved.pending_until = time_never;
    state.last = {Emission{type_of(side), moment.fire}, state.last[0]};
    state.emissions = static_cast<std::uint8_t>(std::min(state.emissions + 1, 2));
    background.last_emission = detection;
    sink.emit(moment, std::move(detection));
}

Reversal HighLowDetector::reversal_of(const SymbolState& state, int side, UnixNanos clock) const {
    const auto follows = [&](EventType type, UnixNanos at, const Emission& before) {
        return before.type != type && at - before.clock <= state.reversal_window;
    };
    const bool up = side == high;
    const bool alternating = state.emissions == 2 && follows(type_of(side), clock, state.last[0]) &&
                             follows(state.last[0].type, state.last[0].clock, state.last[1]);
    if (alternating) {
        return up ? Reversal::WBottom : Reversal::MTop;
    }
    const Side& other = state.sides[static_cast<std::size_t>(up ? low : high)];
    if (other.emitted_before && clock - other.emission_clock <= state.reversal_window) {
        return up ? Reversal::VBottom : Reversal::VTop;
    }
    return Reversal::None;
}

bool HighLowDetector::on_correction(const Trade& correction, const Moment& moment,
                                    DetectionSink& sink) {
    const bool names_a_print =
        !correction.id.empty() && (correction.correction == Trade::correction_cancel ||
                                   correction.correction == Trade::correction_replace);
    SymbolState& state = state_of(correction.header.symbol);
    if (!names_a_print || !state.started) {
        return false;
    }
    for (const std::size_t index : {std::size_t{high}, std::size_t{low}}) {
        Side& side = state.sides[index];
        Background& background = backgrounds_[correction.header.symbol.value()][index];
        const bool is_original = side.extreme_emitted && side.prior_known &&
                                 background.trade.id == correction.id &&
                                 background.trade.exchange == correction.exchange;
        if (!is_original) {
            continue;
        }
        Detection revision = background.last_emission;
        revision.price = background.prior;
        revision.revises_last = true;
        std::get<HighLowData>(revision.data).cancelled = true;
        side.extreme = background.prior;
        side.last_emitted = background.prior;
        side.extreme_emitted = false;
        side.prior_known = false;
        background.extreme_ts = background.prior_ts;
        background.trade.id = TradeId();
        sink.emit(moment, std::move(revision));
        return true;
    }
    return false;
}

void HighLowDetector::on_deadline(const Deadline& deadline, const SessionStats& stats,
                                  const Moment& moment, DetectionSink& sink) {
    const int side = deadline.kind == EventType::High ? high : low;
    const Side& waiting = states_[deadline.symbol.value()].sides[static_cast<std::size_t>(side)];
    if (waiting.pending_until == deadline.at) {
        emit(deadline.symbol, side, stats, moment, sink);
    }
}

void HighLowDetector::flush_pending(SymbolId symbol, UnixNanos before, const SessionStats& stats,
                                    const Moment& moment, DetectionSink& sink) {
    const std::array<Side, 2>& sides = state_of(symbol).sides;
    const bool low_first = sides[low].pending_until < sides[high].pending_until;
    for (const int side : {low_first ? low : high, low_first ? high : low}) {
        if (sides[static_cast<std::size_t>(side)].pending_until < before) {
            emit(symbol, side, stats, moment, sink);
        }
    }
}

HighLowDetector::SessionPrices HighLowDetector::session_of(SymbolId symbol) const {
    if (symbol.value() >= states_.size()) {
        return {};
    }
    const SymbolState& state = states_[symbol.value()];
    return {state.open, state.sides[high].extreme, state.sides[low].extreme};
}

void HighLowDetector::mute(SymbolId symbol) {
    for (Side& side : state_of(symbol).sides) {
        side.pending_until = time_never;
    }
}

}  // namespace tickstock

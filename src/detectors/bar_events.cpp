#include "detectors/bar_events.hpp"

#include <algorithm>
#include <chrono>

#include "base/assert.hpp"
#include "detectors/high_low.hpp"

namespace tickstock {
namespace {

constexpr Micro one = 1'000'000;  // of a Micro

std::size_t index_of(Timeframe timeframe) {
    TS_ASSERT(timeframe >= Timeframe::Minute1 && timeframe <= Timeframe::Day1);
    return static_cast<std::size_t>(timeframe) - static_cast<std::size_t>(Timeframe::Minute1);
}

Nanos length_of(Timeframe timeframe) {
    using namespace std::chrono_literals;
    static constexpr std::array<Nanos, bar_timeframe_count> lengths{1min, 5min, 15min, 1h, 24h};
    return lengths[index_of(timeframe)];
}

/// Of what decides about surges and trends of that timeframe.
bool differs_from_default(const BarEventSettings& settings, std::size_t timeframe) {
    const BarEventSettings fallback;
    return settings.min_percent_change[timeframe] != fallback.min_percent_change[timeframe] ||
           settings.surge_volume_multiple != fallback.surge_volume_multiple ||
           settings.required_volume_multiple != fallback.required_volume_multiple;
}

/// |percent| of the bar ≥ `least`, exactly.
bool moved_by(const Bar& bar, int128 least) {
    if (bar.has_percent_change) {
        const int128 percent = bar.percent_change_micro;
        return (percent < 0 ? -percent : percent) >= least;
    }
    const int128 change = (bar.close - bar.open).raw();
    return (change < 0 ? -change : change) * 100 * one >= least * bar.open.raw();
}

double percent_of(const Bar& bar) {
    return bar.has_percent_change ? static_cast<double>(bar.percent_change_micro) / 1e6
                                  : 100 * static_cast<double>((bar.close - bar.open).raw()) /
                                        static_cast<double>(bar.open.raw());
}

constexpr EventType type_of(BarHistory::Side side) {
    return side == BarHistory::high ? EventType::High : EventType::Low;
}

constexpr Price price_of(const Bar& bar, BarHistory::Side side) {
    return side == BarHistory::high ? bar.high : bar.low;
}

constexpr bool beyond(Price price, Price extreme, BarHistory::Side side) {
    return side == BarHistory::high ? price > extreme : price < extreme;
}

}  // namespace

void BarEventDetector::reconfigure(const BarEventSettings& settings,
                                   const HighLowSettings& high_low) {
    settings_ = settings;
    for (std::size_t timeframe = 0; timeframe < timeframe_configured_.size(); ++timeframe) {
        timeframe_configured_[timeframe] = differs_from_default(settings, timeframe);
    }
    for (std::size_t period = 0; period < extreme_thresholds_.size(); ++period) {
        extremes_configured_[period] = has_own_limits(high_low, static_cast<MarketPeriod>(period));
        const int128 multiplier = high_low.multiplier[period];
        extreme_thresholds_[period] = {high_low.min_price_change * multiplier,
                                       high_low.min_percent_change * multiplier};
    }
}

BarEventDetector::State& BarEventDetector::state_of(SymbolId symbol, std::size_t timeframe) {
    if (symbol.value() >= states_.size()) {
        states_.resize(std::max<std::size_t>(symbol.value() + 1, states_.size() * 2));
    }
    std::unique_ptr<State>& state = states_[symbol.value()].by_timeframe[timeframe];
    if (!state) {
        state = std::make_unique<State>();
    }
    return *state;
}

std::optional<Reason> BarEventDetector::on_bar(const Bar& bar, const IntakeNote& note,
                                               const Moment& moment, DetectionSink& sink) {
    State& state = state_of(bar.header.symbol, index_of(bar.timeframe));
    const bool daily = bar.timeframe == Timeframe::Day1;
    if (!daily && note.session_key < state.session_key) {
        return Reason::LateSession;
    }
    if (daily || note.session_key > state.session_key) {
        state.average_bars = static_cast<std::uint8_t>(settings_.average_bars);
        state.min_average_bars = static_cast<std::uint8_t>(settings_.min_average_bars);
    }
    if (!daily && note.session_key > state.session_key) {
        state.session_key = note.session_key;
        state.history.restart();
        state.emitted_before = {};
        state.last_trend = Direction::None;
    }
    const bool first = state.history.size() == 0;
    const auto index = state.history.put(BarHistory::kept(bar));
    if (!index) {
        return Reason::LateBar;
    }
    const Average average = average_of(bar, state, *index);
    const bool tells = !note.muted && average.bars > 0 && average.sum > 0;
    const Work work{bar, note, moment, state, sink, *index, average, tells, daily};

    look_for_surge(work);
    if (daily) {
        look_for_daily_extreme(work, BarHistory::high);
        look_for_daily_extreme(work, BarHistory::low);
    } else {
        take_open(work, first);
        look_for_session_extreme(work, BarHistory::high);
        look_for_session_extreme(work, BarHistory::low);
    }
    look_for_trend(work);
    return std::nullopt;
}

BarEventDetector::Average BarEventDetector::average_of(const Bar& bar, const State& state,
                                                       std::size_t index) {
    if (bar.has_average_volume) {
        return {bar.average_volume.raw(), 1};
    }
    const Average average = state.history.volume_before(
        index, std::min<std::size_t>(state.average_bars, BarHistory::bars_before));
    return average.bars >= state.min_average_bars ? average : Average{};
}

void BarEventDetector::take_open(const Work& work, bool first) const {
    State& state = work.state;
    if (first) {
        // It gives the extremes, so no version of it can pass them.
        state.open_start = work.bar.header.ts_event;
        state.history.mark_told(work.index, EventType::High);
        state.history.mark_told(work.index, EventType::Low);
    }
    if (work.bar.header.ts_event == state.open_start) {
        for (const std::size_t side :
             {std::size_t{BarHistory::high}, std::size_t{BarHistory::low}}) {
            if (!state.emitted_before[side]) {
                state.last_emitted[side] = work.bar.open;
            }
        }
    }
}

bool BarEventDetector::may_tell(const Work& work, EventType type) const {
    return work.tells && (work.state.history[work.index].told & BarHistory::bit_of(type)) == 0;
}

void BarEventDetector::look_for_surge(const Work& work) const {
    if (!may_tell(work, EventType::Surge)) {
        return;
    }
    const auto has_volume = [&](Micro multiple) {
        return int128{work.bar.volume.raw()} * work.average.bars * one >=
               multiple * work.average.sum;
    };
    const int128 least = settings_.min_percent_change[index_of(work.bar.timeframe)];
    Micro multiple = 0;
    int128 percent = 0;
    if (has_volume(settings_.surge_volume_multiple) && moved_by(work.bar, least)) {
        multiple = settings_.surge_volume_multiple;
        percent = least;
    } else if (has_volume(settings_.required_volume_multiple) && moved_by(work.bar, 2 * least)) {
        multiple = settings_.required_volume_multiple;
        percent = 2 * least;
    } else {
        return;
    }
    const bool down = BarHistory::direction_of(work.bar) == Direction::Down;
    Detection detection =
        detection_of(work, EventType::Surge, down ? Direction::Down : Direction::Up);
    detection.price = work.bar.close;
    detection.evidence.thresholds.add("min_percent_change",
                                      static_cast<std::int64_t>(percent * one));
    detection.evidence.thresholds.add("volume_multiple", multiple * one);
    emit(work, std::move(detection));
}

void BarEventDetector::look_for_session_extreme(const Work& work, Side side) const {
    State& state = work.state;
    const auto prior = state.history.extreme_of_others(work.index, side);
    if (!prior) {
        return;
    }
    const Price price = price_of(work.bar, side);
    const bool passes = beyond(price, prior->price, side);
    Price& last_emitted = state.last_emitted[side];
    if (passes && may_tell(work, type_of(side)) &&
        far_enough(price, last_emitted, side, work.note.period)) {
        emit_extreme(work, side, *prior);
        last_emitted = price;
        state.emitted_before[side] = true;
    }
    // A revision may have taken the last emitted extreme back: the one that is left counts as told.
    const Price extreme = passes ? price : prior->price;
    if (beyond(last_emitted, extreme, side)) {
        last_emitted = extreme;
    }
}

void BarEventDetector::look_for_daily_extreme(const Work& work, Side side) const {
    const auto prior = work.state.history.extreme_before(work.index, side);
    const Price price = price_of(work.bar, side);
    if (prior && beyond(price, prior->price, side) && may_tell(work, type_of(side)) &&
        far_enough(price, prior->price, side, MarketPeriod::Midday)) {
        emit_extreme(work, side, *prior);
    }
}

bool BarEventDetector::far_enough(Price price, Price base, Side side, MarketPeriod period) const {
    const ExtremeThresholds& least = extreme_thresholds_[static_cast<std::size_t>(period)];
    // Below 0 when a revision took back what had been told: then nothing is far enough.
    const int128 change = side == BarHistory::high ? (price - base).raw() : (base - price).raw();
    // As HighLowDetector: Δ$ is 1e-9 USD against 1e-12; Δ% is 100·change/base against 1e-12.
    return change * 1'000 >= least.price_change &&
           change * 100 * 1'000'000'000'000 >= least.percent_change * base.raw();
}

void BarEventDetector::emit_extreme(const Work& work, Side side,
                                    const BarHistory::Extreme& prior) const {
    Detection detection = detection_of(work, type_of(side),
                                       side == BarHistory::high ? Direction::Up : Direction::Down);
    detection.price = price_of(work.bar, side);
    // Trades tell extremes of a session, never those of twenty days.
    detection.known_from_trades =
        !work.daily && (side == BarHistory::high ? work.note.high_known : work.note.low_known);
    detection.evidence.prior_extreme = prior.price;
    detection.evidence.prior_extreme_ts = prior.start + length_of(work.bar.timeframe);
    const ExtremeThresholds& least =
        extreme_thresholds_[static_cast<std::size_t>(detection.evidence.period)];
    detection.evidence.thresholds.add("min_price_change",
                                      static_cast<std::int64_t>(least.price_change));
    detection.evidence.thresholds.add("min_percent_change",
                                      static_cast<std::int64_t>(least.percent_change));
    emit(work, std::move(detection));
}

void BarEventDetector::look_for_trend(const Work& work) const {
    State& state = work.state;
    if (!may_tell(work, EventType::Trend) || !state.history.is_newest(work.index)) {
        return;
    }
    const BarHistory::Run run = state.history.run_to(work.index);
    if (run.direction == Direction::None || run.direction == state.last_trend) {
        return;
    }
    const int128 along = run.direction == Direction::Up ? run.percent_sum_e9 : -run.percent_sum_e9;
    const int128 least = 2 * int128{settings_.min_percent_change[index_of(work.bar.timeframe)]};
    if (along <= 0 || along < least * 1'000) {
        return;
    }
    state.last_trend = run.direction;
    Detection detection = detection_of(work, EventType::Trend, run.direction);
    detection.price = work.bar.close;
    detection.score = static_cast<double>(along) / 1e9;
    detection.evidence.thresholds.add("min_percent_change", static_cast<std::int64_t>(least * one));
    emit(work, std::move(detection));
}

Detection BarEventDetector::detection_of(const Work& work, EventType type,
                                         Direction direction) const {
    const Bar& bar = work.bar;
    BarData data;
    data.percent_change = percent_of(bar);
    data.volume_multiplier = static_cast<double>(int128{bar.volume.raw()} * work.average.bars) /
                             static_cast<double>(work.average.sum);

    Detection detection;
    detection.symbol = bar.header.symbol;
    detection.type = type;
    detection.direction = direction;
    detection.timeframe = bar.timeframe;
    detection.source = bar.header.source_kind;
    detection.session = work.daily ? TradingSession::Regular : work.note.session;
    // A daily bar starts at night, between two dates' sessions: this key never lies ahead of the
    // session in which trades of that time stand, so it ends none of theirs.
    detection.session_key = work.note.session_key;
    detection.ts = bar.header.ts_event + length_of(bar.timeframe);
    detection.volume = bar.volume;
    detection.score = data.volume_multiplier;
    detection.data = data;
    detection.evidence.source_sequence = bar.header.source_sequence;
    detection.evidence.period = work.daily ? MarketPeriod::Midday : work.note.period;
    const bool extreme = type == EventType::High || type == EventType::Low;
    detection.evidence.configured =
        extreme ? extremes_configured_[static_cast<std::size_t>(detection.evidence.period)]
                : timeframe_configured_[index_of(bar.timeframe)];
    detection.evidence.rule_version = "bars/1";
    detection.context = {bar.header.source, bar.header.ts_recv, bar.header.sequence};
    return detection;
}

void BarEventDetector::emit(const Work& work, Detection detection) const {
    work.state.history.mark_told(work.index, detection.type);
    work.sink.emit(work.moment, std::move(detection));
}

}  // namespace tickstock

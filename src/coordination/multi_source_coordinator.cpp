#include "coordination/multi_source_coordinator.hpp"

#include <algorithm>
#include <tuple>

#include "base/assert.hpp"
#include "coordination/event_id.hpp"

namespace tickstock {
namespace {

constexpr std::uint8_t bit_of(SourceKind source) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(source));
}

/// Larger is better, for detections that agree in source, time and confidence.
double own_rule(const Detection& detection) {
    switch (detection.type) {
        case EventType::High: return static_cast<double>(detection.price.raw());
        case EventType::Low: return -static_cast<double>(detection.price.raw());
        default: return detection.score;
    }
}

/// Stands in the id's timeframe place for control events; the same for all others.
ControlData::Kind control_kind(const Detection& detection) {
    const auto* control = std::get_if<ControlData>(&detection.data);
    return control != nullptr ? control->kind : ControlData::Kind{};
}

constexpr auto ends_later = [](const auto& a, const auto& b) { return a.at > b.at; };

}  // namespace

MultiSourceCoordinator::MultiSourceCoordinator(const CoordinationSettings& settings,
                                               const SymbolTable& symbols)
    : settings_(settings), symbols_(symbols) {}

MultiSourceCoordinator::KeyState& MultiSourceCoordinator::state_of(SymbolId symbol,
                                                                   EventType type) {
    const std::size_t index =
        std::size_t{symbol.value()} * event_type_count + static_cast<std::size_t>(type);
    if (index >= states_.size()) {
        states_.resize(std::max(index + 1, states_.size() * 2));
    }
    if (!states_[index]) {
        states_[index] = std::make_unique<KeyState>();
    }
    return *states_[index];
}

Nanos MultiSourceCoordinator::window_of(EventType type) const {
    switch (type) {
        case EventType::High:
        case EventType::Low: return settings_.window_high_low;
        case EventType::Trend: return settings_.window_trend;
        case EventType::Surge: return settings_.window_surge;
        default: return settings_.window_valuation;
    }
}

std::uint64_t MultiSourceCoordinator::next_id(const KeyState& state,
                                              const Detection& detection) const {
    const auto same = std::count_if(
        state.emissions.begin(), state.emissions.end(), [&](const Emission& emission) {
            return emission.ts == detection.ts && emission.source == detection.source &&
                   emission.timeframe == detection.timeframe &&
                   emission.direction == detection.direction &&
                   emission.control_kind == control_kind(detection);
        });
    return event_id(detection, symbols_.text(detection.symbol).view(),
                    static_cast<std::uint32_t>(same));
}

bool MultiSourceCoordinator::better(const KeyState& state, const Detection& a,
                                    const Detection& b) const {
    if (a.source != b.source) {
        return a.source < b.source;
    }
    const auto merit = [](const Detection& d) {
        return std::tuple(d.ts, d.confidence, own_rule(d));
    };
    if (merit(a) != merit(b)) {
        return merit(a) > merit(b);
    }
    return next_id(state, a) < next_id(state, b);
}

void MultiSourceCoordinator::add(Detection detection, std::vector<Event>& out) {
    ++counts_.in;
    KeyState& state = state_of(detection.symbol, detection.type);
    if (detection.session_key > state.session_key) {
        state.session_key = detection.session_key;
        state.any_source = false;
        forget_emissions(state, detection.type);
        state.emitted_in_window = false;
    }
    if (detection.revises_last) {
        emit_correction(state, std::move(detection), out);
        return;
    }
    const bool alone = detection.type == EventType::Control || detection.type == EventType::Rule;
    if (alone) {
        emit(state, std::move(detection), out);
        return;
    }
    if (detection.key.fire >= state.window_end) {
        TS_ASSERT(!state.holding);  // advance() has ended the window
        state.window_end = detection.key.fire + window_of(detection.type);
        state.emitted_in_window = false;
        state.held_sources = 0;
    }
    const bool passes = !state.any_source || detection.source <= state.best_source;
    if (!passes) {
        hold(state, std::move(detection));
        return;
    }
    state.any_source = true;
    state.best_source = detection.source;
    const bool revises =
        state.emitted_in_window && state.window_emission.source != detection.source;
    if (revises) {
        ++conflicts_;
        emit_revision(state, state.window_emission_index, std::move(detection), out);
    } else {
        emit(state, std::move(detection), out);
    }
}

void MultiSourceCoordinator::forget_emissions(KeyState& state, EventType type) {
    // A market event's time lies in its session, so no later session can repeat its id's parts. A
    // status may come late with the time of one before: the newest are kept to count n.
    constexpr std::ptrdiff_t kept = 64;
    const auto count = static_cast<std::ptrdiff_t>(state.emissions.size());
    const std::ptrdiff_t forgotten =
        type == EventType::Control ? std::max<std::ptrdiff_t>(count - kept, 0) : count;
    state.emissions.erase(state.emissions.begin(), state.emissions.begin() + forgotten);
}

void MultiSourceCoordinator::emit(KeyState& state, Detection detection, std::vector<Event>& out) {
    ++counts_.out;
    Event event;
    event.id = next_id(state, detection);
    event.corroborated_by = state.held_sources;
    state.emissions.push_back({detection.ts, event.id, 0, detection.source, detection.timeframe,
                               detection.direction, control_kind(detection)});
    state.emitted_in_window = true;
    state.window_emission = detection;
    state.window_emission_index = state.emissions.size() - 1;
    event.detection = std::move(detection);
    out.push_back(std::move(event));
}

void MultiSourceCoordinator::emit_revision(KeyState& state, std::size_t emission,
                                           Detection detection, std::vector<Event>& out) {
    ++counts_.out;
    Emission& original = state.emissions[emission];
    Event event;
    event.id = original.id;
    event.revision = ++original.revision;
    event.corroborated_by = state.held_sources;
    if (state.emitted_in_window && emission == state.window_emission_index) {
        state.window_emission = detection;
    }
    event.detection = std::move(detection);
    out.push_back(std::move(event));
}

void MultiSourceCoordinator::emit_correction(KeyState& state, Detection detection,
                                             std::vector<Event>& out) {
    for (std::size_t i = state.emissions.size(); i-- > 0;) {
        if (state.emissions[i].ts == detection.ts &&
            state.emissions[i].direction == detection.direction) {
            emit_revision(state, i, std::move(detection), out);
            return;
        }
    }
    counts_.drop(Reason::Superseded);  // what it takes back was never published
}

void MultiSourceCoordinator::hold(KeyState& state, Detection detection) {
    ++conflicts_;
    state.held_sources = static_cast<std::uint8_t>(state.held_sources | bit_of(detection.source));
    if (!state.holding) {
        state.holding = true;
        ++counts_.held;
        deadlines_.push_back({state.window_end, detection.symbol, detection.type});
        std::push_heap(deadlines_.begin(), deadlines_.end(), ends_later);
        state.held = std::move(detection);
        return;
    }
    if (better(state, detection, state.held)) {
        state.held = std::move(detection);
    }
    counts_.drop(Reason::Superseded);
}

void MultiSourceCoordinator::advance(UnixNanos through, const ClockIndex& clocks,
                                     std::vector<Event>& out) {
    while (!deadlines_.empty() && deadlines_.front().at <= through) {
        std::pop_heap(deadlines_.begin(), deadlines_.end(), ends_later);
        const WindowEnd window = deadlines_.back();
        deadlines_.pop_back();
        end_window(state_of(window.symbol, window.type), window.at,
                   clocks.first_at_or_after(window.at), out);
    }
}

void MultiSourceCoordinator::end_window(KeyState& state, UnixNanos at, Sequence sequence,
                                        std::vector<Event>& out) {
    TS_ASSERT(state.holding);
    state.holding = false;
    --counts_.held;
    Detection held = std::move(state.held);
    held.key = {at, sequence, 0, held.key.rank, 0};
    if (!state.emitted_in_window) {
        state.held_sources = static_cast<std::uint8_t>(state.held_sources & ~bit_of(held.source));
        emit(state, std::move(held), out);
    } else if (better(state, held, state.window_emission)) {
        emit_revision(state, state.window_emission_index, std::move(held), out);
    } else {
        counts_.drop(Reason::Corroboration);
    }
}

}  // namespace tickstock

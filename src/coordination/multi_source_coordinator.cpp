#include "coordination/multi_source_coordinator.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "coordination/event_id.hpp"
#include "coordination/ranking.hpp"

namespace tickstock {
namespace {

constexpr std::uint8_t bit_of(SourceKind source) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(source));
}

constexpr std::size_t index_of(auto value) {
    return static_cast<std::size_t>(value);
}

bool passes_alone(EventType type) {
    return type == EventType::Control || type == EventType::Rule;
}

/// A window's end comes before the records of its instant.
OrderKey window_end_key(UnixNanos at, Sequence sequence, const Detection& detection) {
    return {at, sequence, 0, detection.key.rank, 0};
}

}  // namespace

MultiSourceCoordinator::MultiSourceCoordinator(const CoordinationSettings& settings,
                                               const SymbolTable& symbols)
    : settings_(settings), symbols_(symbols) {}

void MultiSourceCoordinator::add(Detection detection, std::vector<Event>& out) {
    TS_ASSERT(detection.symbol != symbol_none || detection.type == EventType::Control);
    ++counts_.in;
    ++table_.at(detection.source, detection.type).received;
    KeyState& state = state_of(detection.symbol, detection.type);
    if (detection.session_key > state.session_key) {
        begin_session(state, detection, out);
    }
    if (detection.revises_last) {
        correct(state, std::move(detection), out);
        return;
    }
    if (passes_alone(detection.type)) {
        emit(state, std::move(detection), out);
        return;
    }
    if (detection.known_from_trades) {
        corroborate(state, detection);
        return;
    }
    if (detection.key.fire >= state.window_end) {
        open_window(state, detection);
    }
    const bool conflicting = met_another_source(state, detection);
    if (conflicting) {
        ++table_.at(detection.source, detection.type).conflicts;
    }
    const bool best = !state.any_source || detection.source <= state.best_source;
    if (settings_.mode == CoordinationMode::Eager && best) {
        pass(state, std::move(detection), conflicting, out);
    } else {
        hold(state, std::move(detection), conflicting);
    }
}

void MultiSourceCoordinator::begin_session(KeyState& state, const Detection& first,
                                           std::vector<Event>& out) {
    if (state.held_slot != HeldLists::none) {
        window_ends_.remove(first.symbol, first.type);
        end_window(state, first.key.fire, first.key.sequence, out);
    }
    state.session_key = first.session_key;
    state.window_end = UnixNanos{};
    state.emitted_in_window = false;
    state.any_source = false;
    state.published = {};
    // Times of the next session are later, so few entries are enough; a status may come late.
    state.log.keep_newest(EmissionLog::kept_of_earlier);
}

void MultiSourceCoordinator::open_window(KeyState& state, const Detection& first) {
    TS_ASSERT(state.held_slot == HeldLists::none);  // advance() has ended the one before
    state.window_end = first.key.fire + window_of(first.type);
    state.told = {};
    state.known_from_trades = 0;
    state.emitted_in_window = false;
}

bool MultiSourceCoordinator::met_another_source(const KeyState& state,
                                                const Detection& detection) const {
    const auto heard = heard_in_window(state);
    return ((heard[0] | heard[1] | heard[2]) & ~bit_of(detection.source)) != 0;
}

void MultiSourceCoordinator::pass(KeyState& state, Detection detection, bool conflicting,
                                  std::vector<Event>& out) {
    state.any_source = true;
    state.best_source = detection.source;
    if (conflicting) {
        ++table_.at(detection.source, detection.type).resolved;
    }
    if (state.emitted_in_window && state.newest != detection.source) {
        revise(state, std::move(detection), out);
    } else {
        emit(state, std::move(detection), out);
    }
}

void MultiSourceCoordinator::hold(KeyState& state, Detection detection, bool conflicting) {
    ++counts_.held;
    if (state.held_slot == HeldLists::none) {
        state.held_slot = held_.take();
        window_ends_.add({state.window_end, detection.symbol, detection.type});
    }
    held_.at(state.held_slot).push_back({std::move(detection), conflicting});
}

void MultiSourceCoordinator::corroborate(KeyState& state, const Detection& detection) {
    const bool in_window = detection.key.fire < state.window_end;
    if (in_window) {
        state.known_from_trades =
            static_cast<std::uint8_t>(state.known_from_trades | bit_of(detection.source));
    }
    const bool told = in_window && state.emitted_in_window;
    lose(detection, detection.key, Reason::Corroboration,
         told ? state.published[index_of(state.newest)].id : 0);
}

void MultiSourceCoordinator::correct(KeyState& state, Detection detection,
                                     std::vector<Event>& out) {
    if (take_back_held(state, detection)) {
        return;
    }
    Published& version = state.published[index_of(detection.source)];
    if (version.is_told_by(detection)) {
        ++version.revision;
        publish(version, std::move(detection), out);
    } else {  // what it takes back has lost
        lose(detection, detection.key, Reason::Superseded, 0);
    }
}

bool MultiSourceCoordinator::take_back_held(KeyState& state, const Detection& correction) {
    if (state.held_slot == HeldLists::none) {
        return false;
    }
    std::vector<Held>& list = held_.at(state.held_slot);
    const auto found = std::find_if(list.rbegin(), list.rend(), [&](const Held& held) {
        return held.detection.source == correction.source && held.detection.ts == correction.ts &&
               held.detection.direction == correction.direction;
    });
    if (found == list.rend()) {
        return false;
    }
    --counts_.held;
    lose(found->detection, correction.key, Reason::Superseded, 0);
    lose(correction, correction.key, Reason::Superseded, 0);
    list.erase(std::next(found).base());
    if (list.empty()) {
        window_ends_.remove(correction.symbol, correction.type);
        held_.give_back(state.held_slot);
        state.held_slot = HeldLists::none;
    }
    return true;
}

void MultiSourceCoordinator::advance(UnixNanos through, const ClockIndex& clocks,
                                     std::vector<Event>& out) {
    while (window_ends_.next() <= through && window_ends_.next() != time_never) {
        const WindowEnds::WindowEnd window = window_ends_.take_next();
        end_window(state_of(window.symbol, window.type), window.at,
                   clocks.first_at_or_after(window.at), out);
    }
}

void MultiSourceCoordinator::end_window(KeyState& state, UnixNanos at, Sequence sequence,
                                        std::vector<Event>& out) {
    std::vector<Held>& list = held_.at(state.held_slot);
    std::size_t winner = list.size();
    if (!state.emitted_in_window) {  // else the event is of a better source than all that is held
        winner = best_of(state, list);
        Detection best = list[winner].detection;
        best.key = window_end_key(at, sequence, best);
        --counts_.held;
        emit(state, std::move(best), out);
    }
    const Published event = state.published[index_of(state.newest)];
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Detection& detection = list[i].detection;
        if (list[i].conflicting) {
            ++table_.at(detection.source, detection.type).resolved;
        }
        if (i != winner) {
            --counts_.held;
            Published& version = state.published[index_of(detection.source)];
            const bool came_before_it = detection.source == state.newest && i < winner;
            if (!came_before_it && version.is_told_by(detection)) {
                version.valid = false;  // a correction would mean the newer one, which has lost
            }
            lose(
                detection, window_end_key(at, sequence, detection),
                detection.direction == event.direction ? Reason::Corroboration : Reason::Superseded,
                event.id);
        }
    }
    held_.give_back(state.held_slot);
    state.held_slot = HeldLists::none;
}

std::size_t MultiSourceCoordinator::best_of(const KeyState& state,
                                            const std::vector<Held>& list) const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < list.size(); ++i) {
        const Detection& candidate = list[i].detection;
        const auto order = compare_rank(candidate, list[best].detection);
        const bool smaller_id =
            order == 0 && next_id(state, candidate).id < next_id(state, list[best].detection).id;
        if (order > 0 || smaller_id) {
            best = i;
        }
    }
    return best;
}

MultiSourceCoordinator::NextId MultiSourceCoordinator::next_id(const KeyState& state,
                                                               const Detection& detection) const {
    const std::string_view symbol = symbols_.text(detection.symbol).view();
    const std::uint64_t first = event_id(detection, symbol, 0);
    const auto parts = static_cast<std::uint32_t>(first);
    const std::uint32_t n = state.log.next_n(detection.ts, parts);
    return {n == 0 ? first : event_id(detection, symbol, n), parts, n};
}

void MultiSourceCoordinator::emit(KeyState& state, Detection detection, std::vector<Event>& out) {
    const NextId next = next_id(state, detection);
    state.log.add(detection.ts, next.parts, next.n);
    if (passes_alone(detection.type)) {
        publish({.id = next.id}, std::move(detection), out);
    } else {
        tell(state, next.id, 0, std::move(detection), out);
    }
}

void MultiSourceCoordinator::revise(KeyState& state, Detection detection, std::vector<Event>& out) {
    Published& before = state.published[index_of(state.newest)];
    before.valid = false;
    tell(state, before.id, before.revision + 1, std::move(detection), out);
}

void MultiSourceCoordinator::tell(KeyState& state, std::uint64_t id, std::uint32_t revision,
                                  Detection detection, std::vector<Event>& out) {
    const Direction direction = detection.direction;
    const auto heard = heard_in_window(state);
    std::uint8_t same = state.known_from_trades;
    std::uint8_t others = 0;
    for (std::size_t i = 0; i < heard.size(); ++i) {
        std::uint8_t& side = i == index_of(direction) ? same : others;
        side = static_cast<std::uint8_t>(side | heard[i]);
    }
    Published& version = state.published[index_of(detection.source)];
    const auto not_itself = static_cast<std::uint8_t>(~bit_of(detection.source));
    version = {.ts = detection.ts,
               .id = id,
               .revision = revision,
               .direction = direction,
               .corroborated_by = static_cast<std::uint8_t>(same & not_itself),
               .suppressed = static_cast<std::uint8_t>(others & not_itself),
               .valid = true};
    std::uint8_t& told = state.told[index_of(direction)];
    told = static_cast<std::uint8_t>(told | bit_of(detection.source));
    state.newest = detection.source;
    state.emitted_in_window = true;
    publish(version, std::move(detection), out);
}

void MultiSourceCoordinator::publish(const Published& version, Detection detection,
                                     std::vector<Event>& out) {
    ++counts_.out;
    ++table_.at(detection.source, detection.type).emitted;
    Event event;
    event.id = version.id;
    event.revision = version.revision;
    event.corroborated_by = version.corroborated_by;
    event.suppressed = version.suppressed;
    event.detection = std::move(detection);
    out.push_back(std::move(event));
}

void MultiSourceCoordinator::lose(const Detection& detection, const OrderKey& key, Reason reason,
                                  std::uint64_t winner) {
    counts_.drop(reason);
    ++table_.at(detection.source, detection.type).suppressed;
    losers_.add({key, detection.symbol, detection.type, detection.source, detection.direction,
                 detection.price, detection.ts, reason, winner});
}

MultiSourceCoordinator::SourcesByDirection MultiSourceCoordinator::heard_in_window(
    const KeyState& state) const {
    SourcesByDirection heard = state.told;
    if (state.held_slot != HeldLists::none) {
        for (const Held& held : held_.at(state.held_slot)) {
            std::uint8_t& sources = heard[index_of(held.detection.direction)];
            sources = static_cast<std::uint8_t>(sources | bit_of(held.detection.source));
        }
    }
    return heard;
}

MultiSourceCoordinator::SymbolStates& MultiSourceCoordinator::states_of(SymbolId symbol) {
    if (symbol == symbol_none) {
        return feed_states_;
    }
    if (symbol.value() >= states_.size()) {
        states_.resize(std::max<std::size_t>(symbol.value() + 1, states_.size() * 2));
    }
    return states_[symbol.value()];
}

MultiSourceCoordinator::KeyState& MultiSourceCoordinator::state_of(SymbolId symbol,
                                                                   EventType type) {
    std::unique_ptr<KeyState>& state = states_of(symbol)[index_of(type)];
    if (!state) {
        state = std::make_unique<KeyState>();
    }
    return *state;
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

}  // namespace tickstock

#include "inspection/event_comparison.hpp"

#include <cmath>
#include <iterator>
#include <utility>

#include "publishing/encode.hpp"

namespace tickstock {
namespace {

using Kind = ComparisonOutcome::Kind;

Nanos apart(const ComparedEvent& a, const ComparedEvent& b) {
    return std::chrono::abs(a.event.detection.ts - b.event.detection.ts);
}

bool is_of_one_kind(const Detection& a, const Detection& b) {
    return a.type == b.type && a.direction == b.direction && a.timeframe == b.timeframe &&
           a.session == b.session && a.session_key == b.session_key;
}

bool is_priced_alike(Price a, Price b, double percent) {
    constexpr double rounding = 1 + 1e-12;
    return std::abs((a - b).to_double()) * 100 <= percent * std::abs(a.to_double()) * rounding;
}

/// The limits in the evidence are another configuration's by nature.
std::string_view without_evidence(std::string_view body) {
    return body.substr(0, body.find(",\"evidence\":"));
}

}  // namespace

std::string_view to_string(ComparisonOutcome::Kind kind) {
    switch (kind) {
        case Kind::Both: return "both";
        case Kind::Changed: return "changed";
        case Kind::Near: return "near";
        case Kind::OnlyA: return "only_a";
        case Kind::OnlyB: return "only_b";
    }
    return "";
}

EventComparison::EventComparison(Settings settings, Tell tell)
    : settings_(settings), tell_(std::move(tell)) {}

std::uint64_t EventComparison::group_of(const ComparedEvent& event) {
    const auto symbol = std::hash<std::string_view>{}(event.symbol.view());
    return symbol * 31 + static_cast<std::uint64_t>(event.event.detection.type);
}

void EventComparison::add(ComparedSide side, const Event& event, SymbolText symbol) {
    const auto own = static_cast<std::size_t>(side);
    Side& other = sides_[1 - own];
    ComparedEvent compared{event, symbol, ++numbers_[own]};
    const Id id{event.id, event.revision};
    if (const auto found = other.by_id.find(id); found != other.by_id.end()) {
        const auto counterpart = found->second;
        const ComparedEvent& a = own == 0 ? compared : *counterpart;
        const ComparedEvent& b = own == 0 ? *counterpart : compared;
        tell_({is_changed(a, b) ? Kind::Changed : Kind::Both, &a, &b});
        remove(other, counterpart);
        return;
    }
    Side& mine = sides_[own];
    mine.events.push_back(std::move(compared));
    const auto at = std::prev(mine.events.end());
    if (const auto [place, is_new] = mine.by_id.emplace(id, at); !is_new) {
        place->second = at;  // told twice: the newer one is looked for
    }
    mine.by_group.emplace(group_of(*at), at);
    while (held() > settings_.held_limit) {
        settle(sides_[0].events.size() > sides_[1].events.size() ? 0 : 1);
    }
}

void EventComparison::advance(UnixNanos clock) {
    // By then whatever may be near has had its own time to find its counterpart by id.
    const UnixNanos through = clock - 2 * settings_.window;
    for (;;) {
        std::size_t oldest = 2;
        for (std::size_t side = 0; side < 2; ++side) {
            const Held& events = sides_[side].events;
            if (!events.empty() && events.front().event.detection.key.fire <= through &&
                (oldest == 2 || events.front().event.detection.key.fire <
                                    sides_[oldest].events.front().event.detection.key.fire)) {
                oldest = side;
            }
        }
        if (oldest == 2) {
            return;
        }
        settle(oldest);
    }
}

void EventComparison::finish() {
    while (held() > 0) {
        settle(sides_[0].events.empty() ? 1 : 0);
    }
}

/// The side's oldest finds a near one, or none.
void EventComparison::settle(std::size_t side) {
    Side& mine = sides_[side];
    Side& other = sides_[1 - side];
    const auto event = mine.events.begin();
    const auto near = nearest(*event, other);
    if (near == other.events.end()) {
        side == 0 ? tell_({Kind::OnlyA, &*event, nullptr}) : tell_({Kind::OnlyB, nullptr, &*event});
    } else {
        tell_(side == 0 ? ComparisonOutcome{Kind::Near, &*event, &*near}
                        : ComparisonOutcome{Kind::Near, &*near, &*event});
        remove(other, near);
    }
    remove(mine, event);
}

EventComparison::Held::iterator EventComparison::nearest(const ComparedEvent& to, Side& in) const {
    auto best = in.events.end();
    const auto [begin, end] = in.by_group.equal_range(group_of(to));
    for (auto it = begin; it != end; ++it) {
        const ComparedEvent& one = *it->second;
        const Detection& wanted = to.event.detection;
        const Detection& found = one.event.detection;
        if (one.symbol != to.symbol || !is_of_one_kind(wanted, found) ||
            apart(to, one) > settings_.time_tolerance ||
            !is_priced_alike(wanted.price, found.price, settings_.price_tolerance)) {
            continue;
        }
        if (best == in.events.end() || apart(to, one) < apart(to, *best) ||
            (apart(to, one) == apart(to, *best) && one.number < best->number)) {
            best = it->second;
        }
    }
    return best;
}

void EventComparison::remove(Side& side, Held::iterator event) {
    const Id id{event->event.id, event->event.revision};
    if (const auto found = side.by_id.find(id);
        found != side.by_id.end() && found->second == event) {
        side.by_id.erase(found);
    }
    const auto [begin, end] = side.by_group.equal_range(group_of(*event));
    for (auto it = begin; it != end; ++it) {
        if (it->second == event) {
            side.by_group.erase(it);
            break;
        }
    }
    side.events.erase(event);
}

bool EventComparison::is_changed(const ComparedEvent& a, const ComparedEvent& b) {
    bodies_[0].clear();
    bodies_[1].clear();
    encode_body(a.event, a.symbol.view(), bodies_[0]);
    encode_body(b.event, b.symbol.view(), bodies_[1]);
    return without_evidence(bodies_[0]) != without_evidence(bodies_[1]);
}

}  // namespace tickstock

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <unordered_map>

#include "base/time.hpp"
#include "model/event.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// One of two event streams that are held against each other.
enum class ComparedSide : std::uint8_t { A, B };

/// An event of one side, on its way through the comparison.
struct ComparedEvent {
    Event event;
    SymbolText symbol;
    std::uint64_t number = 0;  ///< the n-th of its stream, from 1: its offset in a replay
};

/// What came of an event, or of a pair.
struct ComparisonOutcome {
    enum class Kind : std::uint8_t {
        Both,     ///< the same id and revision
        Changed,  ///< those, with other details beside the evidence
        Near,     ///< of one kind within the tolerances
        OnlyA,
        OnlyB,
    };
    Kind kind = Kind::Both;
    const ComparedEvent* a = nullptr;  ///< valid during the call; null = only B has it
    const ComparedEvent* b = nullptr;
};
/// "both", "changed", "near", "only_a", "only_b".
std::string_view to_string(ComparisonOutcome::Kind kind);

/// Holds two streams of final events against each other while they grow: by id and revision first
/// (coordination/event_id.hpp), what is left by symbol, type, direction, timeframe and session
/// within the tolerances. Both sides work the same records. Keeps only what has no counterpart yet,
/// for a span of market time; an event that both have is told at once. One thread, no clock.
class EventComparison {
public:
    struct Settings {
        Nanos window = std::chrono::seconds(10);  ///< how far apart the two may be told
        Nanos time_tolerance = std::chrono::seconds(1);
        double price_tolerance = 0.01;     ///< percent
        std::size_t held_limit = 100'000;  ///< for more the oldest are told early
    };
    using Tell = std::function<void(const ComparisonOutcome&)>;

    EventComparison(Settings settings, Tell tell);

    /// The next event of a side.
    void add(ComparedSide side, const Event& event, SymbolText symbol);
    /// Both sides have come this far: tells what cannot find its counterpart any more.
    void advance(UnixNanos clock);
    /// Tells all that is left: the end, or an epoch's, behind which ids may come again.
    void finish();
    /// The next event is a stream's first again.
    void restart_numbers() { numbers_ = {}; }

    /// Without a counterpart, and not told yet.
    std::size_t held() const { return sides_[0].events.size() + sides_[1].events.size(); }

private:
    struct Id {
        std::uint64_t id = 0;
        std::uint32_t revision = 0;
        friend bool operator==(const Id&, const Id&) = default;
    };
    struct IdHash {
        std::size_t operator()(const Id& id) const noexcept { return id.id ^ id.revision; }
    };
    using Held = std::list<ComparedEvent>;
    struct Side {
        Held events;  // in the stream's order
        std::unordered_map<Id, Held::iterator, IdHash> by_id;
        std::unordered_multimap<std::uint64_t, Held::iterator> by_group;
    };

    static std::uint64_t group_of(const ComparedEvent& event);
    void remove(Side& side, Held::iterator event);
    void settle(std::size_t side);
    Held::iterator nearest(const ComparedEvent& to, Side& in) const;
    bool is_changed(const ComparedEvent& a, const ComparedEvent& b);

    const Settings settings_;
    const Tell tell_;
    std::array<Side, 2> sides_;
    std::array<std::uint64_t, 2> numbers_{};
    std::array<std::string, 2> bodies_;  // reused
};

}  // namespace tickstock

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "inspection/event_comparison.hpp"
#include "model/enums.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// Counts of compared events: a = both + near + only_a, b = both + near + only_b.
struct EventTally {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::uint64_t both = 0;     ///< the same id
    std::uint64_t changed = 0;  ///< of both: with other details
    std::uint64_t near = 0;
    std::uint64_t only_a = 0;
    std::uint64_t only_b = 0;

    void add(ComparisonOutcome::Kind kind);
    std::uint64_t differences() const { return changed + near + only_a + only_b; }
    friend bool operator==(const EventTally&, const EventTally&) = default;
};

/// One that the two do not have alike, encoded as it would be published.
struct ListedDifference {
    ComparisonOutcome::Kind kind = ComparisonOutcome::Kind::OnlyA;
    SymbolText symbol;
    EventType type = EventType::High;
    UnixNanos clock;  ///< when it was found, in market time
    struct Side {
        std::string body;            ///< JSON; empty = this side has none
        std::uint64_t offset = 0;    ///< in its own stream
        std::uint64_t sequence = 0;  ///< of the record behind it; 0 = a deadline's
    };
    Side a;
    Side b;
};

/// Adds up what an EventComparison tells: all, by type, by hour of the day in New York, by symbol,
/// and the differences themselves, a bounded number of them. One thread.
class ComparisonTally {
public:
    enum class Keep : std::uint8_t { First, Newest };
    ComparisonTally(std::size_t listed, Keep keep) : limit_(listed), keep_(keep) {}

    void add(const ComparisonOutcome& outcome);

    const EventTally& total() const { return total_; }
    const std::array<EventTally, event_type_count>& by_type() const { return by_type_; }
    const std::array<EventTally, 24>& by_hour() const { return by_hour_; }
    struct Symbol {
        SymbolText symbol;
        EventTally tally;
    };
    /// Those with most differences, at most `count`.
    std::vector<Symbol> top_symbols(std::size_t count) const;
    std::uint64_t symbols() const { return by_symbol_.size(); }
    /// In the order in which they were told.
    const std::deque<ListedDifference>& differences() const { return differences_; }

private:
    void list(const ComparisonOutcome& outcome);

    const std::size_t limit_;
    const Keep keep_;
    EventTally total_;
    std::array<EventTally, event_type_count> by_type_{};
    std::array<EventTally, 24> by_hour_{};
    std::map<SymbolText, EventTally> by_symbol_;
    std::deque<ListedDifference> differences_;
};

}  // namespace tickstock

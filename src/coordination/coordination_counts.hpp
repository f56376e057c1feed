#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "model/enums.hpp"

namespace tickstock {

/// What coordination counts of one source and type (SPEC 9). received = emitted + suppressed +
/// held.
struct CoordinationCounts {
    std::uint64_t received = 0;
    std::uint64_t conflicts = 0;   ///< met a detection of another source in their window
    std::uint64_t resolved = 0;    ///< of the conflicts: ended in one event, as it or lost to it
    std::uint64_t emitted = 0;     ///< as an event or a revision
    std::uint64_t suppressed = 0;  ///< told by no event of its own

    CoordinationCounts& operator+=(const CoordinationCounts& other) {
        received += other.received;
        conflicts += other.conflicts;
        resolved += other.resolved;
        emitted += other.emitted;
        suppressed += other.suppressed;
        return *this;
    }
    template <class Archive>
    void archive(Archive& a) {
        a(received, conflicts, resolved, emitted, suppressed);
    }
    friend bool operator==(const CoordinationCounts&, const CoordinationCounts&) = default;
};

inline constexpr std::size_t coordination_source_count = 5;  ///< Tick … Channel

/// The counts of every source and type.
class CoordinationTable {
public:
    CoordinationCounts& at(SourceKind source, EventType type) {
        return cells_[static_cast<std::size_t>(source)][static_cast<std::size_t>(type)];
    }
    const CoordinationCounts& at(SourceKind source, EventType type) const {
        return cells_[static_cast<std::size_t>(source)][static_cast<std::size_t>(type)];
    }
    CoordinationCounts total() const {
        CoordinationCounts sum;
        for_each([&](SourceKind, EventType, const CoordinationCounts& cell) { sum += cell; });
        return sum;
    }
    /// Calls `use(source, type, counts)` for every cell, by source, then type.
    template <class Use>
    void for_each(Use use) const {
        for (std::size_t source = 0; source < cells_.size(); ++source) {
            for (std::size_t type = 0; type < cells_[source].size(); ++type) {
                use(static_cast<SourceKind>(source), static_cast<EventType>(type),
                    cells_[source][type]);
            }
        }
    }
    CoordinationTable& operator+=(const CoordinationTable& other) {
        for (std::size_t source = 0; source < cells_.size(); ++source) {
            for (std::size_t type = 0; type < cells_[source].size(); ++type) {
                cells_[source][type] += other.cells_[source][type];
            }
        }
        return *this;
    }
    template <class Archive>
    void archive(Archive& a) {
        a(cells_);
    }
    friend bool operator==(const CoordinationTable&, const CoordinationTable&) = default;

private:
    std::array<std::array<CoordinationCounts, event_type_count>, coordination_source_count>
        cells_{};
};

}  // namespace tickstock

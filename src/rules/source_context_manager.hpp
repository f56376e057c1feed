#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/state_archive.hpp"
#include "model/enums.hpp"
#include "model/event.hpp"
#include "model/record.hpp"

namespace tickstock {

/// What came of one source's records of one kind.
struct SourceContextCounts {
    std::uint64_t records = 0;   ///< taken in
    std::uint64_t rejected = 0;  ///< of those, dropped by intake, the channel or a validate rule
    std::uint64_t events = 0;    ///< published with this source
    UnixNanos last_seen;         ///< greatest ts_event

    SourceContextCounts& operator+=(const SourceContextCounts& other);

    template <class Archive>
    void archive(Archive& a) {
        a(records, rejected, events, last_seen);
    }
};

/// Statistics by source and kind of source (SPEC 8). A context itself is a value that travels with
/// each detection (model/event.hpp: SourceContext, Evidence), so there is nothing to clean up.
/// Events of deadlines and second bars name no single record: their source is the first. One
/// instance a shard, its thread only; O(1), a few instructions a record.
class SourceContextManager {
public:
    static constexpr std::size_t kind_count = 5;  ///< of SourceKind

    void on_record(const RecordHeader& header) {
        SourceContextCounts& counts = counts_of(header.source, header.source_kind);
        ++counts.records;
        if (header.ts_event > counts.last_seen) {
            counts.last_seen = header.ts_event;
        }
    }
    void on_rejected(const RecordHeader& header) {
        ++counts_of(header.source, header.source_kind).rejected;
    }
    void on_events(std::span<const Event> events);

    /// By source, then kind; sources that were never seen may have no entry.
    std::size_t sources() const { return by_source_.size(); }
    const SourceContextCounts& counts(SourceId source, SourceKind kind) const {
        return by_source_[source.value()][static_cast<std::size_t>(kind)];
    }

    // All of it is totals: nothing is kept by symbol.

    void save_totals(StateWriter& out) const { out(by_source_); }
    /// Adds them to what is there.
    void add_totals(StateReader& in);

private:
    using BySource = std::array<SourceContextCounts, kind_count>;

    SourceContextCounts& counts_of(SourceId source, SourceKind kind) {
        if (source.value() >= by_source_.size()) {
            by_source_.resize(std::size_t{source.value()} + 1);
        }
        return by_source_[source.value()][static_cast<std::size_t>(kind)];
    }

    std::vector<BySource> by_source_;  // by SourceId
};

}  // namespace tickstock

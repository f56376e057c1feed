#pragma once

#include <cstdint>
#include <vector>

#include "model/record.hpp"

namespace tickstock {

/// Tells rows grouped by symbol (a flat file: all of A, all of AA, …) from rows in order of time
/// with small disorder (a recorded feed). In a grouped file time steps back by hours where the
/// symbol changes, and no symbol comes back. Looks at records of one kind and timeframe among each
/// other only, since a bar bears the time of its start and comes after the trades it covers.
class OrderEvidence {
public:
    /// Feeds the next record (in a sample: the next that was looked at).
    void observe(const Record& record);

    /// Time steps back by more than a minute at one symbol change in sixteen at least; fewer are
    /// single rows with a wrong time.
    bool grouped() const { return backward_ > 0 && backward_ * 16 >= changes_; }
    /// A symbol came back after another one: rows of several symbols are mixed.
    bool interleaved() const { return returns_ > 0; }

private:
    struct Lane {
        SymbolId symbol = symbol_none;
        UnixNanos time{};
    };
    static constexpr std::size_t timeframes = 7;
    static constexpr std::size_t lane_count = 6 * timeframes;

    static std::size_t lane_of(const Record& record);

    std::array<Lane, lane_count> lanes_{};
    std::vector<std::uint64_t> left_;  // by symbol id: bit l = lane l has gone on from it
    std::uint64_t changes_ = 0;
    std::uint64_t backward_ = 0;
    std::uint64_t returns_ = 0;
};

}  // namespace tickstock

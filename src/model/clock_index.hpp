#pragma once

#include <algorithm>
#include <span>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/record.hpp"

namespace tickstock {

/// The clocks of a run of admitted records, to name the journal entry before which a deadline
/// fires. Clocks never go back, so a look-up is a binary search; only emissions need one.
class ClockIndex {
public:
    /// `records` in sequence order; must outlive this. Empty = end of input.
    explicit ClockIndex(std::span<const Record> records) : records_(records) {}
    /// One entry that is no record (a decision).
    ClockIndex(Sequence sequence, UnixNanos clock) : single_{sequence}, through_(clock) {}
    /// The end of input, told by the entry at `sequence`: every deadline fires with it.
    static ClockIndex end_at(Sequence sequence) { return {sequence, time_never}; }

    /// Deadlines up to here fire within this run. time_never at the end of input.
    UnixNanos through() const {
        return records_.empty() ? through_ : records_.back().header().clock;
    }

    /// Sequence of the first entry with clock ≥ `deadline`; sequence_end at the end of input.
    /// REQUIRES: deadline ≤ through().
    Sequence first_at_or_after(UnixNanos deadline) const {
        const auto entry = std::lower_bound(
            records_.begin(), records_.end(), deadline,
            [](const Record& record, UnixNanos t) { return record.header().clock < t; });
        return entry == records_.end() ? single_ : entry->header().sequence;
    }

private:
    std::span<const Record> records_;
    Sequence single_ = sequence_end;
    UnixNanos through_ = time_never;
};

}  // namespace tickstock

#pragma once

#include <algorithm>
#include <cstdint>
#include <set>

#include "model/decision.hpp"

namespace tickstock {

/// Records of which the journal says that no lane will work them. Nearly always empty.
class SkipSet {
public:
    void add(const SkipRecords& skipped) {
        for (const Sequence sequence : skipped.sequences) {
            sequences_.insert(sequence.value());
        }
    }
    bool empty() const { return sequences_.empty(); }
    /// True once for each.
    bool take(Sequence sequence) {
        return !sequences_.empty() && sequences_.erase(sequence.value()) != 0;
    }
    /// Entries up to here were worked: what is left of them was dropped before its lane.
    void forget_through(Sequence through) {
        while (!sequences_.empty() && *sequences_.begin() <= through.value()) {
            sequences_.erase(sequences_.begin());
        }
    }
    bool contains(Sequence sequence) const { return sequences_.contains(sequence.value()); }

private:
    std::set<std::uint64_t> sequences_;
};

}  // namespace tickstock

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
    bool contains(Sequence sequence) const { return sequences_.contains(sequence.value()); }

private:
    std::set<std::uint64_t> sequences_;
};

}  // namespace tickstock

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.hpp"

namespace tickstock {

/// What one (symbol, type) has emitted, to count n of the event id (SPEC 11): an entry for each
/// distinct set of id parts, sorted by ts. A session's are all kept (a cooldown of 1 s leaves at
/// most 23,400 in a regular one), of earlier sessions the newest. A count is exact unless an
/// emission is older than something forgotten; then it is one that no id of the key had, so an id
/// never repeats. O(log n) for emissions in order of time.
class EmissionLog {
public:
    /// Entries at most; half of them are kept when there are more.
    static constexpr std::size_t limit = 1 << 15;
    /// What a new session keeps of the ones before.
    static constexpr std::size_t kept_of_earlier = 64;

    /// n of the next emission at `ts` whose other id parts hash to `parts`.
    std::uint32_t next_n(UnixNanos ts, std::uint32_t parts) const {
        for (auto entry = first_at(ts); entry != entries_.end() && entry->ts == ts; ++entry) {
            if (entry->parts == parts) {
                return entry->next_n;
            }
        }
        return any_forgotten_ && ts <= forgotten_through_ ? total_ : 0;
    }

    /// An emission with the n that next_n() gave.
    void add(UnixNanos ts, std::uint32_t parts, std::uint32_t n) {
        ++total_;
        auto entry = entries_.begin() + (first_at(ts) - entries_.cbegin());
        while (entry != entries_.end() && entry->ts == ts && entry->parts != parts) {
            ++entry;
        }
        if (entry != entries_.end() && entry->ts == ts) {
            entry->next_n = n + 1;
            return;
        }
        entries_.insert(entry, {ts, parts, n + 1});
        if (entries_.size() > limit) {
            keep_newest(limit / 2);
        }
    }

    /// Forgets all but the `kept` newest entries by ts.
    void keep_newest(std::size_t kept) {
        if (entries_.size() <= kept) {
            return;
        }
        const auto end = entries_.end() - static_cast<std::ptrdiff_t>(kept);
        const UnixNanos newest_forgotten = (end - 1)->ts;
        forgotten_through_ =
            any_forgotten_ ? std::max(forgotten_through_, newest_forgotten) : newest_forgotten;
        any_forgotten_ = true;
        entries_.erase(entries_.begin(), end);
    }

    std::size_t size() const { return entries_.size(); }

    template <class Archive>
    void archive(Archive& a) {
        a(entries_, forgotten_through_, total_, any_forgotten_);
    }

private:
    struct Entry {
        UnixNanos ts;
        std::uint32_t parts = 0;
        std::uint32_t next_n = 0;
    };

    std::vector<Entry>::const_iterator first_at(UnixNanos ts) const {
        return std::lower_bound(entries_.begin(), entries_.end(), ts,
                                [](const Entry& entry, UnixNanos t) { return entry.ts < t; });
    }

    std::vector<Entry> entries_;
    UnixNanos forgotten_through_;  // greatest ts forgotten, when any_forgotten_
    std::uint32_t total_ = 0;      // emissions ever: greater than every n given
    bool any_forgotten_ = false;
};

}  // namespace tickstock

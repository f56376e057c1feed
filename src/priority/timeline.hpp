#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "base/strong.hpp"

namespace tickstock {

/// A value that decisions change, and its past as far as events may still need it: an event has the
/// value that held at its key's sequence, however much later the event is looked at. Few entries:
/// forget_before() keeps it so. One thread.
template <class T>
class Timeline {
public:
    struct Entry {
        Sequence from;
        T value;

        template <class Archive>
        void archive(Archive& a) {
            a(from, value);
        }
    };

    Timeline() : entries_(1) {}

    /// The value that holds from `from` on; to be changed in place. It begins as a copy of the one
    /// before. REQUIRES: `from` is not before the newest change.
    T& change_at(Sequence from) {
        TS_ASSERT(from >= entries_.back().from);
        if (from > entries_.back().from) {
            Entry next = entries_.back();
            next.from = from;
            entries_.push_back(std::move(next));
        }
        return entries_.back().value;
    }

    /// What held at `sequence`. REQUIRES: not forgotten.
    T& at(Sequence sequence) {
        std::size_t i = entries_.size() - 1;
        while (entries_[i].from > sequence) {
            TS_ASSERT(i > 0);
            --i;
        }
        return entries_[i].value;
    }

    const T& newest() const { return entries_.back().value; }

    /// No event with a key before `sequence` will come any more.
    void forget_before(Sequence sequence) {
        std::size_t first = entries_.size() - 1;
        while (entries_[first].from > sequence && first > 0) {
            --first;
        }
        entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(first));
    }

    std::size_t size() const { return entries_.size(); }

    template <class Archive>
    void archive(Archive& a) {
        a(entries_);
        if constexpr (Archive::is_loading) {
            bool ordered = !entries_.empty();
            for (std::size_t i = 1; ordered && i < entries_.size(); ++i) {
                ordered = entries_[i - 1].from < entries_[i].from;
            }
            if (!ordered) {
                a.fail();
                entries_.assign(1, Entry{});
            }
        }
    }

private:
    std::vector<Entry> entries_;  // never empty, by `from`
};

}  // namespace tickstock

#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <mutex>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "metrics/histogram.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// How long batches take from their hand-over by the source until their events are in the stream.
/// The sequencer's thread marks, the publisher's measures; a lock a batch.
class LatencyMarks {
public:
    static constexpr std::size_t kinds = 5;  ///< of SourceKind

    /// A batch that ends at `last` was handed over at `now`. `kinds_seen`: bits of SourceKind.
    void mark(Sequence last, Nanos now, unsigned kinds_seen) {
        const std::lock_guard lock(mutex_);
        if (marks_.size() < limit) {
            marks_.push_back({last, now, kinds_seen});
        }
    }
    /// Everything up to `through` is published.
    void measure(Sequence through, Nanos now) {
        const std::lock_guard lock(mutex_);
        while (!marks_.empty() && marks_.front().last <= through) {
            const Nanos took = now - marks_.front().at;
            all_.record(took);
            for (std::size_t kind = 0; kind < kinds; ++kind) {
                if ((marks_.front().kinds_seen >> kind & 1U) != 0) {
                    by_kind_[kind].record(took);
                }
            }
            marks_.pop_front();
        }
    }
    void copy_to(Histogram& all, std::array<Histogram, kinds>& by_kind) const {
        const std::lock_guard lock(mutex_);
        all = all_;
        by_kind = by_kind_;
    }

private:
    static constexpr std::size_t limit = 65'536;  // far behind: those are not measured
    struct Mark {
        Sequence last;
        Nanos at{0};
        unsigned kinds_seen = 0;
    };
    mutable std::mutex mutex_;  // guards all
    std::deque<Mark> marks_;
    Histogram all_;
    std::array<Histogram, kinds> by_kind_;
};

}  // namespace tickstock

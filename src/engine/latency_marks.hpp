#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "engine/stage_latencies.hpp"
#include "metrics/histogram.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// How long batches take from their hand-over by the source until each stage is through with them.
/// The sequencer's thread marks and tells of the journal, the publisher's of the shards and of the
/// stream; a lock a call, a call a batch. Every stage has each batch in the end, and once.
class LatencyMarks {
public:
    static constexpr std::size_t kinds = 5;  ///< of SourceKind

    /// A batch that ends at `last` was handed over at `handed_over` and stands in the order since
    /// `admitted`. `kinds_seen`: bits of SourceKind.
    void mark(Sequence last, Nanos handed_over, Nanos admitted, unsigned kinds_seen) {
        const std::lock_guard lock(mutex_);
        if (marks_.size() < limit) {
            marks_.push_back({last, handed_over, kinds_seen});
            stages_.admission.record(admitted - handed_over);
        }
    }
    /// The journal has written everything up to `through`.
    void journaled(Sequence through, Nanos now) {
        const std::lock_guard lock(mutex_);
        pass(journaled_, through, now, stages_.journal);
    }
    /// Every shard has worked everything up to `through`.
    void detected(Sequence through, Nanos now) {
        const std::lock_guard lock(mutex_);
        pass(detected_, through, now, stages_.detection);
    }
    /// Everything up to `through` is published.
    void measure(Sequence through, Nanos now) {
        const std::lock_guard lock(mutex_);
        // The publisher may come here before another thread has told of its own stage.
        pass(journaled_, through, now, stages_.journal);
        pass(detected_, through, now, stages_.detection);
        while (!marks_.empty() && marks_.front().last <= through) {
            const Nanos took = now - marks_.front().at;
            all_.record(took);
            for (std::size_t kind = 0; kind < kinds; ++kind) {
                if ((marks_.front().kinds_seen >> kind & 1U) != 0) {
                    by_kind_[kind].record(took);
                }
            }
            marks_.pop_front();
            --journaled_;
            --detected_;
        }
    }
    /// When the oldest batch that is not published and ends by `through` was handed over.
    std::optional<Nanos> oldest(Sequence through) const {
        const std::lock_guard lock(mutex_);
        if (marks_.empty() || marks_.front().last > through) {
            return std::nullopt;
        }
        return marks_.front().at;
    }
    void copy_to(Histogram& all, std::array<Histogram, kinds>& by_kind,
                 StageLatencies& stages) const {
        const std::lock_guard lock(mutex_);
        all = all_;
        by_kind = by_kind_;
        stages = stages_;
    }

private:
    static constexpr std::size_t limit = 65'536;  // far behind: those are not measured
    struct Mark {
        Sequence last;
        Nanos at{0};
        unsigned kinds_seen = 0;
    };

    void pass(std::size_t& next, Sequence through, Nanos now, Histogram& into) {
        for (; next < marks_.size() && marks_[next].last <= through; ++next) {
            into.record(now - marks_[next].at);
        }
    }

    mutable std::mutex mutex_;  // guards all
    std::deque<Mark> marks_;
    std::size_t journaled_ = 0;  // of marks_, those that the stage is through with
    std::size_t detected_ = 0;
    Histogram all_;
    std::array<Histogram, kinds> by_kind_;
    StageLatencies stages_;
};

}  // namespace tickstock

#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/event.hpp"

namespace tickstock {

/// When something happens in the one order (SPEC 9).
struct Moment {
    UnixNanos fire;
    Sequence sequence;
    std::uint8_t phase = 1;
};

/// A deadline that a detector has opened for a symbol.
struct Deadline {
    UnixNanos at;
    SymbolId symbol;
    EventType kind = EventType::High;
};

/// Where detectors of one lane put what they find, and their open deadlines: a heap by time, at one
/// instant high before low. A deadline that is no longer wanted is not removed; its detector
/// ignores it when it fires.
class DetectionSink {
public:
    /// Completes key.fire, sequence, phase, rank and k.
    void emit(const Moment& moment, Detection detection) {
        const EventRank rank =
            detection.timeframe == Timeframe::None ? rank_of(detection.type) : EventRank::Bar;
        detection.key = {moment.fire, moment.sequence, moment.phase, rank,
                         static_cast<std::uint32_t>(detections_.size())};
        detections_.push_back(std::move(detection));
    }

    void open_deadline(const Deadline& deadline) {
        deadlines_.push_back(deadline);
        std::push_heap(deadlines_.begin(), deadlines_.end(), fires_later);
    }
    UnixNanos next_deadline() const {
        return deadlines_.empty() ? time_never : deadlines_.front().at;
    }
    Deadline pop_deadline() {
        std::pop_heap(deadlines_.begin(), deadlines_.end(), fires_later);
        const Deadline deadline = deadlines_.back();
        deadlines_.pop_back();
        return deadline;
    }
    /// Calls `use` with the symbol of each deadline at or before `through`.
    template <class Use>
    void for_each_due(UnixNanos through, Use use) const {
        for (const Deadline& deadline : deadlines_) {
            if (deadline.at <= through) {
                use(deadline.symbol);
            }
        }
    }
    std::size_t open_deadlines() const { return deadlines_.size(); }

    /// The symbol's deadlines are gone.
    void forget_symbol(SymbolId symbol) {
        const auto is_its = [&](const Deadline& deadline) { return deadline.symbol == symbol; };
        if (std::erase_if(deadlines_, is_its) > 0) {
            std::make_heap(deadlines_.begin(), deadlines_.end(), fires_later);
        }
    }

    std::vector<Detection>& detections() { return detections_; }

private:
    static bool fires_later(const Deadline& a, const Deadline& b) {
        return a.at != b.at ? a.at > b.at : a.kind > b.kind;
    }

    std::vector<Detection> detections_;
    std::vector<Deadline> deadlines_;
};

}  // namespace tickstock

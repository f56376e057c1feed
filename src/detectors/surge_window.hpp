#pragma once

#include <cstdint>
#include <vector>

#include "base/assert.hpp"
#include "base/decimal.hpp"
#include "base/price.hpp"
#include "base/state_archive.hpp"

namespace tickstock {

/// The last 120 s of one symbol's samples (SPEC 7.4): the *span* is those at or before t − 20 s,
/// t being the newest's time; the rest are *recent*. A ring that grows to what the symbol needs and
/// keeps that over sessions, and running sums: O(1) amortised a sample.
class SurgeWindow {
public:
    static constexpr std::int64_t window_seconds = 120;
    static constexpr std::int64_t interval_seconds = 20;

    /// A sample of time `second`, s since 1970. REQUIRES: later than the newest.
    void add(std::int64_t second, Price close, Size volume);

    /// Forgets the samples, keeps the memory.
    void clear();

    /// Lets memory fetch the entries that add() will touch.
    void prefetch() const {
        if (!ring_.empty()) {
            __builtin_prefetch(&at(0));
            __builtin_prefetch(&at(span_));
            __builtin_prefetch(&at(samples_), 1);
        }
    }

    unsigned span_samples() const { return span_; }
    /// Σ volume of the span, 1e-6 shares; the sum of 120 absurd sizes exceeds 64 bits.
    int128 span_volume() const { return span_volume_; }
    int128 recent_volume() const { return recent_volume_; }
    /// Close of the span's newest sample. REQUIRES: span_samples() > 0.
    Price baseline() const {
        TS_ASSERT(span_ > 0);
        return at(span_ - 1).close;
    }
    /// Seconds that the span covers: from the begin of its first sample's second to t − 20 s.
    /// REQUIRES: span_samples() > 0.
    std::int64_t span_seconds() const {
        TS_ASSERT(span_ > 0);
        return newest_ - interval_seconds - (at(0).second - 1);
    }

    void save(StateWriter& out) const;
    /// Replaces what is there; empty when `in` fails.
    void load(StateReader& in);

private:
    struct Entry {
        std::int64_t second = 0;
        Price close;
        std::int64_t volume_raw = 0;
    };

    /// n-th oldest.
    const Entry& at(unsigned n) const { return ring_[(oldest_ + n) & (ring_.size() - 1)]; }
    void grow();

    int128 span_volume_ = 0;
    int128 recent_volume_ = 0;
    std::vector<Entry> ring_;  // its size is 0 or a power of two up to 128
    std::int64_t newest_ = 0;  // second of the newest sample
    std::uint32_t oldest_ = 0;
    std::uint16_t samples_ = 0;
    std::uint16_t span_ = 0;  // the oldest so many
};

}  // namespace tickstock

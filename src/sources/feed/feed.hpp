#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "model/accounting.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// An interval of which a feed cannot say that it was received whole, or the word that it was
/// filled. Times are the feed's (ts_event).
struct FeedGap {
    bool recovered = false;  ///< ends the gap of the same `from`: filled, or the feed goes on
    UnixNanos from;
    UnixNanos to;
    /// At most 15 bytes, snake_case: "disconnected", "silent", "bars", "overrun", "start"; with
    /// `recovered`: "backfilled" (nothing is missing) or "resumed" (what is missing stays missing).
    std::string reason;
    friend bool operator==(const FeedGap&, const FeedGap&) = default;
};

/// One connection of a feed, for status pages and metrics. Counts since the start.
struct FeedConnection {
    std::string name;          ///< "stocks", "business"
    std::string state;         ///< "connecting", "authenticating", "live", "waiting", "failed", …
    std::string detail;        ///< host; why it waits or failed
    std::uint64_t epoch = 0;   ///< grows with every connection made
    std::uint64_t frames = 0;  ///< of data or status
    std::uint64_t bytes = 0;
    std::uint64_t connects = 0;
    std::uint64_t disconnects = 0;
    std::size_t queued_bytes = 0;   ///< read, not yet decoded
    Nanos lag{0};                   ///< receive time − ts_event of the newest record
    Nanos silence{0};               ///< since the last frame was received
    std::size_t subscriptions = 0;  ///< acknowledged by the vendor
    std::size_t wanted = 0;
};

/// What the journal has of a feed when a run begins.
struct FeedMemory {
    /// ts_event of its newest record; time_unknown = the journal has none.
    UnixNanos last_event = time_unknown;
    struct Number {
        SymbolText symbol;
        RecordKind kind = RecordKind::Trade;
        std::uint64_t sequence = 0;  ///< the vendor's; 0 of bars
        UnixNanos ts_event;
        std::uint8_t correction = 0;  ///< of a trade
    };
    /// Of its newest records, those with a number and the minute bars, in the journal's order: a
    /// feed that fetches what was missed meanwhile knows by them what it has had.
    std::vector<Number> recent;
};

struct FeedStatus {
    std::vector<FeedConnection> connections;
    std::uint64_t gaps = 0;       ///< told
    std::uint64_t recovered = 0;  ///< of these, filled without loss
    std::uint64_t duplicates = 0;
    std::uint64_t out_of_order = 0;       ///< a sequence number below one before it, and taken
    std::uint64_t backfilled = 0;         ///< records that came by back-fill
    std::uint64_t backfill_failed = 0;    ///< outages that stayed gaps
    std::uint64_t suspected_missing = 0;  ///< bars whose day volume does not continue the last
};

/// A live feed as the engine polls it. Its sockets have threads of their own, which only hand over
/// frames with the time at which they came; all calls here are the sequencer's thread's, but for
/// status().
class Feed {
public:
    enum class Status : std::uint8_t {
        Records,  ///< `batch` holds records; poll again at once
        Gap,      ///< `gap` is to be told, behind all records handed over so far; poll again
        Wait,     ///< nothing is there before `wait_until`, unless wake is called
        End,      ///< for ever: failure() says why
    };
    struct Poll {
        Status status = Status::End;
        Nanos wait_until{0};  ///< monotonic, with Wait
        /// How far time has passed although no record says so: the wall time less the feed's
        /// delay, while all that was received has been handed over; else time_unknown. Never with
        /// the setting `source.clock = event`.
        UnixNanos market_clock = time_unknown;
        FeedGap gap;
    };

    virtual ~Feed() = default;

    /// Once, before the first poll. `wake` may be called from any thread when there is something
    /// to poll. `known`: what an earlier run has had: what came since is a gap ("start"), or
    /// back-filled without taking anything twice.
    virtual void start(std::function<void()> wake, const FeedMemory& known) = 0;
    /// Replaces the content of `batch`. Never blocks.
    virtual Poll poll(Nanos monotonic_now, RecordBatch& batch) = 0;
    /// Closes connections and joins threads; what was read and not handed over is dropped.
    virtual void stop() = 0;

    /// Rows in = records out + held + dropped by reason.
    virtual StageCounts counts() const = 0;
    virtual std::string failure() const = 0;
    /// True for what the feed carries or could carry at any moment, by its subscriptions.
    virtual bool covers(std::string_view symbol, RecordKind kind) const = 0;
    virtual FeedStatus status() const = 0;  ///< any thread
};

}  // namespace tickstock

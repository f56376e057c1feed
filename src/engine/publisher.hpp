#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "engine/latency_marks.hpp"
#include "engine/shard.hpp"
#include "model/decision.hpp"
#include "publishing/event_stream.hpp"
#include "publishing/stored_stream.hpp"

namespace tickstock {

/// Puts the events of all shards into the stream: in key order, only what every shard is done
/// through and the journal has (SPEC 4, 9), and first into the stored stream. Offsets are given
/// here and nowhere else. step() is one thread's.
class Publisher {
public:
    struct Parts {
        EventStream& stream;
        StoredStream& stored;
        const SymbolTable& symbols;
        const Clock& clock;
        LatencyMarks& latency;
        std::uint64_t capacity;  ///< events of one shard that may wait for the others
    };
    explicit Publisher(Parts parts) : parts_(parts) {}

    /// Before the first step: everything up to here is published.
    void begin_after(Sequence last) { published_through_ = last.value(); }

    struct Step {
        bool worked = false;
        bool blocked = false;       ///< the disk is full: events wait
        bool emptied_full = false;  ///< a shard that waited for room has some now
        std::optional<Error> failure;
    };
    /// `gate` = the journal is safe through it.
    Step step(std::span<const std::unique_ptr<Shard>> shards, Sequence gate);

    /// Sequencer's thread: the stream begins anew behind the entry `at`.
    void add_epoch(Sequence at, std::string epoch);
    /// Sequencer's thread: `done` gets the stream's state as it is behind the entry `at`, on the
    /// publisher's thread. REQUIRES: `at` is not published yet, or nothing behind it is.
    void request_state(Sequence at, std::function<void(std::string)> done);

    // Any thread.
    Sequence published_through() const { return Sequence{published_through_.load()}; }
    /// Events that wait to be published.
    std::uint64_t pending() const { return pending_count_.load(); }
    bool blocked() const { return blocked_.load(); }

private:
    struct Epoch {
        Sequence at;
        std::string name;
    };
    struct StateRequest {
        Sequence at;
        std::function<void(std::string)> done;
    };

    void note_detected(std::span<const std::unique_ptr<Shard>> shards);
    void count_waiting(std::span<const std::unique_ptr<Shard>> shards);
    Sequence take_outputs(std::span<const std::unique_ptr<Shard>> shards, Sequence gate);
    Sequence next_stop() const;
    void release(Sequence through);
    bool flush(Step& step);
    bool write_stored(Step& step);
    void stop_at(Sequence through);

    const Parts parts_;
    std::vector<std::deque<Event>> waiting_;  // by shard, in key order
    std::vector<Sequence> done_;              // by shard, of what was taken
    Sequence detected_;                       // all shards are through, as was told to latency
    Shard::Output output_;
    bool emptied_full_ = false;
    std::vector<Event> ready_;
    std::shared_ptr<EventBlock> block_;  // encoded, on its way through the stored stream
    Sequence block_through_;

    std::atomic<std::uint64_t> published_through_{0};
    std::atomic<std::uint64_t> pending_count_{0};
    std::atomic<bool> blocked_{false};

    mutable std::mutex mutex_;  // guards the two below
    std::deque<Epoch> epochs_;
    std::optional<StateRequest> state_request_;
};

}  // namespace tickstock

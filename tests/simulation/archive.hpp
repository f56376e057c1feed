#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "publishing/event_stream.hpp"
#include "simulation/invariants.hpp"
#include "simulation/trace.hpp"

namespace tickstock::sim {

/// All that any client could ever have seen of the event stream, kept beside the engine and over
/// its deaths: the word against which everything else is compared.
class Archive {
public:
    struct Seen {
        StreamEntry entry;
        std::string body;      ///< empty = left the stream's memory before anybody could look
        UnixNanos first_seen;  ///< true time
    };
    struct Epoch {
        std::string name;
        std::vector<Seen> events;  ///< offset − 1
        /// The machine crashed in it under a policy that may lose: its end need not be in the
        /// journal.
        bool may_have_lost = false;
        std::map<std::uint64_t, std::uint32_t> revision_of;  ///< by id
    };

    Archive(Invariants& invariants, Trace& trace) : invariants_(invariants), trace_(trace) {}

    /// Looks at what is new. After each step that may publish.
    void observe(const EventStream& stream, UnixNanos now);
    /// Behind a start: the stream must show again what it has shown.
    void compare(const EventStream& stream);
    void mark_loss();
    /// A start has decided on a new epoch, which the stream may not show yet (a full disk): till
    /// then it shows what is left of an old one, and no client is let in.
    void await_epoch(const EventStream& stream) {
        epoch_at_start_ = stream.range().epoch;
        awaits_epoch_ = epoch_at_start_.empty() || find(epoch_at_start_) != nullptr;
    }
    bool awaits_epoch() const { return awaits_epoch_; }

    const std::deque<Epoch>& epochs() const { return epochs_; }
    const Epoch* find(std::string_view name) const;
    std::uint64_t events() const { return events_; }

private:
    void add(const EventBlock& block, const StreamEntry& entry, UnixNanos now);

    Invariants& invariants_;
    Trace& trace_;
    std::deque<Epoch> epochs_;
    bool awaits_epoch_ = false;
    std::string epoch_at_start_;
    std::uint64_t events_ = 0;
};

}  // namespace tickstock::sim

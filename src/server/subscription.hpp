#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "publishing/event_stream.hpp"
#include "server/client_message.hpp"
#include "server/fanout.hpp"
#include "server/filter.hpp"
#include "server/position.hpp"

namespace tickstock {

/// One thing to tell the client about its subscription.
struct Delivery {
    enum class Kind : std::uint8_t {
        Subscribed,  ///< the stream goes on after `last`
        Snapshot,    ///< latest events as of `last`; `more` = another such frame follows
        Events,      ///< complete from `first` to `last`; no body = a bookmark
        Gap,         ///< [first, last] will not come; last = 0: the end is not known
    };
    Kind kind = Kind::Events;
    std::string epoch;
    Offset first;
    Offset last;
    std::shared_ptr<const std::string> text;  ///< of a snapshot: its events, with commas
    std::shared_ptr<const FrameBody> body;    ///< of events, see Slice::body
    std::size_t events = 0;
    UnixNanos ts_pub;
    UnixNanos ts_received;
    bool recovered = false;
    bool more = false;  ///< snapshot frames follow; the position counts after the last of them
    /// Of a gap, or why not recovered: evicted, unreadable, epoch_changed, ahead.
    std::string_view reason;
};

/// A cursor on the event stream with a filter: all that the server keeps per subscription. It holds
/// no events; it is asked for the next delivery when the client can take one. The `first`…`last`
/// of Events and Gap deliveries follow each other without holes.
class Subscription {
public:
    Subscription(const SubscribeRequest& request, Encoding encoding, Fanout& fanout);
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

    const std::string& id() const { return id_; }
    const Filter& filter() const { return *filter_; }

    /// From now on another filter, from the position on that was told last; a snapshot under way is
    /// ended with the old one.
    void set_filter(std::shared_ptr<const Filter> filter);
    bool wants_snapshot() const {
        return state_ == State::WaitForSnapshot ||
               (state_ == State::Start && since_.kind == Since::Kind::Snapshot);
    }
    bool is_in_snapshot() const { return state_ == State::Snapshot; }

    /// What to send now, nothing when there is nothing yet. `now` is monotonic. While `draining`,
    /// intervals are not waited for.
    std::optional<Delivery> next(Nanos now, bool draining);

    /// next() has nothing because it comes from the disk: ask when the archive has told so.
    bool waits_for_disk() const { return waits_for_disk_; }

    /// Slow-client watch: bytes that became due since mark_write(). A conflating subscription has
    /// none, for it takes the latest only.
    void mark_write();
    std::size_t bytes_due();

private:
    enum class State : std::uint8_t { Start, WaitForSnapshot, Snapshot, Live };

    std::optional<Delivery> start();
    std::optional<Delivery> begin_snapshot();
    std::optional<Delivery> next_snapshot();
    std::optional<Delivery> next_live(Nanos now, bool draining);
    Delivery lost(Nanos now, Offset through, std::string_view reason);
    std::optional<Delivery> read(Nanos now);
    Delivery events(const Slice& slice, Nanos now);
    std::optional<Delivery> bookmark(Nanos now, bool even_if_early);
    Delivery subscribed(bool recovered, std::string_view reason) const;
    Delivery gap(const std::string& epoch, Offset from, Offset to, std::string_view reason) const;
    void resume_after(Offset offset);

    const std::string id_;
    const Since since_;
    const Nanos interval_;
    const bool conflate_;
    const Encoding encoding_;
    std::shared_ptr<const Filter> filter_;
    std::shared_ptr<const Filter> next_filter_;  // after the snapshot
    Fanout& fanout_;

    State state_ = State::Start;
    std::string epoch_;
    Offset told_;     // `last` of the delivery before
    Offset scanned_;  // looked at; nothing accepted in (told_, scanned_]
    Nanos told_at_{0};
    Nanos due_{0};  // next interval's begin
    std::deque<Delivery> gaps_;
    std::optional<EventStream::Snapshot> snapshot_;
    std::size_t evicted_at_ = 0;
    std::size_t snapshot_at_ = 0;
    bool waits_for_disk_ = false;
    Offset watched_;
    std::size_t bytes_due_ = 0;
};

}  // namespace tickstock

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/time.hpp"
#include "publishing/event_stream.hpp"
#include "server/filter.hpp"

namespace tickstock {

/// How events stand on the wire.
enum class Encoding : std::uint8_t { Native, Sse };

/// Which part of the stream a subscription wants next.
struct SliceRequest {
    const Filter* filter = nullptr;
    Encoding encoding = Encoding::Native;
    bool conflate = false;
    Offset first;  ///< of the frame: follows the `last` of the client's frame before
    Offset after;  ///< looked at already, none of it accepted since `first`
};

/// What was found there.
struct Slice {
    /// Shared by every client that asked for the same. Native: from `"epoch":` to the frame's end;
    /// SSE: complete events. Nothing when no event was accepted.
    std::shared_ptr<const std::string> text;
    Offset last;  ///< complete up to here
    std::size_t events = 0;
    UnixNanos ts_pub;  ///< of the oldest event in it
};

/// The one reader of the event stream for all clients: evaluates a filter and encodes a frame once
/// for every distinct (filter, position), whoever asks first. I/O thread only.
class Fanout {
public:
    Fanout(const EventStream& stream, const Clock& clock);

    /// Looks where the stream stands; once per wake-up, not per client.
    void refresh() { head_ = stream_.range(); }
    const StreamRange& head() const { return head_; }

    /// Events after `request.after`, at most one frame of them. Nothing when that part has left the
    /// memory meanwhile: the caller asks again after the refresh done here.
    /// REQUIRES: head().first ≤ after + 1 ≤ head().last.
    std::optional<Slice> read(const SliceRequest& request);

    /// Bytes of accepted bodies in (after, head]; `after` moves on to what was looked at, at most
    /// entries_per_scan further.
    std::size_t bytes_due(const Filter& filter, Offset& after) const;

    EventStream::Snapshot snapshot() const { return stream_.snapshot(); }
    /// One `"offset":…,"ts_pub":…,"event":{…}` object.
    static void append_event(std::string& out, const EventBlock& block, const StreamEntry& entry);

    /// Snapshots in progress are bounded, because each pins memory of the stream.
    bool take_snapshot_slot();
    void free_snapshot_slot();

    const Clock& clock() const { return clock_; }
    FilterTable& filters() { return filters_; }

    struct Counts {
        std::uint64_t frames_built = 0;
        std::uint64_t frames_shared = 0;  ///< taken from the cache
    };
    const Counts& counts() const { return counts_; }

private:
    struct Key {
        std::uint64_t filter;
        std::uint64_t first;
        std::uint64_t after;
        std::uint64_t head;
        Encoding encoding;
        bool conflate;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const;
    };

    std::optional<Slice> build(const SliceRequest& request);
    void remember(const Key& key, const Slice& slice);

    const EventStream& stream_;
    const Clock& clock_;
    FilterTable filters_;
    StreamRange head_;
    std::unordered_map<Key, Slice, KeyHash> cache_;
    std::string cache_epoch_;
    std::deque<Key> cache_order_;  // oldest first
    std::size_t cache_bytes_ = 0;
    std::size_t snapshots_ = 0;
    Counts counts_;
};

}  // namespace tickstock

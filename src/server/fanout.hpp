#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/time.hpp"
#include "publishing/event_archive.hpp"
#include "publishing/event_stream.hpp"
#include "server/client_message.hpp"
#include "server/filter.hpp"
#include "server/frame_body.hpp"

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
    std::shared_ptr<const FrameBody> body;
    Offset last;  ///< complete up to here
    std::size_t events = 0;
    UnixNanos ts_pub;       ///< of the oldest event in it
    UnixNanos ts_received;  ///< of its block
    /// What follows is being read from the disk: ask again when the archive has told so.
    bool is_pending = false;
    /// Not 0: what follows, up to here, cannot be read from the disk.
    Offset unreadable_through;
};

/// The one reader of the event stream for all clients, of what is in memory and, with an archive,
/// of what is on disk: evaluates a filter and makes a frame once for every distinct (filter,
/// position), whoever asks first. I/O thread only; never reads a file itself.
class Fanout {
public:
    Fanout(const EventStream& stream, const Clock& clock);

    /// Before the first client. Null: what has left memory is gone. It outlives this.
    void set_archive(EventArchive* archive);
    /// Before the first client. Null: there are no named symbol sets. It outlives this.
    void set_universes(const UniverseCatalog* catalog);

    /// Looks where the stream stands, and ten times a second what the universes are; once per
    /// wake-up, not per client.
    void refresh();
    const StreamRange& head() const { return head_; }
    /// The oldest offset that can be told; head().first or, on disk, one before.
    Offset oldest() const { return oldest_; }

    /// Puts the keys of universes in the place of the names that `user` gave. Nothing = done.
    std::optional<ProtocolError> resolve(FilterSpec& spec, std::string_view user) const;

    /// Events after `request.after`, at most one frame of them. Nothing when that part has gone
    /// meanwhile: the caller asks again after the refresh done here.
    /// REQUIRES: oldest() ≤ after + 1 ≤ head().last.
    std::optional<Slice> read(const SliceRequest& request);

    /// The block that holds an offset, wherever it is.
    EventArchive::Found block_at(const std::string& epoch, Offset offset) const;

    /// Bytes of accepted bodies in (after, head]; `after` moves on to what was looked at, at most
    /// entries_per_scan further.
    std::size_t bytes_due(const Filter& filter, Offset& after) const;

    EventStream::Snapshot snapshot() const { return stream_.snapshot(); }
    EventStream::Snapshot latest_of(const SymbolText& symbol) const {
        return stream_.latest_of(symbol);
    }

    /// `call` is called when the archive has read something, until it says true. For what has met
    /// a block that is Coming.
    void when_disk_delivers(std::function<bool()> call) { waiting_.push_back(std::move(call)); }
    /// The archive has read something.
    void disk_delivers();

    /// Snapshots in progress are bounded, because each pins memory of the stream.
    bool take_snapshot_slot();
    void free_snapshot_slot();

    const Clock& clock() const { return clock_; }
    FilterTable& filters() { return filters_; }

    struct Counts {
        std::uint64_t frames_built = 0;
        std::uint64_t frames_shared = 0;    ///< taken from the cache
        std::uint64_t frames_gathered = 0;  ///< of those built: made of slices, nothing copied
    };
    const Counts& counts() const { return counts_; }
    const EventArchive* archive() const { return archive_; }

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
    void encode(const SliceRequest& request, std::vector<EventRun> runs, Slice& slice);
    void remember(const Key& key, const Slice& slice);
    void forget_all();

    const EventStream& stream_;
    const Clock& clock_;
    EventArchive* archive_ = nullptr;
    FilterTable filters_;
    Nanos universes_due_{0};
    StreamRange head_;
    Offset oldest_;
    std::unordered_map<Key, Slice, KeyHash> cache_;
    std::string cache_epoch_;
    std::deque<Key> cache_order_;  // oldest first
    std::size_t cache_bytes_ = 0;
    std::size_t snapshots_ = 0;
    std::vector<std::function<bool()>> waiting_;
    Counts counts_;
};

}  // namespace tickstock

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "publishing/event_stream.hpp"
#include "server/filter.hpp"
#include "socketio/engine_packet.hpp"
#include "socketio/stock_data.hpp"

namespace tickstock {

/// What some Socket.IO clients want to see: events that any of the filters accepts, or all.
struct SocketIoFilters {
    bool all = true;  ///< false: only what `any_of` accepts, nothing if it is empty
    std::vector<std::shared_ptr<const Filter>> any_of;

    bool accepts(const StreamEntry& entry) const;
    /// Equal for equal wishes, as long as the filters live.
    std::string key() const;
};

/// All that Socket.IO clients with the same filters share: the packets of market_event, kept for
/// those that are behind, and those of stock_data. I/O thread only.
class SocketIoFeed {
public:
    /// Bounds what a client may be behind; who is further gets a `gap` instead.
    static constexpr std::size_t tape_packets = 8192;
    static constexpr std::size_t tape_bytes = std::size_t{8} << 20;
    static constexpr std::uint64_t tape_seconds = 60;  ///< longer than a silent session lives
    static constexpr std::size_t windows_kept = 4;     ///< seconds of stock_data

    explicit SocketIoFeed(SocketIoFilters filters) : filters_(std::move(filters)) {}

    const SocketIoFilters& filters() const { return filters_; }

    /// Where a client is on the tape.
    struct Cursor {
        std::uint64_t number = 0;  ///< of the next packet
        Offset offset;             ///< of the last event told
    };

    /// market_event packets are kept only while someone subscribes.
    bool is_subscribed() const { return subscribers_ > 0; }
    Cursor subscribe(Offset position);
    void unsubscribe() { --subscribers_; }
    /// A market_event (or a gap, which all have to be told) behind all others.
    void tell(EngineFrame packet, Offset offset);
    /// The client's next packet, nothing when it is at the end.
    std::optional<EngineFrame> next(Cursor& cursor) const;
    /// Bytes told ever: what became due is the difference of two looks.
    std::uint64_t bytes_told() const { return bytes_told_; }

    StockDataAccumulator& stock_data() { return stock_data_; }
    /// Closes a second of stock_data, if there was something. How many events were left out of it.
    std::uint64_t close_window(const Activity& activity, UnixNanos market_now);
    /// The window that the client who saw `seen` of them gets next. Windows that it came too late
    /// for are counted in `missed`.
    std::optional<EngineFrame> next_window(std::uint64_t& seen, std::uint64_t& missed) const;
    std::uint64_t windows() const { return windows_; }

private:
    struct Packet {
        EngineFrame frame;
        Offset offset;
        std::uint64_t second;  // when it came
    };
    void drop_oldest();

    const SocketIoFilters filters_;
    std::size_t subscribers_ = 0;
    std::deque<Packet> tape_;
    std::uint64_t first_ = 0;  // number of tape_.front()
    std::size_t tape_size_ = 0;
    Offset dropped_through_;    // of the packets that left the tape
    std::uint64_t second_ = 0;  // close_window() calls
    std::uint64_t bytes_told_ = 0;
    StockDataAccumulator stock_data_;
    std::uint64_t dropped_told_ = 0;
    std::deque<EngineFrame> last_windows_;
    std::uint64_t windows_ = 0;
};

/// `42["gap",{"from","to","reason"}]`: these offsets will not come. `to` 0 = the end is not known.
EngineFrame gap_packet(Offset from, Offset to, std::string_view reason);

}  // namespace tickstock

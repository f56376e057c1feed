#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "server/filter.hpp"
#include "server/frame_body.hpp"

namespace tickstock {

/// Collects what a filter accepts behind a position, block by block, for one frame. Plain: it is
/// full at the limits of a frame. Conflating: it must see all that is due to know what is the
/// latest per (symbol, type), and is cut to a frame at the end.
class FrameScan {
public:
    FrameScan(const Filter& filter, Offset after, bool conflates)
        : filter_(filter), conflates_(conflates), last_(after) {}

    bool is_full() const;
    /// Entries of the block from offset `next` on, up to `head`. REQUIRES: next = last() + 1.
    void take(const std::shared_ptr<const EventBlock>& block, Offset next, Offset head);

    Offset last() const { return last_; }  ///< complete up to here
    std::size_t looked_at() const { return looked_at_; }

    /// The end of it: what the frame holds. The other members are the frame's then.
    std::vector<EventRun> take_runs();
    std::size_t events() const { return events_; }
    UnixNanos ts_pub() const { return ts_pub_; }            ///< of the oldest
    UnixNanos ts_received() const { return ts_received_; }  ///< of its block

private:
    void accept(const std::shared_ptr<const EventBlock>& block, std::size_t index);
    void keep_latest();
    void cut_to_frame();

    const Filter& filter_;
    const bool conflates_;
    Offset last_;
    std::size_t looked_at_ = 0;
    std::size_t events_ = 0;
    std::size_t bytes_ = 0;
    UnixNanos ts_pub_;
    UnixNanos ts_received_;
    std::vector<EventRun> runs_;
};

}  // namespace tickstock

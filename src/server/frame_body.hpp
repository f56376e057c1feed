#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "publishing/event_block.hpp"

namespace tickstock {

/// Events of a block that stand side by side.
struct EventRun {
    std::shared_ptr<const EventBlock> block;
    std::size_t begin = 0;  ///< index of the first
    std::size_t end = 0;    ///< behind the last
};

/// The part of a frame that all clients share who asked for the same. Events stand in it as slices
/// of the stream's blocks, which it keeps alive, where the slices are long; short ones are copied
/// into one text, once for all those clients, because a socket takes one buffer more quickly than
/// many. Immutable.
class FrameBody {
public:
    static constexpr std::size_t max_slices = 60;
    /// Slices are kept from this length on (mean of a frame).
    static constexpr std::size_t slice_bytes = 2048;

    /// Just text.
    explicit FrameBody(std::string text);
    /// `begin`, then the runs with commas between all events, then `end`, which lives for ever.
    FrameBody(std::string begin, std::span<const EventRun> runs, std::string_view end);
    FrameBody(const FrameBody&) = delete;
    FrameBody& operator=(const FrameBody&) = delete;

    std::size_t size() const { return size_; }
    /// In order: the text, the slices, the end.
    static constexpr std::size_t max_parts = max_slices + 2;
    std::size_t fill(std::span<std::string_view> parts) const;  ///< returns how many
    /// All in one text.
    std::string str() const;
    bool is_gathered() const { return !slices_.empty(); }

private:
    std::string text_;
    std::vector<std::string_view> slices_;
    std::vector<std::shared_ptr<const EventBlock>> blocks_;  // of slices_
    std::string_view end_;
    std::size_t size_ = 0;
};

}  // namespace tickstock

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "publishing/event_stream.hpp"
#include "publishing/stored_frames.hpp"

namespace tickstock {

/// Where the frame of an event begins. Told by a cursor, for a later one that shall not read the
/// file from its begin.
struct StoredPlace {
    std::string path;
    Offset offset;
    std::uint64_t byte = 0;
};

/// Reads events of one epoch from the stored stream, front to back, up to the newest that was
/// written when it was made. One thread; must not outlive the disk.
class StoredCursor {
public:
    /// Files of contiguous offsets. `bytes`: no byte of the last one is read from there on.
    struct File {
        std::string path;
        Offset first;
        std::uint64_t bytes = 0;
    };
    /// REQUIRES: files.empty(), or files.front().first <= from.
    /// `near`: where to begin in its file, when that file is the one that holds `from`.
    /// REQUIRES: near.offset <= from.
    StoredCursor(Disk& disk, std::vector<File> files, Offset from, Offset last,
                 std::optional<StoredPlace> near = {});

    /// The next events, at most `most`, as a block of the stream with the ts_pub they were
    /// published at. Null at the end and at damage.
    std::shared_ptr<EventBlock> next(std::size_t most = 1024);

    /// What holds of regenerated events against those that were stored.
    struct Comparison {
        std::size_t equal = 0;  ///< so many at the block's front are the stored ones
        bool differs = false;   ///< the one behind them is not: another history
    };
    /// Holds the block, from its entry `begin` on, against the next stored events. Equal ones take
    /// the stored ts_pub. Ends at a difference, at the end (is_at_end()), and at damage.
    /// REQUIRES: block.entries[begin] has the offset due().
    Comparison compare(EventBlock& block, std::size_t begin = 0);

    /// Passes over events up to `offset`; due() says how far it came.
    void skip_to(Offset offset);
    /// Where the event due() begins. Nothing before the first one was read.
    std::optional<StoredPlace> place() const;

    Offset due() const { return due_; }  ///< of the next event
    Offset last() const { return last_; }
    bool is_at_end() const { return due_ > last_; }
    /// Why it ended before is_at_end(): damage at due(), or a file that is gone.
    const std::optional<Error>& failure() const { return failure_; }

private:
    bool advance();  // to the event due_; false: the end or a failure
    bool open_file();
    void fail(std::string_view what);

    Disk& disk_;
    std::vector<File> files_;
    std::size_t file_ = 0;  // index of the one at hand
    std::optional<StoredPlace> near_;
    std::optional<StoredFrames> frames_;
    bool at_event_ = false;  // frames_ stands at the event due_
    Offset due_;
    Offset last_;
    std::optional<Error> failure_;
};

}  // namespace tickstock

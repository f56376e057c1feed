#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "publishing/event_stream.hpp"
#include "publishing/stored_cursor.hpp"
#include "publishing/stored_format.hpp"

namespace tickstock {

struct StoredStreamOptions {
    std::string directory;
    std::uint64_t segment_bytes = std::uint64_t{64} << 20;  ///< a file this long is closed
    /// Whole files beyond these are removed, oldest first; never the newest.
    std::uint64_t retention_bytes = std::uint64_t{4} << 30;
    Nanos retention_age = std::chrono::hours(24 * 7);
};

/// The event stream on disk: what clients were sent, with epoch, offset and ts_pub, in files of one
/// directory; each holds contiguous offsets of one epoch. It can be regenerated from the journal,
/// so damage ends it at the last sound event before, and what stands behind is set aside under
/// another name: kept, told in notes(), and read no more.
///
/// append(), write(), close(), retain() and set_aside_from() are one thread's (the publisher's);
/// sync() may be another's, one at a time; the rest may be called by any.
class StoredStream {
public:
    /// Makes the directory when it is absent, cuts a torn tail, sets damage aside. The next append
    /// starts a new file. An error: a file cannot be read, or a newer program wrote it; nothing is
    /// changed then that was not torn or damaged.
    static Result<std::unique_ptr<StoredStream>> open(Disk& disk, StoredStreamOptions options);

    /// What stood in the directory when it was opened.
    struct Found {
        std::string epoch;  ///< of the newest event; empty = there is none
        Offset first;       ///< of the events before it without a hole
        Offset last;
        std::uint64_t files = 0;
        std::uint64_t torn_bytes = 0;
    };
    const Found& found() const { return found_; }

    /// Buffered; no system call. Takes the block's entries from index `from` on.
    /// REQUIRES: in an epoch, offsets above all that were appended; the next one, unless
    /// set_aside_from() or open() found damage.
    void append(std::string_view epoch, const EventBlock& block, std::size_t from = 0);

    enum class Written : std::uint8_t {
        Done,
        DiskFull,  ///< kept in the buffer; call again later
        Failed,    ///< for ever: failure() says why
    };
    /// Hands all that was appended to the operating system: a killed process loses none of it.
    Written write();
    /// Waits until all that was written is on the disk. False: failed, for ever.
    bool sync();
    /// Close frame, write, sync: the end in good order. Nothing may be appended after.
    bool close();

    /// Of the newest epoch written; 0 = nothing of it yet.
    Offset written_through() const { return Offset{written_.load(std::memory_order_acquire)}; }
    Offset durable_through() const { return Offset{durable_.load(std::memory_order_acquire)}; }
    std::uint64_t unwritten_bytes() const { return unwritten_.load(std::memory_order_relaxed); }
    std::uint64_t bytes() const;  ///< of all files in use
    std::optional<Error> failure() const;
    /// What was cut, set aside or could not be removed, for the log, since the last call.
    std::vector<std::string> take_notes();

    /// Offsets of the epoch that can be read, up to its newest without a hole; first > last: none.
    StreamRange range(std::string_view epoch) const;
    /// Reads what is written now. REQUIRES: range().first <= from; near.offset <= from.
    std::unique_ptr<StoredCursor> read(std::string_view epoch, Offset from,
                                       std::optional<StoredPlace> near = {}) const;
    /// The files in use, in the order in which they were written, for whoever reads all that is
    /// there: of an epoch with a hole range() tells the newest part only.
    struct FileRange {
        std::string name;  ///< for read_file()
        std::string epoch;
        Offset first;
        Offset last;
    };
    std::vector<FileRange> files() const;
    /// Reads what is written now in one of them. Null: the file is not in use any more.
    /// REQUIRES: file.first <= from; near.offset <= from.
    std::unique_ptr<StoredCursor> read_file(const FileRange& file, Offset from,
                                            std::optional<StoredPlace> near = {}) const;
    /// Of the file that holds `offset`, and of the one behind it. Nothing when there is none.
    std::optional<Offset> file_first(std::string_view epoch, Offset offset) const;
    std::optional<Offset> next_file_first(std::string_view epoch, Offset offset) const;

    /// The last events up to and including `through`, as EventStream::restore() wants them: as many
    /// as take `memory` bytes there.
    struct Newest {
        std::vector<std::shared_ptr<const EventBlock>> blocks;  ///< empty at damage
        Offset due;                                             ///< behind the last one read
        std::optional<Error> failure;                           ///< damage at `due`
    };
    /// Their symbols get `numbers`, when given.
    Newest newest(std::string_view epoch, Offset through, std::size_t memory,
                  SymbolNumbers* numbers = nullptr) const;

    /// The events of the epoch from this one on are not to be trusted (a cursor met damage there):
    /// sets them aside; the one before is the epoch's last. Before the first append.
    /// False: failed, for ever.
    bool set_aside_from(std::string_view epoch, Offset offset);

    /// Removes files beyond retention. `wall` = now.
    void retain(UnixNanos wall);

private:
    struct Segment {
        std::string name;
        StoredHeader header;
        Offset last;
        std::uint64_t bytes = 0;
    };
    /// A file on its way to the disk.
    struct Output {
        std::string name;
        StoredHeader header;
        Offset last;  // appended
        std::string buffer;
        std::uint64_t written = 0;       // bytes in the file
        std::shared_ptr<DiskFile> file;  // null until the first write
        bool closed = false;             // nothing more is appended
    };

    StoredStream(Disk& disk, StoredStreamOptions options);

    // stored_stream_load.cpp
    DiskResult<DiskDone> load();
    DiskResult<DiskDone> refuse_newer(const std::vector<std::string>& names);
    DiskResult<DiskDone> load_file(const std::string& name, std::string& broken_epoch);
    DiskResult<DiskDone> end_unclosed(Segment& segment, StoredFrames& frames, bool& broken);
    DiskResult<DiskDone> sync_found();
    DiskResult<DiskDone> remove_unused(const std::string& name, std::uint64_t bytes);
    DiskResult<DiskDone> set_aside(const std::string& name, std::string_view why);
    DiskResult<bool> set_tail_aside(const std::string& name, std::uint64_t begin,
                                    std::string_view why);
    DiskResult<DiskDone> copy_tail(const std::string& name, std::uint64_t begin,
                                   const std::string& to);
    DiskResult<DiskDone> cut(Segment& segment, std::uint64_t size);
    DiskResult<DiskDone> set_segments_aside(std::string_view epoch, Offset offset);
    DiskResult<bool> keep_front(Segment& segment, Offset offset);

    void begin_file(std::string_view epoch, const StreamEntry& first);
    void end_file();
    Written write(Output& output);
    Written failed(const DiskError& error);
    void note_written(const Output& output);
    bool limit_unsynced();
    void note(std::string text);
    std::string path(const std::string& name) const { return options_.directory + "/" + name; }
    Offset offset_to_fill(std::string_view epoch, Offset through, std::uint64_t bytes) const;
    std::span<const Segment> run_of(std::string_view epoch) const;  // newest without a hole

    Disk& disk_;
    const StoredStreamOptions options_;
    Found found_;
    std::uint64_t next_number_ = 1;
    // Publisher's.
    std::deque<Output> outputs_;  // the last one is appended to
    std::string spare_;           // a buffer that is not used
    std::string appended_epoch_;
    Offset appended_;
    bool closed_ = false;

    std::atomic<std::uint64_t> written_{0};
    std::atomic<std::uint64_t> durable_{0};
    std::atomic<std::uint64_t> unwritten_{0};

    mutable std::mutex mutex_;  // guards all below
    std::vector<Segment> segments_;
    std::vector<std::shared_ptr<DiskFile>> unsynced_;
    bool directory_unsynced_ = false;
    std::string written_epoch_;
    std::vector<std::string> notes_;
    std::optional<Error> failure_;
};

}  // namespace tickstock

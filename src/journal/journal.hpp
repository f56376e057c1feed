#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "journal/segment_format.hpp"
#include "model/accounting.hpp"
#include "model/decision.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"

namespace tickstock {

struct JournalOptions {
    std::string directory;
    std::uint64_t segment_bytes = std::uint64_t{64} << 20;  ///< a segment this long is closed
    /// Whole segments beyond these are removed, oldest first, when nobody needs them any more.
    std::uint64_t retention_bytes = std::uint64_t{10} << 30;
    Nanos retention_age = std::chrono::hours(24 * 7);
    /// Room that is reserved in front, so that a full disk is seen before a record is lost.
    std::uint64_t reserve_bytes = std::uint64_t{64} << 20;
    std::uint32_t logic_version = 0;
    BootId boot{};  ///< of the machine: /proc/sys/kernel/random/boot_id
};

/// What stood in the directory when it was opened.
struct JournalFound {
    Sequence first;  ///< of the oldest entry kept; 0 = the journal is empty
    Sequence last;   ///< of the newest entry
    UnixNanos last_clock;
    std::uint32_t logic_version = 0;  ///< of the newest segment with an entry
    BootId boot{};                    ///< of the same
    bool closed = false;              ///< its writer stopped in good order
    std::uint64_t torn_bytes = 0;     ///< cut off now
    std::uint64_t segments = 0;       ///< that hold something
};

/// All that was admitted and decided, in the one order, in segment files of one directory. Entries
/// are records, clock ticks and decisions; each has the sequence after the one before. The text of
/// a symbol stands in each segment before the first entry that names it.
///
/// One thread (the sequencer's) appends, writes, retains and closes; sync() may be another's, also
/// while the first works. docs/reference/journal.md says what is on the disk.
class Journal {
public:
    /// Makes the directory when it is absent, cuts a torn tail off the newest segment (empty
    /// segments behind a crash included), and goes on in a new segment. Damage before valid frames,
    /// a hole between segments and a format version newer than this program's are errors that name
    /// file and byte; nothing is changed then.
    static Result<std::unique_ptr<Journal>> open(Disk& disk, JournalOptions options,
                                                 UnixNanos wall);
    virtual ~Journal() = default;

    virtual const JournalFound& found() const = 0;
    /// Of the next entry.
    virtual Sequence next_sequence() const = 0;

    /// Buffered; no failure, no system call, no allocation once the buffer has grown.
    /// REQUIRES: the next sequence; record_fault() or decision_fault() finds nothing; not closed.
    virtual void append(const Record& record, const SymbolTable& symbols) = 0;
    virtual void append(const Decision& decision, const SymbolTable& symbols) = 0;
    /// So many records of the source were refused before the next entry: they count in its
    /// position. Has no sequence.
    virtual void append_refused(SourceId source, Reason reason, std::uint32_t count) = 0;

    enum class Written : std::uint8_t {
        Done,
        DiskFull,  ///< admit nothing more for now and call again later; see write()
        Failed,    ///< for ever: failure() says why
    };
    /// Hands all that was appended to the operating system: a killed process loses none of it.
    /// Starts a new segment when this one is full. DiskFull comes as soon as the reserve in front
    /// is half used and cannot be renewed; what was appended is written then all the same, as long
    /// as there is reserve (unwritten_bytes() is what is not).
    virtual Written write() = 0;
    /// Waits until all that was written is on the disk, segments that were rotated out and the
    /// directory included. False: failed, for ever; nothing is retried.
    virtual bool sync() = 0;
    /// Close frame and sync: the end in good order. Nothing may be appended after.
    virtual bool close() = 0;

    /// Any thread. 0 = nothing yet.
    virtual Sequence written_through() const = 0;
    virtual Sequence durable_through() const = 0;
    /// Any thread. Appended and not yet written.
    virtual std::uint64_t unwritten_bytes() const = 0;
    virtual std::uint64_t bytes() const = 0;     ///< of all segments
    virtual std::uint64_t segments() const = 0;  ///< that are kept
    virtual Sequence first() const = 0;          ///< oldest entry kept; 0 = none

    virtual std::optional<Error> failure() const = 0;

    /// Removes segments beyond retention that hold nothing from `needed` on. `wall` also dates the
    /// segments that are started after. What could not be removed stays for the next call.
    virtual void retain(Sequence needed, UnixNanos wall) = 0;
    /// Why the last retain() could not remove a segment.
    virtual std::optional<Error> retention_failure() const = 0;
};

/// An entry as it was journaled.
struct JournalEntry {
    Sequence sequence;
    std::optional<Decision> decision;  ///< else:
    Record record;                     ///< with the journal's symbol id, sequence and clock
    bool is_decision() const { return decision.has_value(); }
};

/// Reads a journal's entries front to back, across segments, also while another thread writes it:
/// End then only means "not written yet", and next() may be called again. One thread.
class JournalCursor {
public:
    enum class Writer : std::uint8_t {
        Running,  ///< End = nothing more yet
        Gone,     ///< End = the end; damage anywhere behind is found
    };
    /// `from` = the first entry wanted, 0 = the oldest kept; an error when it is older than that.
    /// Reads from a segment's begin up to it, so that take_symbols() tells every id that can come.
    /// `path` is a journal's directory, or one segment file.
    static Result<std::unique_ptr<JournalCursor>> open(Disk& disk, const std::string& path,
                                                       Sequence from,
                                                       Writer writer = Writer::Running);
    virtual ~JournalCursor() = default;

    enum class Next : std::uint8_t {
        Entry,
        End,     ///< nothing more yet
        Damage,  ///< failure() says where
    };
    virtual Next next(JournalEntry& entry) = 0;

    using SymbolDefinition = tickstock::SymbolDefinition;
    /// Definitions met since the last call, in order, each id once.
    virtual std::vector<SymbolDefinition> take_symbols() = 0;
    virtual bool has_symbols() const = 0;
    /// Records that were refused at admission (append_refused) directly before `from` or later, met
    /// since the last call.
    struct Refused {
        SourceId source;
        Reason reason = Reason::QueueFull;
        std::uint64_t count = 0;
    };
    virtual std::vector<Refused> take_refused() = 0;
    virtual const SegmentHeader& header() const = 0;  ///< of the segment at hand
    /// Of the segment at hand; complete after End when the writer is gone.
    virtual SegmentTail tail() const = 0;
    /// Of all segments read so far, headers included.
    virtual std::uint64_t bytes_read() const = 0;
    virtual std::optional<Error> failure() const = 0;
};

}  // namespace tickstock

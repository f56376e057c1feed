#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "journal/snapshot_format.hpp"

namespace tickstock {

/// A part of a snapshot: the caller's number for what it holds, and the bytes.
struct SnapshotSection {
    std::uint32_t kind = 0;
    std::string bytes;
};

/// A snapshot on its way to the disk, in pieces of any size. The first failure stays: what follows
/// does nothing, and finish() tells it. Destroyed unfinished, it leaves no snapshot. One thread.
class SnapshotWriter {
public:
    ~SnapshotWriter();
    SnapshotWriter(const SnapshotWriter&) = delete;
    SnapshotWriter& operator=(const SnapshotWriter&) = delete;

    /// Ends the section before. Kinds may repeat.
    void begin_section(std::uint32_t kind);
    /// REQUIRES: within a section.
    void append(std::string_view bytes);

    /// Syncs the file, gives it its name, syncs the directory, and removes the oldest snapshots
    /// beyond those kept. May block for as long as the disk takes. After an error the snapshots
    /// before are all there. Nothing may be called after.
    DiskResult<DiskDone> finish();

    bool failed() const { return failure_.has_value(); }
    std::uint64_t size() const { return position_ + buffer_.size(); }  ///< bytes so far

private:
    friend class SnapshotStore;
    SnapshotWriter(Disk& disk, std::string directory, std::size_t keep,
                   const SnapshotHeader& header);

    void create();
    void end_section();
    void flush();
    void write_at(std::uint64_t offset, std::string_view bytes);
    bool keep_failure(const DiskResult<DiskDone>& result);  // true = it worked
    void remove_oldest();
    std::string path() const;
    std::string aside() const { return path() + ".tmp"; }

    Disk& disk_;
    const std::string directory_;
    const std::size_t keep_;
    const SnapshotHeader header_;
    std::unique_ptr<DiskFile> file_;  // null after finish()
    bool created_ = false;
    std::string buffer_;  // behind position_
    std::uint64_t position_ = snapshot_header_size;
    std::uint32_t sections_ = 0;
    std::uint64_t section_at_ = 0;  // of the head of the section at hand
    std::uint32_t section_kind_ = 0;
    std::uint32_t section_checksum_ = 0;
    std::optional<DiskError> failure_;
};

/// The snapshot files of one directory: state behind a sequence of the journal. A file is written
/// aside and renamed when it is whole and on the disk, so a name never stands for half of one. One
/// thread, one writer at a time.
class SnapshotStore {
public:
    SnapshotStore(Disk& disk, std::string directory, std::size_t keep = 3);

    /// Makes the directory when it is absent and removes what an interrupted writer left.
    /// The writer must not outlive the disk.
    std::unique_ptr<SnapshotWriter> begin(const SnapshotHeader& header);
    DiskResult<DiskDone> save(const SnapshotHeader& header,
                              std::span<const SnapshotSection> sections);

    struct Snapshot {
        std::string name;
        SnapshotHeader header;  ///< the logic version and configuration are the caller's to judge
        std::vector<SnapshotSection> sections;

        /// The first of its kind, or null.
        const std::string* find(std::uint32_t kind) const;
    };
    struct Found {
        std::optional<Snapshot> snapshot;
        std::vector<std::string> notes;  ///< each damaged file that was passed over
    };
    /// The newest whole snapshot at or before `limit`. An error: the newest that is not damaged
    /// has a format version or a machine that this program cannot read, or the directory cannot be
    /// read. Changes nothing.
    Result<Found> load_newest(Sequence limit);

    /// Renames snapshots behind `limit` to NAME.ahead and returns their names: the journal has lost
    /// the entries that they stand on, and gives their sequences anew. Every start calls it with
    /// the journal's last entry.
    DiskResult<std::vector<std::string>> set_aside_after(Sequence limit);

private:
    Disk& disk_;
    const std::string directory_;
    const std::size_t keep_;
};

/// Reads a whole snapshot file. Nothing = sound.
std::optional<SnapshotFault> read_snapshot(DiskFile& file, SnapshotHeader& header,
                                           std::vector<SnapshotSection>& sections);

}  // namespace tickstock

#pragma once

#include <cerrno>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace tickstock {

/// A file operation that did not work.
struct DiskError {
    int code = 0;         ///< errno
    std::string message;  ///< names the file, the action and the cause

    /// No room: worth trying again once somebody has made some. Everything else is for ever.
    bool is_full() const { return code == ENOSPC || code == EDQUOT; }
};

template <class T>
using DiskResult = Result<T, DiskError>;
/// Nothing to return but success.
struct DiskDone {};

/// An open file. Positioned reads and writes only, so that nobody depends on a shared position.
class DiskFile {
public:
    virtual ~DiskFile() = default;

    /// All of `bytes` or an error; after an error any part of them may have been written.
    virtual DiskResult<DiskDone> write_at(std::uint64_t offset, std::span<const char> bytes) = 0;
    /// Up to into.size() bytes; fewer only at the end of the file.
    virtual DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<char> into) = 0;
    /// Waits until what was written is on the disk (fdatasync). May be called from another thread
    /// than write_at. Never to be repeated after an error: the system may have dropped the pages.
    virtual DiskResult<DiskDone> sync() = 0;
    virtual DiskResult<DiskDone> truncate(std::uint64_t size) = 0;
    /// Reserves room behind the end, which reads as zeros; the file grows to `size`.
    virtual DiskResult<DiskDone> reserve(std::uint64_t size) = 0;
    virtual DiskResult<std::uint64_t> size() const = 0;
};

/// Everything that the journal, snapshots and the stored stream do to files. The product has one
/// (FileDisk); simulations and fault tests have others.
class Disk {
public:
    enum class Mode : std::uint8_t {
        Read,    ///< must exist
        Write,   ///< reading and writing; must exist
        Create,  ///< reading and writing; must not exist
    };

    virtual ~Disk() = default;

    virtual DiskResult<std::unique_ptr<DiskFile>> open(const std::string& path, Mode mode) = 0;
    /// Names of the files in the directory, sorted; without folders. Absent = empty.
    virtual DiskResult<std::vector<std::string>> list(const std::string& directory) = 0;
    virtual DiskResult<DiskDone> make_directories(const std::string& path) = 0;
    /// Replaces `to`.
    virtual DiskResult<DiskDone> rename(const std::string& from, const std::string& to) = 0;
    virtual DiskResult<DiskDone> remove(const std::string& path) = 0;
    /// Makes creations, renames and removals in it survive a power cut.
    virtual DiskResult<DiskDone> sync_directory(const std::string& path) = 0;
};

}  // namespace tickstock

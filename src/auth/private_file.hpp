#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tickstock {

/// Which version of a file was read: changes when the file is written or replaced.
struct FileStamp {
    bool exists = false;
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;
    std::int64_t size = 0;

    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// The file's stamp now; exists = false when there is none.
FileStamp stamp_of(const std::string& path);

/// Who may read a file that is to be read.
enum class Privacy : std::uint8_t {
    Owner,       ///< neither its group nor others, or it is refused
    OwnerGroup,  ///< not others
    Anyone,
};

struct ReadFile {
    std::string text;
    FileStamp stamp;
};

/// A regular file of at most `limit` bytes. Errors name the path and what is accepted.
Result<ReadFile> read_file(const std::string& path, Privacy privacy, std::size_t limit);

/// Writes `text` in one step: readers see the old file or the whole new one, also after a power
/// cut. Mode 0600. With `must_be_new` an existing file is an error and stays.
Result<FileStamp> write_private_file(const std::string& path, std::string_view text,
                                     bool must_be_new);

/// Held while a file is read, changed and written again: another process waits.
class FileLock {
public:
    /// Makes and locks `path`.lock.
    static Result<FileLock> take(const std::string& path);
    ~FileLock();
    FileLock(FileLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
    FileLock& operator=(FileLock&&) = delete;

private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

}  // namespace tickstock

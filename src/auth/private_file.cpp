#include "auth/private_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tickstock {
namespace {

/// Closes at the end of a scope.
struct Descriptor {
    int number = -1;
    ~Descriptor() {
        if (number >= 0) {
            ::close(number);
        }
    }
};

Error failure(const std::string& path, const char* action) {
    return Error{fmt::format("{}: cannot be {}: {}", path, action, std::strerror(errno))};
}

FileStamp stamp_from(const struct stat& status) {
    const auto ns = [](const timespec& t) {
        return std::int64_t{t.tv_sec} * 1'000'000'000 + std::int64_t{t.tv_nsec};
    };
    return {true,
            status.st_dev,
            status.st_ino,
            ns(status.st_mtim),
            ns(status.st_ctim),
            std::int64_t{status.st_size}};
}

Result<bool> check_mode(const std::string& path, const struct stat& status, Privacy privacy) {
    if (!S_ISREG(status.st_mode)) {
        return Error{fmt::format("{}: accepted is a regular file", path)};
    }
    const auto open_to = [&](mode_t bits) { return (status.st_mode & bits) != 0; };
    if (privacy == Privacy::Owner && open_to(077)) {
        return Error{
            fmt::format("{}: mode {:04o}: its group or others have access; accepted is a "
                        "file of its owner only (chmod 600)",
                        path, status.st_mode & 07777)};
    }
    if (privacy == Privacy::OwnerGroup && open_to(007)) {
        return Error{fmt::format("{}: mode {:04o}: others have access; accepted is none", path,
                                 status.st_mode & 07777)};
    }
    return true;
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return true;
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

FileStamp stamp_of(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? stamp_from(status) : FileStamp{};
}

Result<ReadFile> read_file(const std::string& path, Privacy privacy, std::size_t limit) {
    // O_NONBLOCK: a FIFO of this name must not hold the caller up.
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat status {};
    if (file.number < 0 || ::fstat(file.number, &status) != 0) {
        return failure(path, "read");
    }
    if (const auto good = check_mode(path, status, privacy); !good) {
        return good.error();
    }
    ReadFile result{std::string(limit + 1, '\0'), stamp_from(status)};
    std::size_t length = 0;
    while (length <= limit) {
        const auto got = ::read(file.number, result.text.data() + length, limit + 1 - length);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return failure(path, "read");
        }
        if (got == 0) {
            result.text.resize(length);
            return result;
        }
        length += static_cast<std::size_t>(got);
    }
    return Error{fmt::format("{}: accepted are at most {} bytes", path, limit)};
}

Result<FileStamp> write_private_file(const std::string& path, std::string_view text,
                                     bool must_be_new) {
    std::string temporary = path + ".XXXXXX";
    const Descriptor file{::mkostemp(temporary.data(), O_CLOEXEC)};  // mode 0600
    if (file.number < 0) {
        return failure(path, "written");
    }
    struct stat status {};
    const bool written = write_all(file.number, text) && ::fsync(file.number) == 0;
    // link() fails where the file exists; rename() replaces it.
    const bool placed = written && (must_be_new ? ::link(temporary.c_str(), path.c_str())
                                                : ::rename(temporary.c_str(), path.c_str())) == 0;
    const Error error = failure(path, "written");
    if (!placed || must_be_new) {
        ::unlink(temporary.c_str());
    }
    if (!placed) {
        return error;
    }
    const Descriptor folder{::open(folder_of(path).c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY)};
    if (folder.number < 0 || ::fsync(folder.number) != 0 || ::fstat(file.number, &status) != 0) {
        return failure(path, "made safe on the disk");
    }
    return stamp_from(status);
}

Result<FileLock> FileLock::take(const std::string& path) {
    const std::string lock = path + ".lock";
    const int descriptor = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return failure(lock, "made");
    }
    FileLock held(descriptor);
    while (::flock(descriptor, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return failure(lock, "locked");
        }
    }
    return held;
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

}  // namespace tickstock

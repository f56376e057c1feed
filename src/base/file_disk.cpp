#include "base/file_disk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace tickstock {
namespace {

constexpr mode_t file_mode = 0640;
constexpr mode_t directory_mode = 0750;

DiskError error_of(const std::string& path, const char* action, int code) {
    return {code, path + ": cannot " + action + ": " + std::strerror(code)};
}

/// Calls again while a signal breaks it off.
template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) {
        result = call();
    }
    return result;
}

class SystemFile final : public DiskFile {
public:
    SystemFile(std::string path, int descriptor)
        : path_(std::move(path)), descriptor_(descriptor) {}
    ~SystemFile() override { ::close(descriptor_); }
    SystemFile(const SystemFile&) = delete;
    SystemFile& operator=(const SystemFile&) = delete;

    DiskResult<DiskDone> write_at(std::uint64_t offset, std::span<const char> bytes) override {
        while (!bytes.empty()) {
            const ssize_t count = uninterrupted([&] {
                return ::pwrite(descriptor_, bytes.data(), bytes.size(),
                                static_cast<off_t>(offset));
            });
            if (count <= 0) {
                return failed("write", count == 0 ? EIO : errno);
            }
            bytes = bytes.subspan(static_cast<std::size_t>(count));
            offset += static_cast<std::uint64_t>(count);
        }
        return DiskDone{};
    }

    DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
        std::size_t done = 0;
        while (done < into.size()) {
            const ssize_t count = uninterrupted([&] {
                return ::pread(descriptor_, into.data() + done, into.size() - done,
                               static_cast<off_t>(offset + done));
            });
            if (count < 0) {
                return failed("read", errno);
            }
            if (count == 0) {
                break;
            }
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

    DiskResult<DiskDone> sync() override {
        // A signal may break the wait off; the pages are still dirty then.
        return done_or_failed(uninterrupted([&] { return ::fdatasync(descriptor_); }), "sync");
    }

    DiskResult<DiskDone> truncate(std::uint64_t size) override {
        return done_or_failed(
            uninterrupted([&] { return ::ftruncate(descriptor_, static_cast<off_t>(size)); }),
            "change the size");
    }

    DiskResult<DiskDone> reserve(std::uint64_t size) override {
        const DiskResult<std::uint64_t> found = this->size();
        if (!found) {
            return found.error();
        }
        const std::uint64_t before = found.value();
        if (size <= before) {
            return DiskDone{};
        }
        const int result = uninterrupted([&] {
            return ::fallocate(descriptor_, 0, static_cast<off_t>(before),
                               static_cast<off_t>(size - before));
        });
        if (result == 0) {
            return DiskDone{};
        }
        const int code = errno;
        if (code == EOPNOTSUPP || code == ENOSYS) {
            return truncate(size);  // grows without blocks: full is seen at the write only
        }
        static_cast<void>(truncate(before));  // gives back what it got before it failed
        return failed("reserve room", code);
    }

    DiskResult<std::uint64_t> size() const override {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0) {
            return failed("look at the size", errno);
        }
        return static_cast<std::uint64_t>(status.st_size);
    }

private:
    DiskError failed(const char* action, int code) const { return error_of(path_, action, code); }
    DiskResult<DiskDone> done_or_failed(int result, const char* action) const {
        if (result != 0) {
            return failed(action, errno);
        }
        return DiskDone{};
    }

    const std::string path_;
    const int descriptor_;
};

int flags_of(Disk::Mode mode) {
    switch (mode) {
        case Disk::Mode::Read: return O_RDONLY;
        case Disk::Mode::Write: return O_RDWR;
        case Disk::Mode::Create: return O_RDWR | O_CREAT | O_EXCL;
    }
    return O_RDONLY;
}

std::string parent_of(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    if (slash == std::string::npos) {
        return ".";
    }
    return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_directory(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_regular_file(int directory, const dirent& entry) {
    struct stat status {};
    return ::fstatat(directory, entry.d_name, &status, 0) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

DiskResult<std::unique_ptr<DiskFile>> FileDisk::open(const std::string& path, Mode mode) {
    const char* action = mode == Mode::Create ? "create" : "open";
    const int descriptor =
        uninterrupted([&] { return ::open(path.c_str(), flags_of(mode) | O_CLOEXEC, file_mode); });
    if (descriptor < 0) {
        return error_of(path, action, errno);
    }
    auto file = std::make_unique<SystemFile>(path, descriptor);
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) {
        return error_of(path, action, errno);
    }
    if (S_ISDIR(status.st_mode)) {  // the system opens one for reading
        return error_of(path, action, EISDIR);
    }
    return std::unique_ptr<DiskFile>(std::move(file));
}

DiskResult<std::vector<std::string>> FileDisk::list(const std::string& directory) {
    std::vector<std::string> names;
    DIR* const stream = ::opendir(directory.c_str());
    if (stream == nullptr) {
        if (errno == ENOENT) {
            return names;
        }
        return error_of(directory, "list", errno);
    }
    int code = 0;
    for (;;) {
        errno = 0;
        const dirent* const entry = ::readdir(stream);
        if (entry == nullptr) {
            code = errno;
            break;
        }
        if (is_regular_file(::dirfd(stream), *entry)) {
            names.emplace_back(entry->d_name);
        }
    }
    ::closedir(stream);
    if (code != 0) {
        return error_of(directory, "list", code);
    }
    std::sort(names.begin(), names.end());
    return names;
}

DiskResult<DiskDone> FileDisk::make_directories(const std::string& path) {
    if (path.empty() || is_directory(path)) {
        return DiskDone{};
    }
    const std::string parent = parent_of(path);
    if (parent != path) {
        if (DiskResult<DiskDone> made = make_directories(parent); !made) {
            return made;
        }
    }
    // Another process may have been faster; a path that ends in a slash was made with its parent.
    if (::mkdir(path.c_str(), directory_mode) != 0 && !(errno == EEXIST && is_directory(path))) {
        return error_of(path, "create the directory", errno);
    }
    return sync_directory(parent);
}

DiskResult<DiskDone> FileDisk::rename(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) {
        return error_of(from, ("rename to " + to).c_str(), errno);
    }
    return DiskDone{};
}

DiskResult<DiskDone> FileDisk::remove(const std::string& path) {
    if (::unlink(path.c_str()) != 0) {
        return error_of(path, "remove", errno);
    }
    return DiskDone{};
}

DiskResult<DiskDone> FileDisk::sync_directory(const std::string& path) {
    const int descriptor =
        uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (descriptor < 0) {
        return error_of(path, "open the directory", errno);
    }
    const int result = uninterrupted([&] { return ::fsync(descriptor); });
    const int code = errno;
    ::close(descriptor);
    // Some file systems have nothing to sync in a directory and say so.
    if (result != 0 && code != EINVAL) {
        return error_of(path, "sync the directory", code);
    }
    return DiskDone{};
}

}  // namespace tickstock

#include "sources/files/byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tickstock {
namespace {

class FileSource final : public ByteSource {
public:
    FileSource(int fd, bool owned, std::uint64_t total) : fd_(fd), owned_(owned), total_(total) {}
    ~FileSource() override {
        if (owned_) {
            ::close(fd_);
        }
    }
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    std::size_t read(std::span<char> into) override {
        for (;;) {
            const ssize_t got = ::read(fd_, into.data(), into.size());
            if (got >= 0) {
                read_ += static_cast<std::uint64_t>(got);
                return static_cast<std::size_t>(got);
            }
            if (errno != EINTR) {
                failure_ = Error{fmt::format("read error: {}", std::strerror(errno))};
                return 0;
            }
        }
    }
    const std::optional<Error>& failure() const override { return failure_; }
    std::uint64_t bytes_read() const override { return read_; }
    std::uint64_t bytes_total() const override { return total_; }

private:
    int fd_;
    bool owned_;
    std::uint64_t total_;
    std::uint64_t read_ = 0;
    std::optional<Error> failure_;
};

class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}

    std::size_t read(std::span<char> into) override {
        const std::size_t n = std::min(into.size(), bytes_.size() - at_);
        std::memcpy(into.data(), bytes_.data() + at_, n);
        at_ += n;
        return n;
    }
    const std::optional<Error>& failure() const override { return failure_; }
    std::uint64_t bytes_read() const override { return at_; }
    std::uint64_t bytes_total() const override { return bytes_.size(); }

private:
    std::string_view bytes_;
    std::size_t at_ = 0;
    std::optional<Error> failure_;
};

class PrefixedSource final : public ByteSource {
public:
    PrefixedSource(std::string head, std::unique_ptr<ByteSource> rest)
        : head_(std::move(head)), rest_(std::move(rest)) {}

    std::size_t read(std::span<char> into) override {
        if (at_ == head_.size()) {
            return rest_->read(into);
        }
        const std::size_t n = head_.copy(into.data(), into.size(), at_);
        at_ += n;
        return n;
    }
    const std::optional<Error>& failure() const override { return rest_->failure(); }
    std::uint64_t bytes_read() const override { return rest_->bytes_read(); }
    std::uint64_t bytes_total() const override { return rest_->bytes_total(); }

private:
    std::string head_;
    std::size_t at_ = 0;
    std::unique_ptr<ByteSource> rest_;
};

}  // namespace

std::unique_ptr<ByteSource> prefixed(std::string head, std::unique_ptr<ByteSource> rest) {
    return std::make_unique<PrefixedSource>(std::move(head), std::move(rest));
}

Result<std::unique_ptr<ByteSource>> open_raw(const std::string& path) {
    if (path == "-") {
        return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(STDIN_FILENO, false, 0));
    }
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return Error{fmt::format("{}: cannot open: {}", path, std::strerror(errno))};
    }
    struct stat info {};
    const bool known = ::fstat(fd, &info) == 0;
    if (known && S_ISDIR(info.st_mode)) {
        ::close(fd);
        return Error{fmt::format("{}: is a directory; a file is wanted", path)};
    }
    const bool regular = known && S_ISREG(info.st_mode);
    if (regular) {
        ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(
        fd, true, regular ? static_cast<std::uint64_t>(info.st_size) : 0));
}

std::unique_ptr<ByteSource> memory_source(std::string_view bytes) {
    return std::make_unique<MemorySource>(bytes);
}

}  // namespace tickstock

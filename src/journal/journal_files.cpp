#include "journal/journal_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace tickstock {
namespace {

constexpr std::string_view suffix = ".tsj";
constexpr std::size_t digits = 20;  // of the greatest sequence

/// A file descriptor that closes itself.
class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() { ::close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace

std::string segment_name(Sequence first) {
    return fmt::format("{:020}{}", first.value(), suffix);
}

std::optional<Sequence> parse_segment_name(std::string_view name) {
    if (name.size() != digits + suffix.size() || !name.ends_with(suffix)) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    const char* const end = name.data() + digits;
    const auto [rest, error] = std::from_chars(name.data(), end, value);
    if (error != std::errc() || rest != end || value == 0) {
        return std::nullopt;
    }
    return Sequence{value};
}

std::string segment_path(const std::string& directory, Sequence first) {
    return directory + "/" + segment_name(first);
}

Result<std::vector<Sequence>> list_segments(Disk& disk, const std::string& directory) {
    const auto names = disk.list(directory);
    if (!names) {
        return to_error(names.error());
    }
    std::vector<Sequence> segments;
    for (const std::string& name : names.value()) {
        if (const auto first = parse_segment_name(name)) {
            segments.push_back(*first);
        }
    }
    std::sort(segments.begin(), segments.end());
    return segments;
}

ReadBytesAt read_disk_file(std::shared_ptr<DiskFile> file) {
    return [file = std::move(file)](std::uint64_t offset,
                                    std::span<char> into) -> Result<std::size_t> {
        const auto count = file->read_at(offset, into);
        if (!count) {
            return to_error(count.error());
        }
        return count.value();
    };
}

Result<ReadBytes> read_file_bytes(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return Error{fmt::format("{}: cannot open: {}", path, std::strerror(errno))};
    }
    const auto file = std::make_shared<File>(descriptor);
    return ReadBytes([file, path](std::span<char> into) -> Result<std::size_t> {
        ssize_t count = -1;
        do {
            count = ::read(file->descriptor(), into.data(), into.size());
        } while (count < 0 && errno == EINTR);
        if (count < 0) {
            return Error{fmt::format("{}: cannot read: {}", path, std::strerror(errno))};
        }
        return static_cast<std::size_t>(count);
    });
}

}  // namespace tickstock

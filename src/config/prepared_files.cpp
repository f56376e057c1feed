// PreparedFiles of config/save_settings.hpp: files that are replaced in one step each.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "config/save_settings.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;

constexpr mode_t mode_of_new_files = 0644;
constexpr mode_t mode_of_secrets = 0640;  // at most

Error system_error(const fs::path& path) {
    return Error{fmt::format("{}: {}", path.string(), std::strerror(errno))};
}

std::string text_of(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(file, text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            return false;
        }
        text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return true;
}

bool sync_directory(const fs::path& path) {
    const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = directory >= 0 && ::fsync(directory) == 0;
    if (directory >= 0) {
        ::close(directory);
    }
    return good;
}

}  // namespace

PreparedFiles::PreparedFiles(std::vector<FileEdit> edits) : edits_(std::move(edits)) {}

PreparedFiles::PreparedFiles(PreparedFiles&& other) noexcept
    : edits_(std::move(other.edits_)), waiting_(std::exchange(other.waiting_, {})) {}

PreparedFiles::~PreparedFiles() {
    for (const std::string& path : waiting_) {
        if (!path.empty()) {
            ::unlink(path.c_str());
        }
    }
}

Result<PreparedFiles> PreparedFiles::prepare(std::vector<FileEdit> edits) {
    PreparedFiles files(std::move(edits));
    for (FileEdit& edit : files.edits_) {
        std::error_code absent;
        if (const fs::path real = fs::canonical(edit.path, absent); !absent) {
            edit.path = real;
        }
        if (const auto written = files.write(edit); !written) {
            return written.error();
        }
    }
    return files;
}

Result<std::size_t> PreparedFiles::write(const FileEdit& edit) {
    std::string path = edit.path.string() + ".XXXXXX";
    const int file = ::mkostemp(path.data(), O_CLOEXEC);  // mode 0600
    if (file < 0) {
        return system_error(edit.path);
    }
    waiting_.push_back(path);  // also what is written in part goes
    struct stat old {};
    const bool is_there = ::stat(edit.path.c_str(), &old) == 0;
    bool good = write_all(file, edit.after);
    constexpr auto same_owner = static_cast<uid_t>(-1);
    if (is_there && ::fchown(file, old.st_uid, old.st_gid) != 0 &&
        ::fchown(file, same_owner, old.st_gid) != 0) {
        errno = 0;  // only root may give files away; the mode counts
    }
    const mode_t mode = is_there ? old.st_mode & 07777U : mode_of_new_files;
    good = good && ::fchmod(file, edit.is_private ? mode & mode_of_secrets : mode) == 0 &&
           ::fsync(file) == 0;
    const Error error = system_error(path);
    ::close(file);
    if (!good) {
        return error;
    }
    return edit.after.size();
}

Result<std::size_t> PreparedFiles::commit() {
    for (const FileEdit& edit : edits_) {
        std::error_code error;
        const bool is_new = fs::status(edit.path, error).type() == fs::file_type::not_found;
        if (is_new != edit.is_new || (!is_new && text_of(edit.path) != edit.before)) {
            return Error{fmt::format("{}: someone {} it meanwhile; nothing is saved",
                                     edit.path.string(), is_new ? "removed" : "changed")};
        }
    }
    for (std::size_t i = 0; i < edits_.size(); ++i) {
        const fs::path& path = edits_[i].path;
        if (::rename(waiting_[i].c_str(), path.c_str()) != 0) {
            return system_error(path);
        }
        waiting_[i].clear();  // that name may be anybody's now
        if (!sync_directory(path.parent_path())) {
            return system_error(path.parent_path());
        }
    }
    waiting_.clear();
    return edits_.size();
}

}  // namespace tickstock

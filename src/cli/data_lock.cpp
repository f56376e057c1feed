#include "cli/data_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace tickstock {

Result<std::unique_ptr<DataLock>> DataLock::take(const std::string& directory) {
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    if (failed) {
        return Error{"data.directory = " + directory + ": " + failed.message()};
    }
    const std::string path = directory + "/lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (file < 0) {
        return Error{path + ": " + std::strerror(errno)};
    }
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        ::close(file);
        return Error{"data.directory = " + directory +
                     ": another process works in it; accepted is a directory of its own"};
    }
    return std::unique_ptr<DataLock>(new DataLock(file));
}

DataLock::~DataLock() {
    ::close(file_);
}

}  // namespace tickstock

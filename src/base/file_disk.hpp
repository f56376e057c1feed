#pragma once

#include "base/disk.hpp"

namespace tickstock {

/// The operating system's files. Files that it creates have mode 0640, directories 0750. Has no
/// state: any thread.
class FileDisk final : public Disk {
public:
    /// Refuses directories: EISDIR.
    DiskResult<std::unique_ptr<DiskFile>> open(const std::string& path, Mode mode) override;
    DiskResult<std::vector<std::string>> list(const std::string& directory) override;
    DiskResult<DiskDone> make_directories(const std::string& path) override;
    DiskResult<DiskDone> rename(const std::string& from, const std::string& to) override;
    DiskResult<DiskDone> remove(const std::string& path) override;
    DiskResult<DiskDone> sync_directory(const std::string& path) override;
};

}  // namespace tickstock

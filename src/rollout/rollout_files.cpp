#include "rollout/rollout_files.hpp"

#include <fmt/format.h>

namespace tickstock {

DiskResult<std::optional<std::string>> read_small_file(Disk& disk, const std::string& path,
                                                       std::size_t limit) {
    auto file = disk.open(path, Disk::Mode::Read);
    if (!file) {
        if (file.error().code == ENOENT) {
            return std::optional<std::string>();
        }
        return file.error();
    }
    const auto size = (*file)->size();
    if (!size) {
        return size.error();
    }
    if (*size > limit) {
        return DiskError{EFBIG,
                         fmt::format("{}: {} bytes (accepted: up to {})", path, *size, limit)};
    }
    std::string text(static_cast<std::size_t>(*size), '\0');
    const auto read = (*file)->read_at(0, text);
    if (!read) {
        return read.error();
    }
    text.resize(*read);
    return std::optional(std::move(text));
}

DiskResult<DiskDone> replace_file(Disk& disk, const std::string& folder, const std::string& name,
                                  std::string_view text, bool synced) {
    const std::string path = folder + "/" + name;
    const std::string aside = path + ".tmp";
    if (auto made = disk.make_directories(folder); !made) {
        return made;
    }
    auto file = disk.open(aside, Disk::Mode::Create);
    if (!file && file.error().code == EEXIST) {  // of a process that died
        if (auto removed = disk.remove(aside); !removed) {
            return removed;
        }
        file = disk.open(aside, Disk::Mode::Create);
    }
    if (!file) {
        return file.error();
    }
    auto written = (*file)->write_at(0, text);
    if (written && synced) {
        written = (*file)->sync();
    }
    file->reset();
    if (written) {
        written = disk.rename(aside, path);
    }
    if (!written) {
        (void)disk.remove(aside);  // if that fails, too, the next one does it
        return written;
    }
    return synced ? disk.sync_directory(folder) : written;
}

}  // namespace tickstock

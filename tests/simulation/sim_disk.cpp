#include "simulation/sim_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/assert.hpp"
#include "simulation/sim_file.hpp"

namespace tickstock::sim {
namespace {

/// `bytes` of the page, zeros where the file does not reach.
std::string page_of(const std::string& file, std::size_t page) {
    std::string bytes(SimDisk::page_size, '\0');
    const std::size_t begin = page * SimDisk::page_size;
    if (begin < file.size()) {
        file.copy(bytes.data(), SimDisk::page_size, begin);
    }
    return bytes;
}

}  // namespace

DiskError SimDisk::error(int code, const std::string& path, const char* action) const {
    return {code, path + ": cannot " + action + ": " + std::strerror(code)};
}

bool SimDisk::is_kill_due() {
    return kill_in_ > 0 && --kill_in_ == 0;
}

bool SimDisk::may_change() {
    if (frozen_) {
        return false;
    }
    if (is_kill_due()) {
        freeze();
        throw ProcessKilled{};
    }
    return true;
}

SimDisk::Directory* SimDisk::directory_of(const std::string& path, std::string& name) {
    const std::size_t slash = path.rfind('/');
    name = slash == std::string::npos ? path : path.substr(slash + 1);
    const auto found = directories_.find(slash == std::string::npos ? "" : path.substr(0, slash));
    return found == directories_.end() ? nullptr : &found->second;
}

SimDisk::InodePtr SimDisk::find(const std::string& path) {
    std::string name;
    Directory* directory = directory_of(path, name);
    if (directory == nullptr || !directory->now.contains(name)) {
        return nullptr;
    }
    return directory->now.at(name);
}

DiskResult<std::unique_ptr<DiskFile>> SimDisk::open(const std::string& path, Mode mode) {
    if (frozen_) {
        return error(EBADF, path, "open");
    }
    InodePtr inode = find(path);
    if (mode == Mode::Create) {
        if (inode) {
            return error(EEXIST, path, "create");
        }
        std::string name;
        Directory* directory = directory_of(path, name);
        if (directory == nullptr) {
            return error(ENOENT, path, "create");
        }
        if (full_) {
            ++counts_.no_space;
            return error(ENOSPC, path, "create");
        }
        may_change();
        inode = std::make_shared<Inode>();
        directory->unsynced.push_back({Operation::Kind::Create, name, "", inode});
        apply(directory->now, directory->unsynced.back());
    }
    if (!inode) {
        return error(ENOENT, path, "open");
    }
    return std::unique_ptr<DiskFile>(
        std::make_unique<SimFile>(*this, std::move(inode), path, mode != Mode::Read));
}

DiskResult<std::vector<std::string>> SimDisk::list(const std::string& directory) {
    std::vector<std::string> names;
    if (const auto found = directories_.find(directory); found != directories_.end()) {
        for (const auto& [name, inode] : found->second.now) {
            names.push_back(name);
        }
    }
    return names;
}

DiskResult<DiskDone> SimDisk::make_directories(const std::string& path) {
    if (!may_change()) {
        return error(EBADF, path, "make");
    }
    directories_.try_emplace(path);
    return DiskDone{};
}

DiskResult<DiskDone> SimDisk::rename(const std::string& from, const std::string& to) {
    if (!may_change()) {
        return error(EBADF, from, "rename");
    }
    std::string name;
    std::string new_name;
    Directory* directory = directory_of(from, name);
    TS_ASSERT(directory == directory_of(to, new_name));  // the engine renames within one only
    if (directory == nullptr || !directory->now.contains(name)) {
        return error(ENOENT, from, "rename");
    }
    directory->unsynced.push_back({Operation::Kind::Rename, name, new_name, nullptr});
    apply(directory->now, directory->unsynced.back());
    return DiskDone{};
}

DiskResult<DiskDone> SimDisk::remove(const std::string& path) {
    if (!may_change()) {
        return error(EBADF, path, "remove");
    }
    std::string name;
    Directory* directory = directory_of(path, name);
    if (directory == nullptr || !directory->now.contains(name)) {
        return error(ENOENT, path, "remove");
    }
    directory->unsynced.push_back({Operation::Kind::Remove, name, "", nullptr});
    apply(directory->now, directory->unsynced.back());
    return DiskDone{};
}

DiskResult<DiskDone> SimDisk::sync_directory(const std::string& path) {
    if (!may_change()) {
        return error(EBADF, path, "sync");
    }
    if (const auto found = directories_.find(path); found != directories_.end()) {
        found->second.durable = found->second.now;
        found->second.unsynced.clear();
    }
    return DiskDone{};
}

void SimDisk::apply(std::map<std::string, InodePtr>& entries, const Operation& operation) {
    switch (operation.kind) {
        case Operation::Kind::Create: entries[operation.name] = operation.inode; break;
        case Operation::Kind::Remove: entries.erase(operation.name); break;
        case Operation::Kind::Rename:
            if (const auto found = entries.find(operation.name); found != entries.end()) {
                InodePtr inode = found->second;
                entries.erase(found);
                entries[operation.to] = std::move(inode);
            }
            break;
    }
}

void SimDisk::after_kill() {
    ++life_;
    frozen_ = false;
    kill_in_ = 0;
}

void SimDisk::crash(Inode& inode, RandomStream& random, std::uint64_t keep) {
    std::string after = inode.durable;
    if (inode.now.size() != after.size()) {  // the size is kept whole, in part or not at all
        const auto low = static_cast<std::int64_t>(std::min(inode.now.size(), after.size()));
        const auto high = static_cast<std::int64_t>(std::max(inode.now.size(), after.size()));
        const std::size_t between = static_cast<std::size_t>(random.between(low, high));
        after.resize(!random.chance(keep)  ? after.size()
                     : random.chance(keep) ? inode.now.size()
                                           : between);
    }
    for (const std::size_t page : inode.dirty) {
        const std::size_t begin = page * page_size;
        if (begin >= after.size()) {
            continue;
        }
        if (!random.chance(keep)) {
            ++counts_.lost_pages;
            continue;
        }
        std::size_t kept = page_size;
        if (random.chance(100'000)) {
            ++counts_.torn_pages;
            kept = random.below(page_size / sector_size) * sector_size;
        }
        const std::string bytes = page_of(inode.now, page);
        const std::size_t count = std::min(kept, after.size() - begin);
        after.replace(begin, count, bytes, 0, count);
    }
    inode.now = after;
    inode.durable = std::move(after);
    inode.dirty.clear();
}

void SimDisk::after_machine_crash(RandomStream& random) {
    const std::uint64_t keep =
        random.pick({std::uint64_t{0}, std::uint64_t{200'000}, std::uint64_t{500'000},
                     std::uint64_t{900'000}, std::uint64_t{1'000'000}});
    for (auto& [path, directory] : directories_) {
        // File systems keep their operations in order: any number of them is on the disk.
        const std::size_t kept = random.below(directory.unsynced.size() + 1);
        counts_.lost_directory_operations += directory.unsynced.size() - kept;
        for (std::size_t i = 0; i < kept; ++i) {
            apply(directory.durable, directory.unsynced[i]);
        }
        directory.unsynced.clear();
        directory.now = directory.durable;
        for (auto& [name, inode] : directory.now) {
            crash(*inode, random, keep);
        }
    }
    after_kill();
}

std::unique_ptr<SimDisk> SimDisk::only_durable() const {
    auto copy = std::make_unique<SimDisk>(RandomStream(0, "copy"), clock_);
    for (const auto& [path, directory] : directories_) {
        Directory& to = copy->directories_[path];
        for (const auto& [name, inode] : directory.durable) {
            to.now[name] = std::make_shared<Inode>(Inode{inode->durable, inode->durable, {}});
        }
        to.durable = to.now;
    }
    return copy;
}

std::unique_ptr<SimDisk> SimDisk::as_written() const {
    auto copy = std::make_unique<SimDisk>(RandomStream(0, "copy"), clock_);
    for (const auto& [path, directory] : directories_) {
        Directory& to = copy->directories_[path];
        for (const auto& [name, inode] : directory.now) {
            to.now[name] = std::make_shared<Inode>(Inode{inode->now, inode->now, {}});
        }
        to.durable = to.now;
    }
    return copy;
}

std::uint64_t SimDisk::total_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& [path, directory] : directories_) {
        for (const auto& [name, inode] : directory.now) {
            bytes += inode->now.size();
        }
    }
    return bytes;
}

}  // namespace tickstock::sim

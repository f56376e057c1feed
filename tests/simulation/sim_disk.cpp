#include "simulation/sim_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/assert.hpp"

namespace tickstock::sim {
namespace {

void mark(std::set<std::size_t>& dirty, std::uint64_t begin, std::uint64_t end) {
    for (std::size_t page = begin / SimDisk::page_size; page * SimDisk::page_size < end; ++page) {
        dirty.insert(page);
    }
}

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

class SimFile final : public DiskFile {
public:
    SimFile(SimDisk& disk, SimDisk::InodePtr inode, std::string path, bool writable)
        : disk_(disk),
          inode_(std::move(inode)),
          path_(std::move(path)),
          life_(disk.life_),
          writable_(writable) {}

    DiskResult<DiskDone> write_at(std::uint64_t offset, std::span<const char> bytes) override {
        if (is_dead() || !writable_) {
            return disk_.error(EBADF, path_, "write");
        }
        std::size_t count = bytes.size();
        const bool killed = disk_.is_kill_due();
        const bool no_room = disk_.full_ && offset + count > inode_->now.size();
        if (killed) {
            count = disk_.random_.below(count + 1);
        } else if (no_room) {
            ++disk_.counts_.no_space;
            count = 0;
            if (disk_.random_.chance(disk_.faults_.short_write)) {
                ++disk_.counts_.short_writes;
                count = disk_.random_.below(bytes.size());
            }
        }
        put(offset, bytes.first(count));
        if (killed) {
            disk_.freeze();
            throw ProcessKilled{};
        }
        if (no_room) {
            return disk_.error(ENOSPC, path_, "write");
        }
        return DiskDone{};
    }

    DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
        if (is_dead()) {
            return disk_.error(EBADF, path_, "read");
        }
        if (offset >= inode_->now.size()) {
            return std::size_t{0};
        }
        return inode_->now.copy(into.data(), into.size(), offset);
    }

    DiskResult<DiskDone> sync() override {
        if (is_dead() || !disk_.may_change()) {
            return disk_.error(EBADF, path_, "sync");
        }
        ++disk_.counts_.syncs;
        const bool slow = disk_.random_.chance(disk_.faults_.slow_sync);
        disk_.counts_.slow_syncs += slow ? 1 : 0;
        disk_.clock_.advance(Nanos{disk_.random_.between(50'000, slow ? 80'000'000 : 1'000'000)});
        if (disk_.random_.chance(disk_.faults_.sync_error)) {
            ++disk_.counts_.sync_errors;
            return disk_.error(EIO, path_, "sync");
        }
        inode_->durable.resize(inode_->now.size());
        for (const std::size_t page : inode_->dirty) {
            const std::size_t begin = page * SimDisk::page_size;
            if (begin < inode_->now.size()) {
                const std::size_t count = std::min(SimDisk::page_size, inode_->now.size() - begin);
                inode_->durable.replace(begin, count, inode_->now, begin, count);
            }
        }
        inode_->dirty.clear();
        return DiskDone{};
    }

    DiskResult<DiskDone> truncate(std::uint64_t size) override {
        if (is_dead() || !writable_ || !disk_.may_change()) {
            return disk_.error(EBADF, path_, "truncate");
        }
        mark(inode_->dirty, std::min<std::uint64_t>(size, inode_->now.size()),
             std::max<std::uint64_t>(size, inode_->now.size()));
        inode_->now.resize(size);
        return DiskDone{};
    }

    DiskResult<DiskDone> reserve(std::uint64_t size) override {
        if (is_dead() || !writable_ || !disk_.may_change()) {
            return disk_.error(EBADF, path_, "reserve room in");
        }
        if (size <= inode_->now.size()) {
            return DiskDone{};
        }
        if (disk_.full_) {
            ++disk_.counts_.no_space;
            return disk_.error(ENOSPC, path_, "reserve room in");
        }
        mark(inode_->dirty, inode_->now.size(), size);
        inode_->now.resize(size);
        return DiskDone{};
    }

    DiskResult<std::uint64_t> size() const override { return std::uint64_t{inode_->now.size()}; }

private:
    bool is_dead() const { return disk_.frozen_ || life_ != disk_.life_; }

    void put(std::uint64_t offset, std::span<const char> bytes) {
        ++disk_.counts_.writes;
        disk_.counts_.bytes_written += bytes.size();
        const std::uint64_t end = offset + bytes.size();
        if (bytes.empty()) {
            return;
        }
        if (end > inode_->now.size()) {
            inode_->now.resize(end);
        }
        std::memcpy(inode_->now.data() + offset, bytes.data(), bytes.size());
        mark(inode_->dirty, offset, end);
    }

    SimDisk& disk_;
    SimDisk::InodePtr inode_;
    const std::string path_;
    const std::uint64_t life_;
    const bool writable_;
};

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

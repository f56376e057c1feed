#include "simulation/sim_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tickstock::sim {
namespace {

void mark(std::set<std::size_t>& dirty, std::uint64_t begin, std::uint64_t end) {
    for (std::size_t page = begin / SimDisk::page_size; page * SimDisk::page_size < end; ++page) {
        dirty.insert(page);
    }
}

}  // namespace

SimFile::SimFile(SimDisk& disk, SimDisk::InodePtr inode, std::string path, bool writable)
    : disk_(disk),
      inode_(std::move(inode)),
      path_(std::move(path)),
      life_(disk.life_),
      writable_(writable) {}

DiskResult<DiskDone> SimFile::write_at(std::uint64_t offset, std::span<const char> bytes) {
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

DiskResult<std::size_t> SimFile::read_at(std::uint64_t offset, std::span<char> into) {
    if (is_dead()) {
        return disk_.error(EBADF, path_, "read");
    }
    if (offset >= inode_->now.size()) {
        return std::size_t{0};
    }
    return inode_->now.copy(into.data(), into.size(), offset);
}

DiskResult<DiskDone> SimFile::sync() {
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

DiskResult<DiskDone> SimFile::truncate(std::uint64_t size) {
    if (is_dead() || !writable_ || !disk_.may_change()) {
        return disk_.error(EBADF, path_, "truncate");
    }
    mark(inode_->dirty, std::min<std::uint64_t>(size, inode_->now.size()),
         std::max<std::uint64_t>(size, inode_->now.size()));
    inode_->now.resize(size);
    return DiskDone{};
}

DiskResult<DiskDone> SimFile::reserve(std::uint64_t size) {
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

void SimFile::put(std::uint64_t offset, std::span<const char> bytes) {
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

}  // namespace tickstock::sim

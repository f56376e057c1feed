#include "channels/spill_store.hpp"

#include <algorithm>
#include <cerrno>

#include "base/assert.hpp"

namespace tickstock {

DiskResult<DiskDone> MemorySpillStore::append(std::span<const char> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return DiskDone{};
}

DiskResult<DiskDone> MemorySpillStore::read(std::uint64_t offset, std::span<char> into) const {
    TS_ASSERT(offset + into.size() <= bytes_.size());
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    return DiskDone{};
}

DiskResult<DiskDone> DiskSpillStore::append(std::span<const char> bytes) {
    if (!file_) {
        static_cast<void>(disk_.remove(path_));  // usually there is none
        auto opened = disk_.open(path_, Disk::Mode::Create);
        if (!opened) {
            return opened.error();
        }
        file_ = std::move(*opened);
    }
    // After an error some of the bytes may be there; the next append writes over them.
    auto written = file_->write_at(size_, bytes);
    if (written) {
        size_ += bytes.size();
    }
    return written;
}

DiskResult<DiskDone> DiskSpillStore::read(std::uint64_t offset, std::span<char> into) const {
    TS_ASSERT(offset + into.size() <= size_);
    const auto got = file_->read_at(offset, into);
    if (!got) {
        return got.error();
    }
    if (*got != into.size()) {
        return DiskError{EIO, path_ + ": it is shorter than what was written to it"};
    }
    return DiskDone{};
}

void DiskSpillStore::clear() {
    size_ = 0;
    if (file_) {
        file_.reset();
        static_cast<void>(disk_.remove(path_));  // only room on the disk depends on it
    }
}

}  // namespace tickstock

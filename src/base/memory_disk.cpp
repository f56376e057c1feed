#include "base/memory_disk.hpp"

#include <algorithm>
#include <cstring>

namespace tickstock {
namespace {

std::string parent(const std::string& path) {
    return path.substr(0, std::min(path.rfind('/'), path.size()));
}

DiskError error(const char* action, const std::string& path, int code) {
    return {code, path + ": cannot " + action + ": " + std::strerror(code)};
}

}  // namespace

void MemoryDisk::Entry::apply(Files& files) const {
    if (!from.empty()) {
        files.erase(from);
    }
    if (node != nullptr) {
        files[path] = node;
    } else {
        files.erase(path);
    }
}

class MemoryDisk::File final : public DiskFile {
public:
    File(MemoryDisk& disk, std::string path, std::shared_ptr<Node> node, bool writable)
        : disk_(disk),
          path_(std::move(path)),
          node_(std::move(node)),
          process_(disk.process_),
          writable_(writable) {}

    DiskResult<DiskDone> write_at(std::uint64_t offset, std::span<const char> bytes) override {
        const std::lock_guard lock(disk_.mutex_);
        if (const auto fault = fault_of(Operation::WriteAt)) {
            put(offset, bytes.first(std::min(fault->part, bytes.size())));
            return error("write", path_, fault->code);
        }
        const std::uint64_t limit = disk_.size_limit(*node_);
        if (offset + bytes.size() > limit) {
            put(offset, bytes.first(limit > offset ? limit - offset : 0));
            return error("write", path_, ENOSPC);
        }
        put(offset, bytes);
        return DiskDone{};
    }
    DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
        const std::lock_guard lock(disk_.mutex_);
        if (const auto fault = fault_of(Operation::ReadAt)) {
            return error("read", path_, fault->code);
        }
        const std::string& data = node_->data;
        return offset < data.size() ? data.copy(into.data(), into.size(), offset) : 0;
    }
    DiskResult<DiskDone> sync() override {
        const std::lock_guard lock(disk_.mutex_);
        if (const auto fault = fault_of(Operation::Sync)) {
            return error("sync", path_, fault->code);
        }
        node_->synced = node_->data;
        return DiskDone{};
    }
    DiskResult<DiskDone> truncate(std::uint64_t size) override {
        const std::lock_guard lock(disk_.mutex_);
        if (const auto fault = fault_of(Operation::Truncate)) {
            return error("truncate", path_, fault->code);
        }
        node_->data.resize(size, '\0');
        return DiskDone{};
    }
    DiskResult<DiskDone> reserve(std::uint64_t size) override {
        const std::lock_guard lock(disk_.mutex_);
        if (const auto fault = fault_of(Operation::Reserve)) {
            return error("reserve", path_, fault->code);
        }
        if (size > disk_.size_limit(*node_)) {
            return error("reserve", path_, ENOSPC);
        }
        node_->data.resize(std::max<std::size_t>(size, node_->data.size()), '\0');
        return DiskDone{};
    }
    DiskResult<std::uint64_t> size() const override {
        const std::lock_guard lock(disk_.mutex_);
        return std::uint64_t{node_->data.size()};
    }

private:
    std::optional<Fault> fault_of(Operation operation) {
        if (process_ != disk_.process_) {
            return Fault{};
        }
        if (changes(operation) && !writable_) {
            return Fault{EBADF};
        }
        return disk_.fault_of(operation, path_);
    }
    void put(std::uint64_t offset, std::span<const char> bytes) {
        if (!bytes.empty()) {
            std::string& data = node_->data;
            data.resize(std::max<std::size_t>(data.size(), offset + bytes.size()), '\0');
            std::memcpy(data.data() + offset, bytes.data(), bytes.size());
        }
    }

    MemoryDisk& disk_;
    const std::string path_;
    const std::shared_ptr<Node> node_;
    const std::uint64_t process_;
    const bool writable_;
};

DiskResult<std::unique_ptr<DiskFile>> MemoryDisk::open(const std::string& path, Mode mode) {
    const std::lock_guard lock(mutex_);
    const bool create = mode == Mode::Create;
    if (const auto fault = fault_of(create ? Operation::Create : Operation::Open, path)) {
        return error(create ? "create" : "open", path, fault->code);
    }
    auto found = files_.find(path);
    if (create) {
        if (found != files_.end()) {
            return error("create", path, EEXIST);
        }
        if (!directories_.contains(parent(path))) {
            return error("create", path, ENOENT);
        }
        found = files_.emplace(path, std::make_shared<Node>()).first;
        entries_unsynced_.push_back({path, found->second, ""});
    }
    if (found == files_.end()) {
        return error("open", path, ENOENT);
    }
    std::unique_ptr<DiskFile> file =
        std::make_unique<File>(*this, path, found->second, mode != Mode::Read);
    return file;
}

DiskResult<std::vector<std::string>> MemoryDisk::list(const std::string& directory) {
    const std::lock_guard lock(mutex_);
    if (const auto fault = fault_of(Operation::List, directory)) {
        return error("list", directory, fault->code);
    }
    std::vector<std::string> names;
    for (const auto& [path, node] : files_) {
        if (parent(path) == directory) {
            names.push_back(path.substr(directory.size() + 1));
        }
    }
    return names;
}

DiskResult<DiskDone> MemoryDisk::make_directories(const std::string& path) {
    const std::lock_guard lock(mutex_);
    if (const auto fault = fault_of(Operation::MakeDirectories, path)) {
        return error("make directory", path, fault->code);
    }
    make_parents(path + "/");
    return DiskDone{};
}

DiskResult<DiskDone> MemoryDisk::rename(const std::string& from, const std::string& to) {
    const std::lock_guard lock(mutex_);
    if (const auto fault = fault_of(Operation::Rename, from)) {
        return error("rename", from, fault->code);
    }
    const auto found = files_.find(from);
    if (found == files_.end()) {
        return error("rename", from, ENOENT);
    }
    const Entry entry{to, found->second, from};
    entry.apply(files_);
    entries_unsynced_.push_back(entry);
    return DiskDone{};
}

DiskResult<DiskDone> MemoryDisk::remove(const std::string& path) {
    const std::lock_guard lock(mutex_);
    if (const auto fault = fault_of(Operation::Remove, path)) {
        return error("remove", path, fault->code);
    }
    if (files_.erase(path) == 0) {
        return error("remove", path, ENOENT);
    }
    entries_unsynced_.push_back({path, nullptr, ""});
    return DiskDone{};
}

DiskResult<DiskDone> MemoryDisk::sync_directory(const std::string& path) {
    const std::lock_guard lock(mutex_);
    if (const auto fault = fault_of(Operation::SyncDirectory, path)) {
        return error("sync", path, fault->code);
    }
    std::erase_if(entries_unsynced_, [&](const Entry& entry) {
        const bool here = parent(entry.path) == path;
        if (here) {
            entry.apply(durable_);
        }
        return here;
    });
    return DiskDone{};
}

}  // namespace tickstock

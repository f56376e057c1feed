// What tests do with the disk: faults, ends of a process, a look past all of it.
#include <algorithm>
#include <random>

#include "base/memory_disk.hpp"

namespace tickstock {
namespace {

constexpr std::size_t page_size = 4096;

std::string after_cut(const std::string& data, const std::string& synced, std::mt19937_64& random) {
    std::string kept = synced;
    kept.resize(random() % 2 == 0 ? synced.size() : data.size(), '\0');
    for (std::size_t at = 0; at < kept.size(); at += page_size) {
        if (at < data.size() && random() % 2 == 0) {
            data.copy(kept.data() + at, std::min(page_size, kept.size() - at), at);
        }
    }
    return kept;
}

}  // namespace

void MemoryDisk::set_faults(FaultHook hook) {
    const std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
}

void MemoryDisk::fail_at(std::uint64_t n, Fault fault) {
    set_faults([n, fault](Operation operation, const std::string&) mutable {
        const bool now = changes(operation) && n == 0;
        n -= changes(operation) ? 1U : 0U;  // once past 0 it is out of reach
        return now ? std::optional(fault) : std::nullopt;
    });
}

void MemoryDisk::kill() {
    const std::lock_guard lock(mutex_);
    dead_ = true;
}

bool MemoryDisk::killed() const {
    const std::lock_guard lock(mutex_);
    return dead_;
}

void MemoryDisk::restart() {
    const std::lock_guard lock(mutex_);
    restart_locked();
}

void MemoryDisk::power_cut(std::uint64_t seed) {
    const std::lock_guard lock(mutex_);
    std::mt19937_64 random(seed);
    const std::size_t kept = random() % (entries_unsynced_.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) {
        entries_unsynced_[i].apply(durable_);
    }
    entries_unsynced_.clear();
    files_ = durable_;
    for (const auto& [path, node] : files_) {
        node->data = after_cut(node->data, node->synced, random);
        node->synced = node->data;
    }
    restart_locked();
}

void MemoryDisk::set_capacity(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    capacity_ = bytes;
}

std::uint64_t MemoryDisk::operations() const {
    const std::lock_guard lock(mutex_);
    return operations_;
}

std::uint64_t MemoryDisk::bytes_used() const {
    const std::lock_guard lock(mutex_);
    return used();
}

std::optional<std::string> MemoryDisk::content(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(path);
    return found == files_.end() ? std::nullopt : std::optional(found->second->data);
}

void MemoryDisk::put(const std::string& path, std::string bytes) {
    const std::lock_guard lock(mutex_);
    make_parents(path);
    const auto node = std::make_shared<Node>(Node{bytes, bytes});
    files_[path] = node;
    durable_[path] = node;
}

std::vector<std::string> MemoryDisk::paths() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> all;
    all.reserve(files_.size());
    for (const auto& [path, node] : files_) {
        all.push_back(path);
    }
    return all;
}

std::optional<MemoryDisk::Fault> MemoryDisk::fault_of(Operation operation,
                                                      const std::string& path) {
    operations_ += changes(operation) ? 1U : 0U;
    if (dead_) {
        return Fault{};
    }
    const std::optional<Fault> fault = hook_ ? hook_(operation, path) : std::nullopt;
    dead_ = fault && fault->kill;
    return fault;
}

void MemoryDisk::restart_locked() {
    ++process_;
    dead_ = false;
    hook_ = nullptr;
}

void MemoryDisk::make_parents(const std::string& path) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        directories_.insert(path.substr(0, slash));
    }
}

std::uint64_t MemoryDisk::used() const {
    std::uint64_t bytes = 0;
    for (const auto& [path, node] : files_) {
        bytes += node->data.size();
    }
    return bytes;
}

/// How large the file may become.
std::uint64_t MemoryDisk::size_limit(const Node& node) const {
    const std::uint64_t others = used() - node.data.size();
    return std::max<std::uint64_t>(capacity_ > others ? capacity_ - others : 0, node.data.size());
}

}  // namespace tickstock

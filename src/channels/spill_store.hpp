#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/disk.hpp"

namespace tickstock {

/// Bytes that need not stay in memory: appended at the end, read anywhere, forgotten all at once.
/// Lives as long as the process; what it holds is of no use to the next one (snapshots are).
class SpillStore {
public:
    virtual ~SpillStore() = default;

    /// All of `bytes` or nothing of them.
    virtual DiskResult<DiskDone> append(std::span<const char> bytes) = 0;
    /// REQUIRES: offset + into.size() <= size(). Const for snapshots, which read what stays.
    virtual DiskResult<DiskDone> read(std::uint64_t offset, std::span<char> into) const = 0;
    virtual std::uint64_t size() const = 0;
    virtual void clear() = 0;
};

class MemorySpillStore final : public SpillStore {
public:
    DiskResult<DiskDone> append(std::span<const char> bytes) override;
    DiskResult<DiskDone> read(std::uint64_t offset, std::span<char> into) const override;
    std::uint64_t size() const override { return bytes_.size(); }
    void clear() override { bytes_.clear(); }

private:
    std::vector<char> bytes_;
};

/// A file of its own, made at the first append and removed at the end. Never synced: after a crash
/// the journal has everything.
class DiskSpillStore final : public SpillStore {
public:
    /// `path` in an existing directory; what lies there (of a process that died) is replaced.
    /// `disk` outlives this.
    DiskSpillStore(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
    ~DiskSpillStore() override { clear(); }

    DiskResult<DiskDone> append(std::span<const char> bytes) override;
    DiskResult<DiskDone> read(std::uint64_t offset, std::span<char> into) const override;
    std::uint64_t size() const override { return size_; }
    void clear() override;

private:
    Disk& disk_;
    const std::string path_;
    std::unique_ptr<DiskFile> file_;
    std::uint64_t size_ = 0;
};

}  // namespace tickstock

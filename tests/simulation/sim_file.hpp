#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "simulation/sim_disk.hpp"

namespace tickstock::sim {

/// An open file of a SimDisk. Useless once the process that opened it is dead.
class SimFile final : public DiskFile {
public:
    SimFile(SimDisk& disk, SimDisk::InodePtr inode, std::string path, bool writable);

    DiskResult<DiskDone> write_at(std::uint64_t offset, std::span<const char> bytes) override;
    DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override;
    DiskResult<DiskDone> sync() override;
    DiskResult<DiskDone> truncate(std::uint64_t size) override;
    DiskResult<DiskDone> reserve(std::uint64_t size) override;
    DiskResult<std::uint64_t> size() const override { return std::uint64_t{inode_->now.size()}; }

private:
    bool is_dead() const { return disk_.frozen_ || life_ != disk_.life_; }
    void put(std::uint64_t offset, std::span<const char> bytes);

    SimDisk& disk_;
    SimDisk::InodePtr inode_;
    const std::string path_;
    const std::uint64_t life_;
    const bool writable_;
};

}  // namespace tickstock::sim

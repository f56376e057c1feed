#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "simulation/random_stream.hpp"
#include "simulation/sim_clock.hpp"

namespace tickstock::sim {

/// Thrown out of a disk operation when the process is killed in the middle of it.
struct ProcessKilled {};

/// A disk in memory that knows what would be left after a crash. A file is what the operating
/// system shows (`now`) and what has been synced (`durable`), compared by pages of 4 KiB; a
/// directory is its entries and the operations since it was synced. Directories themselves are
/// durable at once. One thread.
class SimDisk final : public Disk {
public:
    static constexpr std::size_t page_size = 4096;
    static constexpr std::size_t sector_size = 512;

    struct Faults {
        std::uint64_t sync_error = 0;   ///< chances, parts of a million each
        std::uint64_t slow_sync = 0;    ///< takes up to 80 ms instead of up to 1 ms
        std::uint64_t short_write = 0;  ///< of a write that fails for want of room: a part is there
    };
    struct Counts {
        std::uint64_t writes = 0;
        std::uint64_t bytes_written = 0;
        std::uint64_t syncs = 0;
        std::uint64_t no_space = 0;
        std::uint64_t short_writes = 0;
        std::uint64_t sync_errors = 0;
        std::uint64_t slow_syncs = 0;
        std::uint64_t lost_pages = 0;
        std::uint64_t torn_pages = 0;
        std::uint64_t lost_directory_operations = 0;
    };

    SimDisk(RandomStream random, SimClock& clock) : random_(random), clock_(clock) {}

    DiskResult<std::unique_ptr<DiskFile>> open(const std::string& path, Mode mode) override;
    DiskResult<std::vector<std::string>> list(const std::string& directory) override;
    DiskResult<DiskDone> make_directories(const std::string& path) override;
    DiskResult<DiskDone> rename(const std::string& from, const std::string& to) override;
    DiskResult<DiskDone> remove(const std::string& path) override;
    DiskResult<DiskDone> sync_directory(const std::string& path) override;

    void set_faults(const Faults& faults) { faults_ = faults; }
    /// While full nothing grows: not a file, not a directory.
    void set_full(bool full) { full_ = full; }
    bool full() const { return full_; }

    /// The process is killed in the `operations`-th changing operation from now on; 0 = not.
    void kill_in(std::uint64_t operations) { kill_in_ = operations; }
    /// From here on the running process can change nothing more (it is dead, its destructors are
    /// still to run). Its open files stay useless for ever.
    void freeze() { frozen_ = true; }
    /// What a killed process leaves: all that it wrote.
    void after_kill();
    /// What a crash of the machine leaves: what was synced, and of the rest any part.
    void after_machine_crash(RandomStream& random);
    /// A copy as the worst crash would leave it now: nothing but what was synced.
    std::unique_ptr<SimDisk> only_durable() const;
    /// A copy as a kill would leave it now.
    std::unique_ptr<SimDisk> as_written() const;

    std::uint64_t total_bytes() const;
    const Counts& counts() const { return counts_; }

private:
    friend class SimFile;

    struct Inode {
        std::string now;
        std::string durable;
        std::set<std::size_t> dirty;  ///< pages; the size may differ too
    };
    using InodePtr = std::shared_ptr<Inode>;
    struct Operation {
        enum class Kind : std::uint8_t { Create, Rename, Remove } kind;
        std::string name;
        std::string to;
        InodePtr inode;
    };
    struct Directory {
        std::map<std::string, InodePtr> now;
        std::map<std::string, InodePtr> durable;
        std::vector<Operation> unsynced;
    };

    static void apply(std::map<std::string, InodePtr>& entries, const Operation& operation);
    void crash(Inode& inode, RandomStream& random, std::uint64_t keep);
    Directory* directory_of(const std::string& path, std::string& name);
    InodePtr find(const std::string& path);
    /// False: the process is dead. May throw ProcessKilled.
    bool may_change();
    bool is_kill_due();
    DiskError error(int code, const std::string& path, const char* action) const;

    RandomStream random_;
    SimClock& clock_;
    Faults faults_;
    bool full_ = false;
    bool frozen_ = false;
    std::uint64_t kill_in_ = 0;
    std::uint64_t life_ = 0;  // of the process: files opened in an earlier one are useless
    std::map<std::string, Directory> directories_;
    Counts counts_;
};

}  // namespace tickstock::sim

#pragma once

#include <cerrno>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/disk.hpp"

namespace tickstock {

/// A disk in memory for tests and simulations, never in the product: it can be full, fail at any
/// operation, die with its process at any operation, and forget what was not synced. Any thread,
/// one lock; it outlives its files.
///
/// Two ends of a process. After a kill all that operations did stays. After a power cut only synced
/// content and synced directory entries are sure; of the rest any part may be there. In both cases
/// the files that were open fail for ever, so that destructors of the old process change nothing.
/// Directories themselves are made for good.
class MemoryDisk final : public Disk {
public:
    enum class Operation : std::uint8_t {
        // these change something:
        Create,
        WriteAt,
        Truncate,
        Reserve,
        Sync,
        Rename,
        Remove,
        MakeDirectories,
        SyncDirectory,
        // these nothing:
        Open,
        ReadAt,
        List,
    };
    static constexpr bool changes(Operation operation) { return operation < Operation::Open; }

    /// How an operation goes wrong.
    struct Fault {
        int code = EIO;
        std::size_t part = 0;  ///< bytes of a write that reach the file all the same
        bool kill = false;     ///< the process dies in it: nothing works until restart()
    };
    /// Asked before each operation, with its path; nothing = it works. Runs under the lock.
    using FaultHook = std::function<std::optional<Fault>(Operation, const std::string& path)>;

    void set_faults(FaultHook hook);
    /// The `n`-th changing operation from now, from 0, goes wrong like this, once.
    void fail_at(std::uint64_t n, Fault fault);
    /// The process dies in the `n`-th changing operation from now, from 0; of a write, `part` bytes
    /// are done.
    void kill_at(std::uint64_t n, std::size_t part = 0) { fail_at(n, {EIO, part, true}); }
    void kill();
    bool killed() const;
    /// The next process: no faults, and none of the files that were open.
    void restart();
    /// The machine loses power and starts again. Of each file, pages of 4 KiB that were not synced
    /// may be the old ones, and its size too; of directory changes that were not synced, those from
    /// some point on are undone.
    void power_cut(std::uint64_t seed);
    /// All files together, in bytes; beyond it no space is left.
    void set_capacity(std::uint64_t bytes);

    /// Changing operations that were tried so far.
    std::uint64_t operations() const;
    std::uint64_t bytes_used() const;
    /// Past all faults, as put(). Nothing = no such file.
    std::optional<std::string> content(const std::string& path) const;
    /// The file has this content now, and it is synced.
    void put(const std::string& path, std::string bytes);
    std::vector<std::string> paths() const;  ///< of all files, sorted

    DiskResult<std::unique_ptr<DiskFile>> open(const std::string& path, Mode mode) override;
    DiskResult<std::vector<std::string>> list(const std::string& directory) override;
    DiskResult<DiskDone> make_directories(const std::string& path) override;
    DiskResult<DiskDone> rename(const std::string& from, const std::string& to) override;
    DiskResult<DiskDone> remove(const std::string& path) override;
    DiskResult<DiskDone> sync_directory(const std::string& path) override;

private:
    struct Node {
        std::string data;
        std::string synced;  // what a power cut leaves for sure
    };
    using Files = std::map<std::string, std::shared_ptr<Node>>;
    /// A change of a directory: `path` is `node` from now on (null: nothing), and `from` nothing.
    struct Entry {
        std::string path;
        std::shared_ptr<Node> node;
        std::string from;

        void apply(Files& files) const;
    };
    class File;

    std::optional<Fault> fault_of(Operation operation, const std::string& path);
    void restart_locked();
    void make_parents(const std::string& path);
    std::uint64_t used() const;
    std::uint64_t size_limit(const Node& node) const;

    mutable std::mutex mutex_;  // guards all below
    Files files_;
    Files durable_;                        // entries that a power cut leaves for sure
    std::vector<Entry> entries_unsynced_;  // changes since, in order
    std::set<std::string> directories_;
    FaultHook hook_;
    std::uint64_t capacity_ = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t operations_ = 0;
    std::uint64_t process_ = 0;
    bool dead_ = false;
};

}  // namespace tickstock

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/record.hpp"
#include "sources/files/merge.hpp"

namespace tickstock {

/// Positions of `records` in order of (ts_event, position).
std::vector<std::uint32_t> time_order(std::span<const Record> records);

/// A stable sort by ts_event of more records than memory shall hold: sorted runs in a file without
/// a name (it goes with the process), then one merge of all runs. Memory while merging: 64 MiB,
/// but at least 4 KiB a run. One thread.
class ExternalSort {
public:
    /// `folder`: where the file lies; empty = the system's place for temporary files.
    explicit ExternalSort(std::string folder) : folder_(std::move(folder)) {}
    ~ExternalSort();
    ExternalSort(const ExternalSort&) = delete;
    ExternalSort& operator=(const ExternalSort&) = delete;

    /// Sorts and stores the next records of the input. False on an I/O error.
    bool add_run(std::span<const Record> records);

    /// Appends up to `limit` records in order; false at the end or on an I/O error.
    /// No add_run() after the first take().
    bool take(std::vector<Record>& out, std::size_t limit);

    const std::optional<Error>& failure() const { return failure_; }

private:
    struct Run {
        std::uint64_t next = 0;  ///< first record not in the buffer, counted from the file's begin
        std::uint64_t end = 0;
        std::vector<Record> buffer;
        std::size_t at = 0;
    };

    bool create_file();
    bool write(std::span<const Record> records);
    bool refill(Run& run);
    bool begin_merge();
    bool fail(const char* what);

    std::string folder_;
    int fd_ = -1;
    std::uint64_t written_ = 0;  // records
    std::vector<Run> runs_;
    RunHeap heap_;
    std::size_t buffer_records_ = 0;
    bool merging_ = false;
    std::optional<Error> failure_;
};

}  // namespace tickstock

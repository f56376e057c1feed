#include "sources/files/external_sort.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace tickstock {
namespace {

constexpr std::size_t merge_bytes = std::size_t{64} << 20;
constexpr std::size_t run_buffer_bytes_min = std::size_t{4} << 10;
constexpr std::size_t run_buffer_bytes_max = std::size_t{1} << 20;

}  // namespace

std::vector<std::uint32_t> time_order(std::span<const Record> records) {
    struct Key {
        std::int64_t time;
        std::uint32_t position;
    };
    std::vector<Key> keys(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        keys[i] = {to_ns(records[i].header().ts_event), static_cast<std::uint32_t>(i)};
    }
    std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
        return a.time != b.time ? a.time < b.time : a.position < b.position;
    });
    std::vector<std::uint32_t> order(keys.size());
    std::transform(keys.begin(), keys.end(), order.begin(),
                   [](const Key& k) { return k.position; });
    return order;
}

ExternalSort::~ExternalSort() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

bool ExternalSort::fail(const char* what) {
    failure_ = Error{fmt::format("sorting by time: cannot {} a temporary file in {}: {}", what,
                                 folder_, std::strerror(errno))};
    return false;
}

bool ExternalSort::create_file() {
    if (folder_.empty()) {
        std::error_code error;
        folder_ = std::filesystem::temp_directory_path(error).string();
        if (error) {
            folder_ = "/tmp";
        }
    }
    std::string name = folder_ + "/tickstock-sort-XXXXXX";
    fd_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd_ < 0) {
        return fail("create");
    }
    ::unlink(name.c_str());
    return true;
}

bool ExternalSort::write(std::span<const Record> records) {
    const char* bytes = reinterpret_cast<const char*>(records.data());
    std::size_t left = records.size_bytes();
    while (left > 0) {
        const ssize_t done = ::write(fd_, bytes, left);
        if (done < 0 && errno != EINTR) {
            return fail("write");
        }
        if (done > 0) {
            bytes += done;
            left -= static_cast<std::size_t>(done);
        }
    }
    written_ += records.size();
    return true;
}

bool ExternalSort::add_run(std::span<const Record> records) {
    TS_ASSERT(!merging_);
    if (failure_ || (fd_ < 0 && !create_file())) {
        return false;
    }
    Run run;
    run.next = written_;
    run.end = written_ + records.size();
    constexpr std::size_t chunk = 4096;
    std::vector<Record> sorted;
    sorted.reserve(chunk);
    for (const std::uint32_t position : time_order(records)) {
        sorted.push_back(records[position]);
        if (sorted.size() == chunk) {
            if (!write(sorted)) {
                return false;
            }
            sorted.clear();
        }
    }
    if (!write(sorted)) {
        return false;
    }
    runs_.push_back(std::move(run));
    return true;
}

bool ExternalSort::refill(Run& run) {
    if (run.at < run.buffer.size()) {
        return true;
    }
    run.at = 0;
    run.buffer.resize(std::min<std::uint64_t>(buffer_records_, run.end - run.next));
    char* bytes = reinterpret_cast<char*>(run.buffer.data());
    std::size_t left = run.buffer.size() * sizeof(Record);
    std::uint64_t offset = run.next * sizeof(Record);
    while (left > 0) {
        const ssize_t done = ::pread(fd_, bytes, left, static_cast<off_t>(offset));
        if (done == 0 || (done < 0 && errno != EINTR)) {
            run.buffer.clear();
            return fail("read");
        }
        if (done > 0) {
            bytes += done;
            offset += static_cast<std::uint64_t>(done);
            left -= static_cast<std::size_t>(done);
        }
    }
    run.next += run.buffer.size();
    return !run.buffer.empty();
}

bool ExternalSort::begin_merge() {
    merging_ = true;
    if (runs_.empty()) {
        return true;
    }
    buffer_records_ =
        std::clamp(merge_bytes / runs_.size(), run_buffer_bytes_min, run_buffer_bytes_max) /
        sizeof(Record);
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        if (refill(runs_[i])) {
            heap_.push(runs_[i].buffer.front().header().ts_event, static_cast<std::uint32_t>(i));
        }
    }
    return !failure_;
}

bool ExternalSort::take(std::vector<Record>& out, std::size_t limit) {
    if (failure_ || (!merging_ && !begin_merge())) {
        return false;
    }
    const std::size_t before = out.size();
    while (!heap_.empty() && out.size() - before < limit) {
        Run& run = runs_[heap_.top()];
        out.push_back(run.buffer[run.at++]);
        if (refill(run)) {
            heap_.replace_top(run.buffer[run.at].header().ts_event);
        } else if (failure_) {
            break;
        } else {
            heap_.pop();
        }
    }
    return out.size() > before;
}

}  // namespace tickstock

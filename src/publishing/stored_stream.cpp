#include "publishing/stored_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {
namespace {

/// More files than this do not wait for sync(): nobody may ever call it (policy none).
constexpr std::size_t unsynced_max = 4;

}  // namespace

StoredStream::StoredStream(Disk& disk, StoredStreamOptions options)
    : disk_(disk), options_(std::move(options)) {}

Result<std::unique_ptr<StoredStream>> StoredStream::open(Disk& disk, StoredStreamOptions options) {
    std::unique_ptr<StoredStream> stream(new StoredStream(disk, std::move(options)));
    if (const auto loaded = stream->load(); !loaded) {
        return Error{loaded.error().message};
    }
    return stream;
}

void StoredStream::append(std::string_view epoch, const EventBlock& block, std::size_t from) {
    TS_ASSERT(!closed_);
    for (std::size_t i = from; i < block.entries.size(); ++i) {
        const StreamEntry& entry = block.entries[i];
        TS_ASSERT(epoch != appended_epoch_ || entry.offset > appended_);
        const bool goes_on = !outputs_.empty() && !outputs_.back().closed &&
                             epoch == appended_epoch_ &&
                             entry.offset.value() == appended_.value() + 1;
        if (!goes_on ||
            outputs_.back().written + outputs_.back().buffer.size() >= options_.segment_bytes) {
            end_file();
            begin_file(epoch, entry);
        }
        append_event_frame(entry, block.body(entry), outputs_.back().buffer);
        outputs_.back().last = entry.offset;
        appended_ = entry.offset;
    }
    std::uint64_t unwritten = 0;
    for (const Output& output : outputs_) {
        unwritten += output.buffer.size();
    }
    unwritten_.store(unwritten, std::memory_order_relaxed);
}

void StoredStream::begin_file(std::string_view epoch, const StreamEntry& first) {
    Output& output = outputs_.emplace_back();
    output.name = stored_name(next_number_++);
    output.header = {std::string(epoch), first.offset, first.ts_pub};
    output.buffer = std::move(spare_);
    output.buffer.clear();
    spare_.clear();
    append_stored_header(output.header, output.buffer);
    appended_epoch_ = epoch;
}

void StoredStream::end_file() {
    if (!outputs_.empty() && !outputs_.back().closed) {
        Output& output = outputs_.back();
        append_close_frame(Offset{output.last.value() + 1}, output.buffer);
        output.closed = true;
    }
}

StoredStream::Written StoredStream::write() {
    if (failure()) {
        return Written::Failed;
    }
    while (!outputs_.empty()) {
        Output& output = outputs_.front();
        if (!output.buffer.empty()) {
            const Written written = write(output);
            if (written != Written::Done) {
                return written;
            }
        }
        if (!output.closed) {
            break;  // the last one
        }
        if (output.buffer.capacity() > spare_.capacity()) {
            spare_ = std::move(output.buffer);
        }
        outputs_.pop_front();
    }
    unwritten_.store(0, std::memory_order_relaxed);
    return limit_unsynced() ? Written::Done : Written::Failed;
}

StoredStream::Written StoredStream::write(Output& output) {
    if (output.file == nullptr) {
        auto file = disk_.open(path(output.name), Disk::Mode::Create);
        if (!file) {
            return failed(file.error());
        }
        output.file = std::move(*file);
    }
    // Tried again after a full disk it writes over what it had written of them.
    if (const auto done = output.file->write_at(output.written, output.buffer); !done) {
        return failed(done.error());
    }
    output.written += output.buffer.size();
    output.buffer.clear();
    note_written(output);
    return Written::Done;
}

void StoredStream::note_written(const Output& output) {
    const std::lock_guard lock(mutex_);
    if (segments_.empty() || segments_.back().name != output.name) {
        segments_.push_back({output.name, output.header, {}, 0});
        directory_unsynced_ = true;
    }
    segments_.back().last = output.last;
    segments_.back().bytes = output.written;
    if (unsynced_.empty() || unsynced_.back() != output.file) {
        unsynced_.push_back(output.file);
    }
    if (written_epoch_ != output.header.epoch) {
        written_epoch_ = output.header.epoch;
        durable_.store(0, std::memory_order_release);
    }
    written_.store(output.last.value(), std::memory_order_release);
}

StoredStream::Written StoredStream::failed(const DiskError& error) {
    if (error.is_full()) {
        return Written::DiskFull;
    }
    const std::lock_guard lock(mutex_);
    if (!failure_) {
        failure_ = Error{error.message};
    }
    return Written::Failed;
}

bool StoredStream::limit_unsynced() {
    while (true) {
        std::shared_ptr<DiskFile> oldest;
        {
            const std::lock_guard lock(mutex_);
            if (unsynced_.size() <= unsynced_max) {
                return true;
            }
            oldest = unsynced_.front();
        }
        if (const auto synced = oldest->sync(); !synced) {
            failed({EIO, synced.error().message});  // for ever, whatever the cause
            return false;
        }
        // It stood in the list till now, so that a sync() meanwhile could not claim it.
        const std::lock_guard lock(mutex_);
        std::erase(unsynced_, oldest);
    }
}

bool StoredStream::sync() {
    std::vector<std::shared_ptr<DiskFile>> files;
    bool directory = false;
    std::string epoch;
    std::uint64_t written = 0;
    {
        const std::lock_guard lock(mutex_);
        if (failure_) {
            return false;
        }
        files.swap(unsynced_);
        directory = std::exchange(directory_unsynced_, false);
        epoch = written_epoch_;
        written = written_.load(std::memory_order_relaxed);
    }
    DiskResult<DiskDone> done = DiskDone{};
    for (std::size_t i = 0; i < files.size() && done; ++i) {
        done = files[i]->sync();
    }
    if (directory && done) {
        done = disk_.sync_directory(options_.directory);
    }
    if (!done) {
        failed({EIO, done.error().message});
        return false;
    }
    const std::lock_guard lock(mutex_);
    if (epoch == written_epoch_) {
        durable_.store(written, std::memory_order_release);
    }
    return true;
}

bool StoredStream::close() {
    closed_ = true;
    end_file();
    return write() == Written::Done && sync();
}

void StoredStream::retain(UnixNanos wall) {
    const std::lock_guard lock(mutex_);
    std::uint64_t bytes = 0;
    for (const Segment& segment : segments_) {
        bytes += segment.bytes;
    }
    std::size_t removed = 0;
    while (segments_.size() - removed > 1) {
        const Segment& oldest = segments_[removed];
        const UnixNanos ended = segments_[removed + 1].header.created;
        if (bytes <= options_.retention_bytes && ended >= wall - options_.retention_age) {
            break;
        }
        if (const auto done = disk_.remove(path(oldest.name)); !done) {
            notes_.push_back(done.error().message);
            break;
        }
        bytes -= oldest.bytes;
        ++removed;
    }
    segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(removed));
}

std::uint64_t StoredStream::bytes() const {
    const std::lock_guard lock(mutex_);
    std::uint64_t bytes = 0;
    for (const Segment& segment : segments_) {
        bytes += segment.bytes;
    }
    return bytes;
}

std::optional<Error> StoredStream::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

std::vector<std::string> StoredStream::take_notes() {
    const std::lock_guard lock(mutex_);
    return std::exchange(notes_, {});
}

void StoredStream::note(std::string text) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(std::move(text));
}

}  // namespace tickstock

// The stored stream's start: what stands in the directory, where it ends, what is set aside.
#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"
#include "publishing/stored_stream.hpp"

namespace tickstock {
namespace {

/// More than may have waited for a sync when the process before ended (unsynced_max and one).
constexpr std::size_t maybe_unsynced = 8;

DiskError unreadable(const std::string& path, const std::string& what) {
    return {EIO, path + ": " + what};
}

/// The file ends with a close frame: what was the last event?
DiskResult<std::optional<Offset>> closed_at(StoredFile& opened) {
    std::optional<Offset> last;
    if (opened.size < stored_header_size + stored_frame_head_size) {
        return last;
    }
    std::array<char, stored_frame_head_size> bytes{};
    const auto count = opened.file->read_at(opened.size - bytes.size(), bytes);
    if (!count) {
        return count.error();
    }
    StoredFrameHead head;
    if (*count == bytes.size() &&
        parse_stored_frame({bytes.data(), bytes.size()}, head) == StoredFrameStatus::Valid &&
        head.kind == StoredKind::Close && head.length == 0 && head.offset > opened.header.first) {
        last = Offset{head.offset.value() - 1};
    }
    return last;
}

}  // namespace

DiskResult<DiskDone> StoredStream::load() {
    if (const auto made = disk_.make_directories(options_.directory); !made) {
        return made;
    }
    const auto names = disk_.list(options_.directory);
    if (!names) {
        return names.error();
    }
    if (const auto done = refuse_newer(*names); !done) {
        return done;
    }
    std::string broken_epoch;  // files of it behind damage
    for (const std::string& name : *names) {
        if (const auto number = stored_number(name)) {
            next_number_ = std::max(next_number_, *number + 1);
        }
        if (is_stored_name(name)) {
            if (const auto done = load_file(name, broken_epoch); !done) {
                return done;
            }
        }
    }
    if (!segments_.empty()) {
        const auto run = run_of(segments_.back().header.epoch);
        found_.epoch = run.front().header.epoch;
        found_.first = run.front().header.first;
        found_.last = run.back().last;
        found_.files = segments_.size();
        appended_epoch_ = written_epoch_ = found_.epoch;
        appended_ = found_.last;
        written_ = durable_ = found_.last.value();
    }
    return sync_found();
}

/// Before anything is changed.
DiskResult<DiskDone> StoredStream::refuse_newer(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        if (!is_stored_name(name)) {
            continue;
        }
        const auto opened = open_stored_file(disk_, path(name));
        if (!opened) {
            return opened.error();
        }
        if (opened->fault && opened->fault->kind == StoredFault::Kind::Unsupported) {
            return unreadable(path(name), opened->fault->text);
        }
    }
    return DiskDone{};
}

DiskResult<DiskDone> StoredStream::load_file(const std::string& name, std::string& broken_epoch) {
    auto opened = open_stored_file(disk_, path(name));
    if (!opened) {
        return opened.error();
    }
    if (opened->fault) {
        return opened->size < stored_header_size ? remove_unused(name, opened->size)
                                                 : set_aside(name, opened->fault->text);
    }
    if (opened->header.epoch == broken_epoch) {
        return set_aside(name, "it stands behind damage");
    }
    Segment segment{name, opened->header, Offset{opened->header.first.value() - 1}, opened->size};
    const auto last = closed_at(*opened);
    if (!last) {
        return last.error();
    }
    if (*last) {
        segment.last = **last;
    } else {
        StoredFrames frames(std::move(opened->file), opened->header.first, opened->size);
        bool broken = false;
        if (const auto done = end_unclosed(segment, frames, broken); !done) {
            return done;
        }
        if (broken) {
            broken_epoch = segment.header.epoch;
        }
    }
    if (segment.last >= segment.header.first) {
        segments_.push_back(std::move(segment));
    }
    return DiskDone{};
}

/// A file whose writer was killed, or whose end was lost: finds its last event and closes it. With
/// no event it is gone.
DiskResult<DiskDone> StoredStream::end_unclosed(Segment& segment, StoredFrames& frames,
                                                bool& broken) {
    StoredFrames::Next next = frames.next();
    while (next == StoredFrames::Next::Event) {
        next = frames.next();
    }
    segment.last = Offset{frames.due().value() - 1};
    const bool empty = segment.last < segment.header.first;
    switch (next) {
        case StoredFrames::Next::Failed: return unreadable(path(segment.name), frames.fault());
        case StoredFrames::Next::Damaged: {
            broken = true;
            if (empty) {
                return set_aside(segment.name, frames.fault());
            }
            const auto kept = set_tail_aside(segment.name, frames.valid_bytes(), frames.fault());
            if (!kept) {
                return kept.error();
            }
            if (!*kept) {
                segment.last = Offset{segment.header.first.value() - 1};
                return DiskDone{};
            }
            break;
        }
        default: {
            const std::uint64_t torn = segment.bytes - frames.valid_bytes();
            if (empty) {
                return remove_unused(segment.name, torn);
            }
            if (torn > 0) {
                found_.torn_bytes += torn;
                note(fmt::format("{}: cut a torn tail of {} bytes", path(segment.name), torn));
            }
        }
    }
    return cut(segment, frames.valid_bytes());
}

DiskResult<DiskDone> StoredStream::remove_unused(const std::string& name, std::uint64_t bytes) {
    found_.torn_bytes += bytes;
    note(fmt::format("{}: removed, {} bytes without an event", path(name), bytes));
    return disk_.remove(path(name));
}

/// Ends the file at `size` with a close frame, if there is room for one.
DiskResult<DiskDone> StoredStream::cut(Segment& segment, std::uint64_t size) {
    const auto file = disk_.open(path(segment.name), Disk::Mode::Write);
    if (!file) {
        return file.error();
    }
    auto done = (*file)->truncate(size);
    std::string close;
    append_close_frame(Offset{segment.last.value() + 1}, close);
    segment.bytes = size + close.size();
    if (done) {
        done = (*file)->write_at(size, close);
        if (!done && done.error().is_full()) {
            segment.bytes = size;
            done = (*file)->truncate(size);
        }
    }
    return done ? (*file)->sync() : done;
}

/// Killed or not, the process before may not have synced its last files.
DiskResult<DiskDone> StoredStream::sync_found() {
    const std::size_t count = std::min(segments_.size(), maybe_unsynced);
    for (const Segment& segment : std::span(segments_).last(count)) {
        const auto file = disk_.open(path(segment.name), Disk::Mode::Write);
        if (!file) {
            return file.error();
        }
        if (const auto done = (*file)->sync(); !done) {
            return done;
        }
    }
    return disk_.sync_directory(options_.directory);
}

}  // namespace tickstock

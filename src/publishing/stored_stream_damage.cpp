// What becomes of damage in the stored stream: kept under another name, and read no more.
#include <fmt/format.h>

#include "base/assert.hpp"
#include "publishing/stored_stream.hpp"

namespace tickstock {

DiskResult<DiskDone> StoredStream::set_aside(const std::string& name, std::string_view why) {
    const std::string to = path(name) + ".0.damaged";
    note(fmt::format("{}: set aside as {}: {}", path(name), to, why));
    const auto done = disk_.rename(path(name), to);
    return done ? disk_.sync_directory(options_.directory) : done;
}

/// True: the file's bytes from `begin` on stand in another file and may be cut. False: no room, and
/// the whole file has another name.
DiskResult<bool> StoredStream::set_tail_aside(const std::string& name, std::uint64_t begin,
                                              std::string_view why) {
    const std::string to = fmt::format("{}.{}.damaged", path(name), begin);
    (void)disk_.remove(to);  // of a start that was killed here
    const auto copied = copy_tail(name, begin, to);
    if (!copied && copied.error().is_full()) {
        (void)disk_.remove(to);
        const auto done = set_aside(name, why);
        return done ? DiskResult<bool>(false) : done.error();
    }
    if (!copied) {
        return copied.error();
    }
    note(fmt::format("{}: set aside from byte {} on as {}: {}", path(name), begin, to, why));
    const auto done = disk_.sync_directory(options_.directory);
    return done ? DiskResult<bool>(true) : done.error();
}

DiskResult<DiskDone> StoredStream::copy_tail(const std::string& name, std::uint64_t begin,
                                             const std::string& to) {
    const auto from = disk_.open(path(name), Disk::Mode::Read);
    if (!from) {
        return from.error();
    }
    const auto file = disk_.open(to, Disk::Mode::Create);
    if (!file) {
        return file.error();
    }
    std::vector<char> buffer(std::size_t{1} << 20);
    for (std::uint64_t at = begin;;) {
        const auto count = (*from)->read_at(at, buffer);
        if (!count) {
            return count.error();
        }
        if (*count == 0) {
            return (*file)->sync();
        }
        if (const auto done = (*file)->write_at(at - begin, std::span(buffer).first(*count));
            !done) {
            return done;
        }
        at += *count;
    }
}

bool StoredStream::set_aside_from(std::string_view epoch, Offset offset) {
    TS_ASSERT(outputs_.empty());
    const auto done = set_segments_aside(epoch, offset);
    if (!done) {
        failed({EIO, done.error().message});
        return false;
    }
    const StreamRange left = range(epoch);
    if (epoch == appended_epoch_) {
        const std::uint64_t last = left.first <= left.last ? left.last.value() : 0;
        appended_ = Offset{last};
        written_ = durable_ = last;
    }
    return true;
}

DiskResult<DiskDone> StoredStream::set_segments_aside(std::string_view epoch, Offset offset) {
    std::vector<Segment> kept;
    std::vector<Segment> all;
    {
        const std::lock_guard lock(mutex_);
        all = segments_;
    }
    for (Segment& segment : all) {
        if (segment.header.epoch == epoch && segment.last >= offset) {
            const auto front = keep_front(segment, offset);
            if (!front) {
                return front.error();
            }
            if (!*front) {
                continue;
            }
        }
        kept.push_back(std::move(segment));
    }
    const std::lock_guard lock(mutex_);
    segments_ = std::move(kept);
    return DiskDone{};
}

/// Ends the file before `offset`. False: nothing is left of it.
DiskResult<bool> StoredStream::keep_front(Segment& segment, Offset offset) {
    const std::string why = fmt::format("events from offset {} on are damaged", offset.value());
    auto opened = open_stored_file(disk_, path(segment.name));
    if (!opened) {
        return opened.error();
    }
    if (!opened->fault && segment.header.first < offset) {
        StoredFrames frames(std::move(opened->file), segment.header.first, segment.bytes);
        while (frames.due() < offset && frames.next() == StoredFrames::Next::Event) {
        }
        segment.last = Offset{frames.due().value() - 1};
        if (segment.last >= segment.header.first) {
            const auto kept = set_tail_aside(segment.name, frames.valid_bytes(), why);
            if (!kept || !*kept) {
                return kept;
            }
            const auto done = cut(segment, frames.valid_bytes());
            return done ? DiskResult<bool>(true) : done.error();
        }
    }
    const auto done = set_aside(segment.name, why);
    return done ? DiskResult<bool>(false) : done.error();
}

}  // namespace tickstock

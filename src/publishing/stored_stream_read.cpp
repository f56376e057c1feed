// The stored stream's index of files, and reading.
#include <algorithm>

#include "publishing/stored_stream.hpp"

namespace tickstock {

std::span<const StoredStream::Segment> StoredStream::run_of(std::string_view epoch) const {
    std::size_t end = segments_.size();
    while (end > 0 && segments_[end - 1].header.epoch != epoch) {
        --end;
    }
    std::size_t begin = end;
    while (begin > 0 && segments_[begin - 1].header.epoch == epoch &&
           (begin == end ||
            segments_[begin - 1].last.value() + 1 == segments_[begin].header.first.value())) {
        --begin;
    }
    return std::span(segments_).subspan(begin, end - begin);
}

StreamRange StoredStream::range(std::string_view epoch) const {
    const std::lock_guard lock(mutex_);
    const auto run = run_of(epoch);
    return run.empty() ? StreamRange{std::string(epoch), Offset{1}, Offset{0}}
                       : StreamRange{std::string(epoch), run.front().header.first, run.back().last};
}

/// From where on events up to `through` take at least `bytes` in their files, or all of them.
Offset StoredStream::offset_to_fill(std::string_view epoch, Offset through,
                                    std::uint64_t bytes) const {
    const std::lock_guard lock(mutex_);
    const auto run = run_of(epoch);
    std::uint64_t sum = 0;
    std::size_t i = run.size();
    while (i > 0 && sum < bytes) {
        --i;
        sum += run[i].last <= through ? run[i].bytes : 0;
    }
    return i < run.size() ? run[i].header.first : Offset{1};
}

std::optional<Offset> StoredStream::file_first(std::string_view epoch, Offset offset) const {
    const std::lock_guard lock(mutex_);
    std::optional<Offset> first;
    for (const Segment& segment : run_of(epoch)) {
        if (segment.header.first <= offset) {
            first = segment.header.first;
        }
    }
    return first;
}

std::optional<Offset> StoredStream::next_file_first(std::string_view epoch, Offset offset) const {
    const std::lock_guard lock(mutex_);
    for (const Segment& segment : run_of(epoch)) {
        if (segment.header.first > offset) {
            return segment.header.first;
        }
    }
    return std::nullopt;
}

std::unique_ptr<StoredCursor> StoredStream::read(std::string_view epoch, Offset from,
                                                 std::optional<StoredPlace> near) const {
    const std::lock_guard lock(mutex_);
    const auto run = run_of(epoch);
    std::vector<StoredCursor::File> files;
    for (const Segment& segment : run) {
        files.push_back({path(segment.name), segment.header.first, segment.bytes});
    }
    const Offset last = run.empty() ? Offset{from.value() - 1} : run.back().last;
    return std::make_unique<StoredCursor>(disk_, std::move(files), from, last, std::move(near));
}

std::vector<StoredStream::FileRange> StoredStream::files() const {
    const std::lock_guard lock(mutex_);
    std::vector<FileRange> files;
    for (const Segment& segment : segments_) {
        files.push_back({segment.name, segment.header.epoch, segment.header.first, segment.last});
    }
    return files;
}

std::unique_ptr<StoredCursor> StoredStream::read_file(const FileRange& file, Offset from,
                                                      std::optional<StoredPlace> near) const {
    const std::lock_guard lock(mutex_);
    for (const Segment& segment : segments_) {
        if (segment.name == file.name) {
            return std::make_unique<StoredCursor>(
                disk_,
                std::vector<StoredCursor::File>{
                    {path(segment.name), segment.header.first, segment.bytes}},
                from, segment.last, std::move(near));
        }
    }
    return nullptr;
}

StoredStream::Newest StoredStream::newest(std::string_view epoch, Offset through,
                                          std::size_t memory, SymbolNumbers* numbers) const {
    Newest newest;
    const auto cursor = read(epoch, offset_to_fill(epoch, through, memory));
    std::deque<std::shared_ptr<const EventBlock>> blocks;
    std::size_t held = 0;
    while (cursor->due() <= through) {
        const std::uint64_t left = through.value() - cursor->due().value() + 1;
        auto block = cursor->next(std::min<std::uint64_t>(left, 1024));
        if (block == nullptr) {
            break;
        }
        if (numbers != nullptr) {
            numbers->number(*block);
        }
        held += block->memory();
        blocks.push_back(std::move(block));
        while (held - blocks.front()->memory() >= memory && blocks.size() > 1) {
            held -= blocks.front()->memory();
            blocks.pop_front();
        }
    }
    newest.due = cursor->due();
    newest.failure = cursor->failure();
    if (newest.due > through) {  // else they do not reach the place where the stream goes on
        newest.blocks.assign(blocks.begin(), blocks.end());
    }
    return newest;
}

}  // namespace tickstock
